/* CSV as in RFC 4180, as in a run: the first line names the columns. */
#ifndef RUN_CSV_H
#define RUN_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct csv {
	size_t columns, rows; /* rows: without the first line */
	/*
	 * For each field its place in the text, and then the number of its
	 * line; first the names.
	 */
	uint32_t *cell;
	bool torn; /* the last line had no end and was left out */
	/* lines with another number of fields, which were left out, too */
	size_t odd;
	size_t first_odd; /* the number of the first such line */
	char *text;
};

/*
 * 0; -ENOENT without words in `e` if there is no such file; else -errno.
 * Anything but a regular file is refused, since reading a FIFO, for example,
 * could wait for ever.
 */
int csv_read(struct csv *c, const char *path, struct err *e);
void csv_free(struct csv *c);

/* The number of a column, -1 if there is none of that name. */
int csv_column(const struct csv *c, const char *name);

/* Never NULL. For the column -1 it returns "". */
const char *csv_at(const struct csv *c, size_t row, int column);

/* The number of the row's line, from 1. */
size_t csv_line(const struct csv *c, size_t row);

/* Opens a regular file for reading, and refuses others as csv_read does. */
int csv_open(const char *path, FILE **from, struct err *e);

/*
 * Writes a field, in quotes if it needs them. With `one_line` it stays on one
 * line, whatever the text is.
 */
void csv_put(FILE *to, const char *text, bool one_line);

#endif
