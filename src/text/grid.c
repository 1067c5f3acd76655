/* A page of characters that is drawn on in any order and then written out. */
#include "text/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "base/utf8.h"

void grid_clear(struct grid *c, bool ascii)
{
	c->ascii = ascii;
	for (int row = 0; row < GRID_ROWS; row++)
		for (int column = 0; column < GRID_COLUMNS; column++)
			c->cell[row][column] = ' ';
}

static bool is_inside(int row, int column)
{
	return row >= 0 && row < GRID_ROWS && column >= 0 &&
	       column < GRID_COLUMNS;
}

/* The character to draw if only ASCII can be shown. */
static int32_t plain(int32_t character)
{
	static const struct {
		int32_t from, to;
	} instead[] = {
		{ 0x2500, '-' }, { 0x2502, '|' }, { 0x2504, '.' },
		{ 0x2506, ':' }, { 0x2550, '=' }, { 0x256a, '|' },
		{ 0x25b2, '^' }, { 0x25b6, '>' }, { 0x25bc, 'v' },
		{ 0x25c0, '<' }, { 0x2026, '~' },
	};

	if (character < 0x80)
		return character;
	if (character >= 0x250c && character <= 0x253c)
		return '+'; /* corners and junctions */
	for (size_t i = 0; i < sizeof(instead) / sizeof(instead[0]); i++)
		if (instead[i].from == character)
			return instead[i].to;
	return '?';
}

void grid_put(struct grid *c, int row, int column, int32_t character)
{
	if (is_inside(row, column))
		c->cell[row][column] = c->ascii ? plain(character) : character;
}

/* Replaces broken bytes and characters that would move the cursor. */
static int32_t clean(int32_t character)
{
	bool marks = (character >= 0x2028 && character <= 0x202e) ||
		     (character >= 0x2066 && character <= 0x2069);

	return character < 0x20 || (character >= 0x7f && character <= 0x9f) ||
			       marks
		       ? '?'
		       : character;
}

void grid_text(struct grid *c, int row, int column, int width, const char *text)
{
	bool cut = (int)utf8_width(text) > width;
	int32_t character;
	int left = cut ? width - 1 : width;

	while ((character = utf8_next(&text))) {
		int w;

		character = clean(character);
		w = utf8_width_of(character);
		if (w > left)
			break;
		if (w == 0)
			continue; /* a combining mark has no cell of its own */
		grid_put(c, row, column, character);
		if (w == 2 && is_inside(row, column + 1))
			c->cell[row][column + 1] = c->ascii ? '?' : 0;
		column += w;
		left -= w;
	}
	if (cut && width > 0)
		grid_put(c, row, column, 0x2026);
}

void grid_centred(struct grid *c, int row, int column, int width,
		  const char *text)
{
	int free = width - (int)utf8_width(text);

	if (free < 0)
		free = 0;
	grid_text(c, row, column + free / 2, width - free / 2, text);
}

void grid_across(struct grid *c, int row, int from, int to, int32_t line)
{
	for (int column = from; column <= to; column++)
		grid_put(c, row, column, line);
}

void grid_down(struct grid *c, int column, int from, int to, int32_t line)
{
	for (int row = from; row <= to; row++)
		grid_put(c, row, column, line);
}

void grid_box(struct grid *c, int row, int column, int rows, int columns)
{
	int bottom = row + rows - 1, right = column + columns - 1;

	for (int r = row + 1; r < bottom; r++)
		grid_across(c, r, column + 1, right - 1, ' ');
	grid_across(c, row, column, right, 0x2500);
	grid_across(c, bottom, column, right, 0x2500);
	grid_down(c, column, row, bottom, 0x2502);
	grid_down(c, right, row, bottom, 0x2502);
	grid_put(c, row, column, 0x250c);
	grid_put(c, row, right, 0x2510);
	grid_put(c, bottom, column, 0x2514);
	grid_put(c, bottom, right, 0x2518);
}

/* --- writing it out ------------------------------------------------------- */

static void put_utf8(FILE *to, int32_t c)
{
	if (c < 0x80) {
		fputc((int)c, to);
		return;
	}
	if (c < 0x800) {
		fputc(0xc0 | (int)(c >> 6), to);
	} else if (c < 0x10000) {
		fputc(0xe0 | (int)(c >> 12), to);
		fputc(0x80 | (int)(c >> 6 & 0x3f), to);
	} else {
		fputc(0xf0 | (int)(c >> 18), to);
		fputc(0x80 | (int)(c >> 12 & 0x3f), to);
		fputc(0x80 | (int)(c >> 6 & 0x3f), to);
	}
	fputc(0x80 | (int)(c & 0x3f), to);
}

static int row_length(const struct grid *c, int row)
{
	int length = GRID_COLUMNS;

	while (length > 0 && c->cell[row][length - 1] == ' ')
		length--;
	return length;
}

char *grid_render(const struct grid *c)
{
	int rows = GRID_ROWS, first = 0;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	while (rows > 0 && row_length(c, rows - 1) == 0)
		rows--;
	while (first < rows && row_length(c, first) == 0)
		first++;
	for (int row = first; row < rows; row++) {
		int length = row_length(c, row);

		for (int column = 0; column < length; column++)
			if (c->cell[row][column])
				put_utf8(to, c->cell[row][column]);
		fputc('\n', to);
	}
	return memstream_end(to, &text, true);
}
