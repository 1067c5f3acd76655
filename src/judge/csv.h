/* CSV as in RFC 4180, as a run has it: the first line names the columns. */
#ifndef JUDGE_CSV_H
#define JUDGE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct csv {
	size_t columns, rows; /* without the first line */
	uint32_t *cell;       /* where each is in the text; the names first */
	bool torn;            /* the last line had no end: it was left out */
	size_t odd;           /* lines of another width: left out, too */
	size_t first_odd;     /* the number of the first such line */
	char *text;
};

/* 0; -ENOENT without words in `e` where there is no file; else -errno. */
int csv_read(struct csv *c, const char *path, struct err *e);
void csv_free(struct csv *c);

/* The number of a column, -1 if there is none of that name. */
int csv_column(const struct csv *c, const char *name);

/* Never NULL: "" for a column of -1. */
const char *csv_at(const struct csv *c, size_t row, int column);

/* NaN where there is no number. */
double csv_number(const struct csv *c, size_t row, int column);

#endif
