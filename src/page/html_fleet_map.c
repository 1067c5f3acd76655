/* The map of a fleet: a row for each condition, a column for each host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page/html_fleet.h"

#define ROW      20
#define NAMED    40 /* with more hosts, no names stand above the columns */
#define LETTERED 12 /* columns of at least this width have a letter */
#define WIDEST   34
#define MARK     13 /* the width of a turned name above a column */

/*
 * The colours of Okabe and Ito, light enough for a letter on them. The first
 * colour is that of the most common answer.
 */
static const char *const colours[] = {
	"#9fcbe6", "#f3c66b", "#8ed3bd", "#e2b3cf", "#f5ee9e", "#e89c6c",
};

struct layout {
	const char *class;
	int width;
	int left;  /* where columns begin; 0: the condition is above them */
	int right; /* where answers begin; 0: they are above the columns */
	int head;  /* the height of the names of hosts */
	double column;
};

static struct layout layout_of(const struct fleet *f, bool narrow)
{
	struct layout l = { .class = "wide",
			    .width = 960,
			    .left = 250,
			    .right = 660,
			    .head = 8 };
	int room = 400;

	if (narrow) {
		l = (struct layout){ .class = "narrow",
				     .width = 380,
				     .head = 8 };
		room = 350; /* the last name leans to the right */
	}
	l.column = (double)room / (double)(f->hosts ? f->hosts : 1);
	if (l.column > WIDEST)
		l.column = WIDEST;
	if (f->hosts <= NAMED && l.column >= MARK - 4)
		l.head = 90;
	return l;
}

/*
 * A column is a host. Many hosts are sorted, so that hosts that answer alike
 * are neighbours.
 */
struct column {
	const struct fleet *f;
	size_t host;
};

static int alike_first(const void *a, const void *b)
{
	const struct column *x = a, *y = b;
	const struct fleet *f = x->f;

	if (f->host[x->host].differs != f->host[y->host].differs)
		return f->host[x->host].differs < f->host[y->host].differs ? -1
									   : 1;
	for (size_t k = 0; k < f->conditions; k++) {
		int p = f->condition[k].of_host[x->host];
		int q = f->condition[k].of_host[y->host];

		if (p != q)
			return p < q ? -1 : 1;
	}
	return x->host < y->host ? -1 : x->host > y->host;
}

static struct column *columns_of(const struct fleet *f)
{
	struct column *c = malloc((f->hosts + 1) * sizeof(*c));

	for (size_t i = 0; c && i < f->hosts; i++)
		c[i] = (struct column){ .f = f, .host = i };
	if (c && f->hosts > NAMED)
		qsort(c, f->hosts, sizeof(*c), alike_first);
	return c;
}

/* --- parts ---------------------------------------------------------------- */

static void put_map_names(FILE *to, const struct layout *l,
			  const struct column *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double x = l->left + l->column * ((double)i + .5) + 4;
		char name[24];

		snprintf(name, sizeof(name), "%.16s",
			 c->f->host[c[i].host].name);
		fprintf(to,
			"<text transform=\"translate(%.1f %d) rotate(-60)\">",
			x, l->head - 6);
		html_put(to, name);
		fputs("</text>\n", to);
	}
}

/*
 * Draws a rectangle for each host; or, if columns are narrow, one for
 * neighbouring hosts with the same answer.
 */
static void put_cells(FILE *to, const struct layout *l,
		      const struct fleet_condition *k, const struct column *c,
		      size_t n, int y)
{
	const char *faint = k->agreement == FLEET_OPEN ? " opacity=\".5\"" : "";
	bool apart = l->column >= LETTERED;

	for (size_t i = 0, end; i < n; i = end) {
		int answer = k->of_host[c[i].host];

		for (end = i + 1; end < n && !apart; end++)
			if (k->of_host[c[end].host] != answer)
				break;
		if (answer < 0)
			continue;
		fprintf(to,
			"<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" "
			"height=\"%d\" fill=\"%s\"%s/>",
			l->left + l->column * (double)i, y,
			l->column * (double)(end - i) - (apart ? 1 : 0),
			ROW - 2, answer < 6 ? colours[answer] : "#cccccc",
			faint);
		if (apart)
			fprintf(to,
				"<text x=\"%.2f\" y=\"%d\" "
				"text-anchor=\"middle\">%c</text>",
				l->left + l->column * ((double)i + .5) - .5,
				y + 13, answer < 26 ? 'A' + answer : '*');
		fputc('\n', to);
	}
}

/*
 * "A shm futex (3), B pipe (1)": labels, each with its number of hosts; "A
 * pipe" if there is only one label.
 */
static void put_map_answers(FILE *to, const struct fleet *f,
			    const struct fleet_condition *k, int x, int y)
{
	fprintf(to, "<text x=\"%d\" y=\"%d\">", x, y);
	for (size_t i = 0; i < k->answers && i < 3; i++) {
		const struct fleet_answer *a = &k->answer[i];
		char label[40];

		snprintf(label, sizeof(label), "%.24s",
			 f->label.name[a->label]);
		fprintf(to, "%s%c ", i ? ", " : "", (int)('A' + i));
		html_put(to, label);
		if (k->answers > 1)
			fprintf(to, " (%zu)", a->hosts);
	}
	if (k->answers > 3)
		fprintf(to, " and %zu more", k->answers - 3);
	fputs("</text>\n", to);
}

static void put_row(FILE *to, const struct layout *l, const struct fleet *f,
		    size_t k, const struct column *c, int y)
{
	const struct fleet_condition *condition = &f->condition[k];

	fprintf(to, "<text x=\"0\" y=\"%d\">", y + 13);
	html_put(to, condition->words);
	fputs("</text>\n", to);
	if (l->right) {
		put_map_answers(to, f, condition, l->right, y + 13);
	} else {
		y += ROW;
		put_map_answers(to, f, condition, 0, y + 11);
		y += ROW - 4;
	}
	put_cells(to, l, condition, c, f->hosts, y);
}

static void put_map_layout(struct html *h, const struct layout *l,
			   const struct column *c)
{
	const struct fleet *f = h->fleet;
	int step = l->right ? ROW : 3 * ROW + 6;

	fprintf(h->to,
		"<svg class=\"%s\" role=\"img\" aria-label=\"The fastest in "
		"each condition on each host; the table below says it in "
		"words\" "
		"xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
		"font-size=\"12\" fill=\"#222222\">\n",
		l->class, l->width, l->head + (int)f->conditions * step + 4);
	if (l->head > ROW)
		put_map_names(h->to, l, c, f->hosts);
	for (size_t k = 0; k < f->conditions; k++)
		put_row(h->to, l, f, k, c, l->head + (int)k * step);
	fputs("</svg>\n", h->to);
}

void html_fleet_map(struct html *h)
{
	struct column *c = columns_of(h->fleet);
	struct layout wide = layout_of(h->fleet, false);
	struct layout narrow = layout_of(h->fleet, true);

	if (!c) {
		html_no_memory(h);
		return;
	}
	fputs("<figure id=\"figure-fleet\">\n", h->to);
	put_map_layout(h, &wide, c);
	put_map_layout(h, &narrow, c);
	fputs("<figcaption>Each column is a host. In a row, one mechanism may "
	      "be the fastest on all hosts with the same letter. Pale: all "
	      "hosts may agree, but not all of them could decide. Empty: the "
	      "host has no result.</figcaption>\n</figure>\n",
	      h->to);
	free(c);
}
