/* Reads and writes CSV as in RFC 4180. The first line names the columns. */
#ifndef RUN_CSV_H
#define RUN_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct csv {
	size_t columns, rows; /* rows does not count the first line */
	/*
	 * The places of the fields in the text, line by line. After the fields
	 * of a line comes the number of that line. The names of the columns
	 * come first.
	 */
	uint32_t *cell;
	bool torn; /* the last line had no end and was left out */
	/*
	 * number of lines left out for more or fewer fields than the first line
	 */
	size_t odd;
	size_t first_odd; /* line number of the first of these lines */
	char *text;
};

/*
 * Reads a file. Returns 0, -ENOENT with `e` empty if there is no such file, or
 * another -errno. Refuses a file that is not regular, since to read a FIFO, for
 * example, could take for ever.
 */
int csv_read(struct csv *c, const char *path, struct err *e);
void csv_free(struct csv *c);

/* The number of the column with that name; -1: there is none. */
int csv_column(const struct csv *c, const char *name);

/* The text of a field, never NULL; "" for the column -1. */
const char *csv_at(const struct csv *c, size_t row, int column);

/* The number of the row's line in the file, from 1. */
size_t csv_line(const struct csv *c, size_t row);

/* Opens a file for reading, and refuses any that is not regular. */
int csv_open(const char *path, FILE **from, struct err *e);

/*
 * Writes a field, in quotes if it needs them or is empty. With `one_line` a
 * newline or carriage return in the text becomes a space.
 */
void csv_put(FILE *to, const char *text, bool one_line);

#endif
