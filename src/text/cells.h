/* The contents of a table, only for the files that show one. */
#ifndef TEXT_CELLS_H
#define TEXT_CELLS_H

#include <stddef.h>
#include <stdio.h>

#include "text/table.h"

enum cell_kind { ABSENT, TEXT, INT, REAL, BOOL, NEST };

struct cell {
	enum cell_kind kind; /* ABSENT is 0, so that zeroed cells are absent */
	int decimals;
	union {
		char *text;
		int64_t number;
		double real;
		bool truth;
		struct table *inner;
	};
};

struct table {
	const struct table_column *columns;
	size_t width, height;
	struct cell *cells; /* row after row */
	size_t room;        /* number of cells for which there is memory */
	bool broken;        /* memory ran out */
};

/* Each writes the whole table. False: no memory. */
bool table_put_human(const struct table *t, FILE *to);
bool table_put_json(const struct table *t, FILE *to);
bool table_put_csv(const struct table *t, FILE *to);

#endif
