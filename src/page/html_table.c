/* Tables of a page, with captions and scopes. A script can sort them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "page/html_inside.h"

enum kind { NOTHING, HEAD, TEXT, CODE, NUMBER };

struct cell {
	enum kind kind;
	char *text;
	const char *class;
	double value;
};

struct html_table {
	const struct html_column *columns;
	size_t width, cells;
	struct cell *cell; /* row after row */
	bool *used;        /* for each column: it has contents */
	bool broken;       /* memory ran out */
};

struct html_table *html_table_new(const struct html_column *columns, size_t n)
{
	struct html_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->columns = columns;
	t->width = n;
	t->used = calloc(n, sizeof(*t->used));
	t->broken = !t->used;
	return t;
}

static void put(struct html_table *t, struct cell c, const char *text)
{
	if (!t || t->broken)
		return;
	c.text = strdup(text);
	if (!c.text ||
	    !array_reach(&t->cell, &t->cells, t->cells + 1, sizeof(c))) {
		free(c.text);
		t->broken = true;
		return;
	}
	t->used[(t->cells - 1) % t->width] |= c.kind != NOTHING;
	t->cell[t->cells - 1] = c;
}

void html_cell_head(struct html_table *t, const char *text)
{
	put(t, (struct cell){ .kind = HEAD }, text);
}

void html_cell_text(struct html_table *t, const char *text, const char *class)
{
	enum kind kind = text && *text ? TEXT : NOTHING;

	put(t, (struct cell){ .kind = kind, .class = class },
	    kind == TEXT ? text : "");
}

void html_cell_code(struct html_table *t, const char *text)
{
	put(t,
	    (struct cell){ .kind = text && *text ? CODE : NOTHING,
			   .class = "w" },
	    text ? text : "");
}

void html_cell_number(struct html_table *t, double value, const char *words)
{
	enum kind kind = isfinite(value) ? NUMBER : NOTHING;

	put(t, (struct cell){ .kind = kind, .value = value }, words);
}

void html_cell_digits(struct html_table *t, double value, int digits)
{
	char words[60];

	snprintf(words, sizeof(words), "%.*g", digits, value);
	html_cell_number(t, value, words);
}

/* --- the whole ------------------------------------------------------------ */

/*
 * Writes the names of the columns as style, for narrow windows, where the table
 * has no head. Columns without contents are left out here and below.
 */
static void put_names(const struct html_table *t, FILE *to)
{
	int n = 0;

	fputs(" style=\"", to);
	for (size_t i = 0; i < t->width; i++)
		if (t->used[i])
			fprintf(to, "--h%d:'%s';", ++n, t->columns[i].heading);
	fputs("\"", to);
}

static void put_headings(const struct html_table *t, FILE *to)
{
	fputs("<thead role=\"rowgroup\"><tr role=\"row\">", to);
	for (size_t i = 0; i < t->width; i++) {
		if (!t->used[i])
			continue;
		fprintf(to, "<th scope=\"col\" role=\"columnheader\"%s>",
			t->columns[i].number ? " class=\"n\"" : "");
		html_put(to, t->columns[i].heading);
		fputs("</th>", to);
	}
	fputs("</tr></thead>\n<tbody role=\"rowgroup\">", to);
}

/* Makes each word one piece, so that a line never breaks within "--size". */
static void put_code(const char *text, FILE *to)
{
	const char *gap = "<code>";
	char word[300];

	while (*text) {
		size_t len = strcspn(text, " ");

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		fprintf(to, "%s<span>", gap);
		html_put(to, word);
		fputs("</span>", to);
		gap = " ";
		text += len;
		text += strspn(text, " ");
	}
	fputs("</code>", to);
}

/* Gives cells roles: where rows are shown as cards, browsers see no table. */
static void put_td(const struct html_table *t, size_t i, FILE *to)
{
	const struct cell *c = &t->cell[i];
	bool number = t->columns[i % t->width].number;

	if (c->kind == HEAD) {
		html_put_in(to, "<th scope=\"row\" role=\"rowheader\">",
			    c->text, "</th>");
		return;
	}
	fprintf(to, "<td role=\"cell\" class=\"%s %s\"", number ? "n" : "",
		c->kind == NOTHING ? "empty"
		: c->class         ? c->class
				   : "");
	if (c->kind == NUMBER)
		fprintf(to, " data-v=\"%.9g\"", c->value);
	else if (c->kind == NOTHING && number)
		fputs(" data-v=\"\"", to);
	fputc('>', to);
	if (c->kind == CODE)
		put_code(c->text, to);
	else
		html_put(to, c->kind == NOTHING ? "–" : c->text);
	fputs("</td>", to);
}

static void put_rows(const struct html_table *t, FILE *to)
{
	for (size_t i = 0; i < t->cells; i++) {
		if (i % t->width == 0)
			fputs("\n<tr role=\"row\">", to);
		if (t->used[i % t->width])
			put_td(t, i, to);
		if (i % t->width == t->width - 1)
			fputs("</tr>", to);
	}
}

static void table_free(struct html_table *t)
{
	for (size_t i = 0; t && i < t->cells; i++)
		free(t->cell[i].text);
	if (t) {
		free(t->cell);
		free(t->used);
	}
	free(t);
}

void html_table_put(struct html *h, struct html_table *t, const char *id,
		    const char *caption)
{
	if (t && !t->broken) {
		fprintf(h->to,
			"<table id=\"%s\" class=\"sortable\" role=\"table\"",
			id);
		put_names(t, h->to);
		html_put_in(h->to, ">\n<caption>", caption, "</caption>\n");
		put_headings(t, h->to);
		put_rows(t, h->to);
		fputs("</tbody>\n</table>\n", h->to);
	} else {
		html_no_memory(h);
	}
	table_free(t);
}
