/* The figures of a page, each in a version for wide and for narrow windows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "figure/gnuplot.h"
#include "page/html_inside.h"

static int put_layout(struct html *h, const struct figure_kind *k, bool column,
		      const struct figure_program *p, struct err *e)
{
	char prefix[24], *svg = NULL, *says = NULL;
	size_t size;
	int rc = gnuplot_draw(p, GNUPLOT_SVG, &svg, &size, e);

	if (rc == 0 && asprintf(&says, "%s. %s", p->headline, p->about) < 0)
		rc = err_code(e, ENOMEM, "%s", k->name);
	if (rc == 0) {
		snprintf(prefix, sizeof(prefix), "f%d-", ++h->figures);
		html_put_svg(h->to, svg, prefix, column ? "narrow" : "wide",
			     says);
		free(says);
	}
	free(svg);
	return rc;
}

/*
 * False: there is no data for the figure, nothing is written, and `e` says why.
 * Any other failure makes the whole report fail.
 */
static bool put_figure(struct html *h, const struct figure_kind *k,
		       struct err *e)
{
	struct figure_wish wish = { .run = h->wish->run,
				    .other = h->wish->other };
	struct figure_program wide = { 0 }, narrow = { 0 };
	int rc = figure_write(k, &wish, &wide, e);

	if (rc == -ENODATA)
		return false;
	fprintf(h->to, "<figure id=\"figure-%s\">\n", k->name);
	if (rc == 0)
		rc = put_layout(h, k, false, &wide, e);
	wish.column = true;
	if (rc == 0)
		rc = figure_write(k, &wish, &narrow, e);
	if (rc == 0)
		rc = put_layout(h, k, true, &narrow, e);
	fputs("</figure>\n", h->to);
	figure_program_free(&wide);
	figure_program_free(&narrow);
	h->rc = rc;
	if (rc < 0)
		*h->e = *e;
	return true;
}

static void put_heading(struct html *h, const struct figure_kind *k)
{
	fprintf(h->to, "<h3>%c%s</h3>\n", k->summary[0] - 'a' + 'A',
		k->summary + 1);
}

static void put_absent(struct html *h, const struct err *e)
{
	html_put_in(h->to, "<p>Not drawn: ", e->text, "</p>\n");
}

/* The first figures, so many, are not folded: they answer most questions. */
#define UNFOLDED 3

static figure_draw *const first[] = {
	figure_compare,
	figure_throughput,
	figure_latency,
	figure_copies,
};

#define FIRST (sizeof(first) / sizeof(*first))
#define KINDS 32

/*
 * False for the map, which has its own place. False also for the figure that
 * compares two runs, if there is no other run.
 */
static bool is_wanted(const struct html *h, const struct figure_kind *k)
{
	return k->draw != figure_map &&
	       (k->draw != figure_compare || h->wish->other);
}

/* The place of a figure on the page; below FIRST if `first` has the figure. */
static size_t place_of(const struct figure_kind *k)
{
	size_t i = 0;

	while (i < FIRST && first[i] != k->draw)
		i++;
	return i;
}

static size_t list_figures(const struct html *h,
			   const struct figure_kind *list[KINDS])
{
	size_t n = 0;

	for (size_t place = 0; place <= FIRST; place++)
		for (const struct figure_kind *k = figure_kinds; k->name; k++)
			if (is_wanted(h, k) && place_of(k) == place &&
			    n < KINDS)
				list[n++] = k;
	return n;
}

void html_figures(struct html *h)
{
	const struct figure_kind *list[KINDS];
	size_t n = list_figures(h, list), i = 0, shown = 0;
	struct err why[KINDS] = { 0 };

	for (; i < n && shown < UNFOLDED && h->rc == 0; i++)
		shown += put_figure(h, list[i], &why[i]);
	fputs("<details><summary>Other figures</summary>\n", h->to);
	for (size_t k = 0; k < n && h->rc == 0; k++) {
		if (k < i && !why[k].code)
			continue;
		put_heading(h, list[k]);
		if (k < i || !put_figure(h, list[k], &why[k]))
			put_absent(h, &why[k]);
	}
	fputs("</details>\n", h->to);
}

void html_map(struct html *h)
{
	struct err e = { 0 };

	for (const struct figure_kind *k = figure_kinds; k->name; k++)
		if (k->draw == figure_map && h->rc == 0 &&
		    !put_figure(h, k, &e))
			put_absent(h, &e);
}
