/* A page of characters that is drawn on in any order and then written out. */
#ifndef TEXT_CANVAS_H
#define TEXT_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#define CANVAS_COLUMNS 80
#define CANVAS_ROWS    40

struct canvas {
	bool ascii; /* letters and lines of ASCII only */
	int32_t cell[CANVAS_ROWS][CANVAS_COLUMNS]; /* 0: behind a wide one */
};

void canvas_clear(struct canvas *c, bool ascii);

/* Draws nothing outside the page. */
void canvas_put(struct canvas *c, int row, int column, int32_t character);

/* Writes at most `width` columns; a text that is cut off ends in a mark. */
void canvas_text(struct canvas *c, int row, int column, int width,
		 const char *text);

/* The same in the middle of `width` columns. */
void canvas_centred(struct canvas *c, int row, int column, int width,
		    const char *text);

/* Lines that end where they are told to, both ends included. */
void canvas_across(struct canvas *c, int row, int from, int to, int32_t line);
void canvas_down(struct canvas *c, int column, int from, int to, int32_t line);

/* A box with its corners, which is empty inside. */
void canvas_box(struct canvas *c, int row, int column, int rows, int columns);

bool canvas_is_blank(const struct canvas *c, int row, int column);

/* From the first row that is not blank to the last; to be freed. NULL: no
 * memory. */
char *canvas_render(const struct canvas *c);

#endif
