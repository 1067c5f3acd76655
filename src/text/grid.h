/* A page of characters that is drawn on in any order and then written out. */
#ifndef TEXT_GRID_H
#define TEXT_GRID_H

#include <stdbool.h>
#include <stdint.h>

#define GRID_COLUMNS 80
#define GRID_ROWS    40

struct grid {
	bool ascii; /* letters and lines of ASCII only */
	/* 0: the right half of a wide character */
	int32_t cell[GRID_ROWS][GRID_COLUMNS];
};

void grid_clear(struct grid *c, bool ascii);

/* Draws a character, but nothing if its place is outside the page. */
void grid_put(struct grid *c, int row, int column, int32_t character);

/* Writes at most `width` columns; a text that is cut off ends in a mark. */
void grid_text(struct grid *c, int row, int column, int width,
	       const char *text);

/* Writes a text centred in the `width` columns that begin at `column`. */
void grid_centred(struct grid *c, int row, int column, int width,
		  const char *text);

/* Lines from the place `from` to the place `to`, including both places. */
void grid_across(struct grid *c, int row, int from, int to, int32_t line);
void grid_down(struct grid *c, int column, int from, int to, int32_t line);

/* The frame of a box. Everything inside the frame is replaced by blanks. */
void grid_box(struct grid *c, int row, int column, int rows, int columns);

/*
 * The page as a text, without blank rows above and below; to be freed. NULL: no
 * memory.
 */
char *grid_render(const struct grid *c);

#endif
