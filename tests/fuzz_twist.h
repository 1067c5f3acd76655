/* Takes good tables and JSON and spoils them as a script says. */
#ifndef TESTS_FUZZ_TWIST_H
#define TESTS_FUZZ_TWIST_H

#include <jansson.h>

#include "fuzz.h"
#include "run/csv.h"

/* A tag, and the end of a CDATA section. No page may contain this unchanged. */
#define TWIST_MARKUP "<zzz>]]>"

/* A file with comma-separated values. Row 0 is the heading. */
struct twist_table {
	const char **at; /* row by row; the texts belong to the caller */
	size_t columns, rows, room;
};

/* Makes the table of a file that was read. False: no memory. */
bool twist_table_of(struct twist_table *t, const struct csv *from);
bool twist_table_copy(struct twist_table *t, const struct twist_table *from);
void twist_table_free(struct twist_table *t);

/* Keeps the heading and the rows for which `wanted` returns true. */
void twist_table_keep(struct twist_table *t,
		      bool (*wanted)(const struct twist_table *t, size_t row));

/* A field by the name of its column; "": there is none. */
const char *twist_table_at(const struct twist_table *t, size_t row,
			   const char *column);

/* A number, a word of a run or a plan, or bytes that are no text. */
const char *twist_odd_text(struct script *s);

/* Each makes one change. */
void twist_table(struct twist_table *t, struct script *s);
void twist_json(json_t **top, struct script *s);
void twist_text(char **text, size_t *len, struct script *s);

/*
 * The table as the text of a CSV file, to be freed. NULL: no memory. Writes no
 * file.
 */
char *twist_table_text(const struct twist_table *t, size_t *len);

#endif
