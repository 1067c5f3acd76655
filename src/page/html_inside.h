/* Declarations only for the files that write the page. */
#ifndef PAGE_HTML_INSIDE_H
#define PAGE_HTML_INSIDE_H

#include "base/markup.h"
#include "fleet/fleet.h"
#include "page/html.h"

struct html {
	const struct html_wish *wish; /* for the page of one run; or NULL */
	const struct fleet *fleet;    /* for the page of several; or NULL */
	FILE *to;
	struct err *e;
	int rc; /* the first failure */
	int figures;
};

/* --- words (html_text.c) -------------------------------------------------- */

/* Writes a text as an address "data:…", which contains the text. */
void html_put_data(FILE *to, const char *text, const char *type);

/* Writes a file as an address "data:…". False: the file cannot be read. */
bool html_put_file(FILE *to, const char *path, const char *type);

/*
 * Writes an SVG into the page. `prefix` is put before the ids of the SVG, so
 * that all ids of the page stay unique.
 */
void html_put_svg(FILE *to, const char *svg, const char *prefix,
		  const char *class, const char *says);

/* A condition of verdict.json in words. */
void html_condition(const json_t *c, char *buf, size_t size);

/* --- tables (html_table.c) ------------------------------------------------ */

struct html_column {
	const char *heading;
	bool number;
};

struct html_table;

/*
 * The array `columns` must outlive the table. NULL: no memory. The calls below
 * accept NULL, and html_table_put reports that memory ran out.
 */
struct html_table *html_table_new(const struct html_column *columns, size_t n);

/*
 * Cells are written row by row and from left to right. The first cell of a row
 * is its head.
 */
void html_cell_head(struct html_table *t, const char *text);
void html_cell_text(struct html_table *t, const char *text, const char *class);
void html_cell_code(struct html_table *t, const char *text);
/* A cell that shows `words` and is sorted by `value`. NaN: an empty cell. */
void html_cell_number(struct html_table *t, double value, const char *words);
/* A cell with a number that has `digits` significant digits. */
void html_cell_digits(struct html_table *t, double value, int digits);

/* Writes the table and frees it. Columns without contents are left out. */
void html_table_put(struct html *h, struct html_table *t, const char *id,
		    const char *caption);

/* --- the parts of a page -------------------------------------------------- */

typedef void html_slot(struct html *h);

/* A place in a template, "{{name}}", and what fills it. */
struct html_place {
	const char *name;
	html_slot *fill;
};

/*
 * Makes a page: the head that all pages have, and the template with this name.
 * The slots are filled from `places`, and from places that all pages have.
 */
int html_page(struct html *h, const char *template,
	      const struct html_place *places, size_t n, char **page,
	      size_t *size);

/* Notes that memory ran out, unless something failed before. */
void html_no_memory(struct html *h);

html_slot html_map, html_figures; /* html_figure.c */
html_slot html_answers, html_use; /* html_use.c */
html_slot html_comparisons, html_copies, html_drawings, html_cells,
	html_missing; /* html_tables.c */
html_slot html_facts, html_findings, html_explanations, html_again, html_data,
	html_manifest, html_name; /* html_words.c */

#endif
