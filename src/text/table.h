/* A table of typed cells: one set of rows, shown to people or to programs. */
#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum table_format { TABLE_HUMAN, TABLE_JSON, TABLE_CSV };

/* "table", "json", "csv", NULL: indexed by enum table_format. */
extern const char *const table_format_names[];

struct table_column {
	/* for programs, with its unit; NULL: not for programs */
	const char *key;
	const char *heading; /* for people; NULL: not for people */
	bool right;          /* align right, so that last digits line up */
	/*
	 * If not all columns fit, texts of this column are cut to this width,
	 * or less far if different texts would look the same; 0: they are never
	 * cut. The last such column is cut first. If nothing else helps, texts
	 * of such columns go on in further lines.
	 */
	int least;
	/*
	 * If cutting is not enough, the column with the highest `spare` is left
	 * out first; among columns with the same `spare`, the last one. A
	 * column with `keep` is never left out.
	 */
	int spare;
	bool keep;
};

struct table;

/*
 * The columns must outlive the table. If memory runs out, the calls below do
 * nothing, and table_render returns NULL.
 */
struct table *table_new(const struct table_column *columns, int n);
void table_free(struct table *t);

/*
 * Begins a row, whose cells are absent until the functions below set them.
 * `column` is the number of a cell's column.
 */
void table_row(struct table *t);
void table_text(struct table *t, int column, const char *text); /* copied */
void table_int(struct table *t, int column, int64_t value);
void table_bool(struct table *t, int column, bool value);

/*
 * People get `decimals` decimals, programs up to 15 significant digits. A value
 * that is not finite makes an absent cell.
 */
void table_real(struct table *t, int column, double value, int decimals);

/* Puts a list of objects into a cell, which owns it. People do not see it. */
void table_nest(struct table *t, int column, struct table *inner);

/*
 * The whole text, to be freed; NULL: no memory.
 *   table  aligned columns under headings, "-" where a cell is absent; no wider
 *          than columns_here(), except that the first column and those with
 *          `keep` are always there; a line at the end names the columns left
 *          out
 *   json   a list of objects, null where absent
 *   csv    quoted as in RFC 4180, but with the line ends of Unix; nothing
 *          where absent, "" for an empty text
 */
char *table_render(const struct table *t, enum table_format format);

/* Returns what table_render() returns, and frees the table. */
char *table_end(struct table *t, enum table_format format);

#endif
