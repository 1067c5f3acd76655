/* CSV as in RFC 4180, as a run has it: the first line names the columns. */
#ifndef RUN_CSV_H
#define RUN_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct csv {
	size_t columns, rows; /* without the first line */
	/* Where each is in the text and then the line's number; names first. */
	uint32_t *cell;
	bool torn;        /* the last line had no end: it was left out */
	size_t odd;       /* lines of another width: left out, too */
	size_t first_odd; /* the number of the first such line */
	char *text;
};

/*
 * 0; -ENOENT without words in `e` where there is no file; else -errno. What is
 * no regular file, such as a FIFO, is refused: a run's files cannot wait.
 */
int csv_read(struct csv *c, const char *path, struct err *e);
void csv_free(struct csv *c);

/* The number of a column, -1 if there is none of that name. */
int csv_column(const struct csv *c, const char *name);

/* Never NULL: "" for a column of -1. */
const char *csv_at(const struct csv *c, size_t row, int column);

/* The number of the row's line, from 1. */
size_t csv_line(const struct csv *c, size_t row);

/* Opens a regular file to be read, as csv_read does. */
int csv_open(const char *path, FILE **from, struct err *e);

/* A field with quotes where it needs them; on one line whatever the text. */
void csv_put(FILE *to, const char *text, bool one_line);

#endif
