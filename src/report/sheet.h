/* CSV as in RFC 4180, read whole: what runs and tables are stored as. */
#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include <stddef.h>

#include "base/err.h"

struct sheet {
	char *text;         /* owned; fields point into it */
	const char **field; /* row after row, the heading first */
	size_t columns;
	size_t rows; /* without the heading */
};

/*
 * Reads a file. A last line that was cut while it was written does not count.
 * 0, or -errno with the file and the line named; sheet_free is due only after
 * 0.
 */
int sheet_read(struct sheet *c, const char *path, struct err *e);
void sheet_free(struct sheet *c);

/* The number of a column, -1 if there is none of that name. */
int sheet_column(const struct sheet *c, const char *name);

/* A field; "" where the column is -1. */
const char *sheet_text(const struct sheet *c, size_t row, int column);

/* NaN where the field is empty or no number. */
double sheet_number(const struct sheet *c, size_t row, int column);

#endif
