/* The figures of a page, each for wide and for narrow windows. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "figure/gnuplot.h"
#include "page/html_inside.h"

static int put_layout(struct html *h, const struct figure_kind *k, bool column,
		      struct figure_program *p, struct err *e)
{
	struct figure_wish wish = {
		.run = h->wish->run,
		.other = h->wish->other,
		.column = column,
	};
	char prefix[24], *svg = NULL, *says = NULL;
	size_t size;
	int rc = figure_write(k, &wish, p, e);

	if (rc == 0)
		rc = gnuplot_draw(p, PICTURE_SVG, &svg, &size, e);
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

/* A figure for which there is no data is said to be missing, in its place. */
static void put_figure(struct html *h, const struct figure_kind *k)
{
	struct figure_program wide = { 0 }, narrow = { 0 };
	struct err e = { 0 };
	int rc;

	if (h->rc < 0)
		return;
	fprintf(h->to, "<figure id=\"figure-%s\">\n", k->name);
	rc = put_layout(h, k, false, &wide, &e);
	if (rc == 0)
		rc = put_layout(h, k, true, &narrow, &e);
	if (rc == -ENODATA) {
		fputs("<figcaption>Not drawn: ", h->to);
		html_put(h->to, e.text);
		fputs("</figcaption>\n", h->to);
		rc = 0;
	}
	fputs("</figure>\n", h->to);
	figure_program_free(&wide);
	figure_program_free(&narrow);
	h->rc = rc;
	if (rc < 0)
		*h->e = e;
}

void html_figures(struct html *h)
{
	for (const struct figure_kind *k = figure_kinds; k->name; k++) {
		if (k->draw == figure_map ||
		    (k->draw == figure_compare && !h->wish->other))
			continue;
		fprintf(h->to, "<h3>%c%s</h3>\n", k->summary[0] - 'a' + 'A',
			k->summary + 1);
		put_figure(h, k);
	}
}

/* --- the map, and the same as a table ------------------------------------- */

static void put_best(FILE *to, const json_t *best)
{
	const json_t *label;
	size_t i;

	if (json_array_size(best) > 1)
		fputs("tie: ", to);
	json_array_foreach((json_t *)best, i, label)
	{
		fputs(i ? ", " : "", to);
		html_put(to, json_is_string(label) ? json_string_value(label)
						   : "?");
	}
}

void html_condition(const json_t *c, int parts, char *buf, size_t size)
{
	char depth[24];
	struct run_condition k = run_condition_of_json(c, depth);

	run_condition_phrase(&k, parts, buf, size);
}

static void put_map_row(struct html *h, const json_t *line)
{
	const json_t *c = json_object_get(line, "condition");
	const json_t *best = json_object_get(line, "best");
	double ratio =
		json_is_number(json_object_get(line, "ratio"))
			? json_number_value(json_object_get(line, "ratio"))
			: NAN;
	double low = json_number_value(json_object_get(line, "low"));
	double high = json_number_value(json_object_get(line, "high"));
	double size = json_number_value(json_object_get(c, "size_bytes"));
	char text[300];

	html_row(h->to);
	html_condition(c, RUN_TELL_DEPTH | RUN_TELL_PAIRS, text, sizeof(text));
	html_cell_head(h->to, text);
	html_cell_number(h->to, size, size_words(size, text, sizeof(text)));
	fputs("<td class=\"w\">", h->to);
	put_best(h->to, best);
	fputs("</td>", h->to);
	snprintf(text, sizeof(text), "%.3g", ratio);
	html_cell_number(h->to, ratio, text);
	snprintf(text, sizeof(text), "%.3g to %.3g", low, high);
	html_cell_text(h->to, isfinite(ratio) && low > 0 ? text : "–", "n");
	fputs("</tr>", h->to);
}

void html_map(struct html *h)
{
	static const struct html_column columns[] = {
		{ "condition", false }, { "message size", true },
		{ "fastest", false },   { "best ring over best other", true },
		{ "interval", true },
	};
	const json_t *map = json_object_get(h->wish->run->verdict, "map");
	const json_t *line;
	size_t i;

	for (const struct figure_kind *k = figure_kinds; k->name; k++)
		if (k->draw == figure_map)
			put_figure(h, k);
	if (json_array_size(map) == 0)
		return;
	fputs("<details><summary>The same as a table</summary>\n", h->to);
	html_table_begin(h->to, "map-table",
			 "The fastest mechanisms by condition and message size",
			 columns, sizeof(columns) / sizeof(*columns));
	json_array_foreach((json_t *)map, i, line) put_map_row(h, line);
	html_table_end(h->to);
	fputs("</details>\n", h->to);
}
