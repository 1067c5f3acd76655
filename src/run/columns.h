/*
 * The columns of a run's files, as tables. The code that reads the files, the
 * code that writes them and the text in doc/RUN all use these tables. A new
 * column is one row in a table and one member of its struct (run/run.h).
 */
#ifndef RUN_COLUMNS_H
#define RUN_COLUMNS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "run/csv.h"

/* The kind of value in a field, and the type of the member that takes it. */
enum run_kind {
	RUN_TEXT,    /* const char *: anything */
	RUN_DEPTH,   /* const char *: a number, deep, best, own or "-" */
	RUN_ORDINAL, /* int: a whole number from 1 */
	RUN_BYTES,   /* uint64_t: a whole number from 1 */
	RUN_TALLY,   /* size_t: a whole number from 0 */
	RUN_COUNT,   /* double: a whole number from 0; NaN: empty */
	RUN_TIME,    /* double: nanoseconds, 0 or at least 0.001; NaN: empty */
	RUN_RATE,    /* double: above 0; NaN: empty */
	RUN_AMOUNT,  /* double: from 0; NaN: empty */
	RUN_SIGNED,  /* double: of either sign; NaN: empty */
	RUN_TRUTH,   /* enum run_truth */
	RUN_KINDS
};

enum run_truth { RUN_NO = -1, RUN_UNSAID = 0, RUN_YES = 1 };

enum run_need {
	RUN_MAY_LACK, /* the file may have no such column */
	RUN_NEEDED,   /* the file must have the column; fields may be empty */
	RUN_FILLED,   /* the file must have the column; no field may be empty */
};

struct run_column {
	const char *name; /* NULL ends a table */
	enum run_kind kind;
	enum run_need need;
	size_t at; /* offset of the member */
	/* text for doc/RUN; "": described by the next text in the table */
	const char *about;
};

struct run_file {
	const char *name;
	const struct run_column *columns;
	int digits; /* significant digits that are written */
};

/* A line of these files is a struct run_sample, run_cell or run_copies. */
extern const struct run_file run_file_samples, run_file_summary,
	run_file_copies;

#define RUN_COLUMNS_MAX 64

/* A file as it was read. */
struct run_table {
	const struct run_file *file;
	struct csv csv;
	/*
	 * for each column of the table, its number in the file; -1: not there
	 */
	int column[RUN_COLUMNS_MAX];
};

/*
 * Reads a file of the folder `dir`. -ENOENT, with `e` empty: there is no such
 * file. -EINVAL: a column is missing that the file must have. An empty file is
 * no error; its table has no rows.
 */
int run_table_read(struct run_table *t, const struct run_file *f,
		   const char *dir, struct err *e);
void run_table_free(struct run_table *t);

/*
 * Reads row number `row` into a struct. The texts in it belong to the table.
 * -EINVAL: a field has an impossible value; `e` names the file, the line and
 * the column.
 */
int run_row_read(const struct run_table *t, size_t row, void *to,
		 struct err *e);

/*
 * Fills a struct from the members of a JSON object. A member that is missing or
 * impossible counts as an empty field.
 */
void run_row_of_json(const struct run_file *f, const json_t *object, void *row);

/*
 * The first function writes the line that names the columns, the second writes
 * a struct as a line. Both write the newline, too.
 */
void run_header_put(FILE *to, const struct run_file *f);
void run_row_put(FILE *to, const struct run_file *f, const void *row);

#endif
