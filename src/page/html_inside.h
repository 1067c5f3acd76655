/* What the files that write the page share, and nobody else sees. */
#ifndef PAGE_HTML_INSIDE_H
#define PAGE_HTML_INSIDE_H

#include "page/html.h"

struct html {
	const struct html_wish *wish;
	FILE *to;
	struct err *e;
	int rc; /* the first failure */
	int figures;
};

/* --- words (html_text.c) -------------------------------------------------- */

/* With <, >, & and quotes as entities, and what is no text as '?'. */
void html_put(FILE *to, const char *text);

/* A file as "data:" and so on. False: it cannot be read. */
bool html_put_file(FILE *to, const char *path, const char *type);

/* An SVG within the page: its ids become `prefix`'s own. */
void html_put_svg(FILE *to, const char *svg, const char *prefix,
		  const char *class, const char *says);

/* A condition of verdict.json in words. */
void html_condition(const json_t *c, int parts, char *buf, size_t size);

/* --- tables (html_table.c) ------------------------------------------------ */

struct html_column {
	const char *heading;
	bool number;
};

void html_table_begin(FILE *to, const char *id, const char *caption,
		      const struct html_column *columns, size_t n);
void html_row(FILE *to);
/* The first of a row heads it. */
void html_cell_head(FILE *to, const char *text);
void html_cell_text(FILE *to, const char *text, const char *class);
/* Sorted by `value`; NaN: nothing to say. */
void html_cell_number(FILE *to, double value, const char *words);
void html_table_end(FILE *to);

/* --- what fills the page -------------------------------------------------- */

typedef void html_slot(struct html *h);

html_slot html_map, html_figures; /* html_figure.c */
html_slot html_comparisons, html_copies, html_drawings, html_cells,
	html_missing; /* html_tables.c */
html_slot html_sentence, html_facts, html_findings, html_explanations,
	html_again, html_data, html_manifest, html_name; /* html_words.c */

#endif
