/* The tables of a page: comparisons, copies, cells, missing cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/size.h"
#include "base/utf8.h"
#include "figure/figure.h"
#include "page/html_inside.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* --- comparisons ---------------------------------------------------------- */

static void put_at_least(struct html_table *t, double value, int digits)
{
	char words[60];

	snprintf(words, sizeof(words), "≥ %.*g", digits, value);
	html_cell_number(t, value, words);
}

static void put_comparison(struct html_table *t, const json_t *c)
{
	const char *outcome = json_text_in(c, "outcome");
	double low = json_number_in(c, "low"), high = json_number_in(c, "high");
	char words[300];

	html_condition(json_object_get(c, "condition"), words, sizeof(words));
	html_cell_head(t, words);
	html_cell_text(t, json_text_in(c, "a_label"), NULL);
	html_cell_text(t, json_text_in(c, "b_label"), NULL);
	html_cell_text(t, outcome, outcome);
	html_cell_digits(t, json_number_in(c, "ratio"), 4);
	snprintf(words, sizeof(words), "%.3f to %.3f", low, high);
	html_cell_number(t, isfinite(high) ? low : NAN, words);
	html_cell_digits(t, json_number_in(c, "p_holm"), 2);
	html_cell_digits(t, json_number_in(c, "generations"), 9);
	html_cell_text(t, json_text_in(c, "family"), NULL);
}

void html_comparisons(struct html *h)
{
	static const struct html_column columns[] = {
		{ "where", false },      { "first", false },
		{ "second", false },     { "first is", false },
		{ "ratio", true },       { "interval", true },
		{ "p, adjusted", true }, { "generations", true },
		{ "family", false },
	};
	const json_t *list =
		json_object_get(h->wish->run->verdict, "comparisons");
	struct html_table *t;
	const json_t *c;
	size_t i;

	if (json_array_size(list) == 0) {
		fputs("<p>The run has nothing to compare.</p>\n", h->to);
		return;
	}
	t = html_table_new(columns, COUNT(columns));
	json_array_foreach((json_t *)list, i, c) put_comparison(t, c);
	html_table_put(h, t, "comparisons-table",
		       "Every comparison: speed of the first divided by speed "
		       "of the second");
}

/* --- cells ---------------------------------------------------------------- */

static void put_interval(struct html_table *t, const struct run_cell *c)
{
	char words[130], low[60], high[60];

	snprintf(words, sizeof(words), "%s to %s",
		 run_speed_words(&c->at, c->speed.low, low, sizeof(low)),
		 run_speed_words(&c->at, c->speed.high, high, sizeof(high)));
	html_cell_number(t, c->speed.low, words);
}

static void put_where(struct html_table *t, const struct run_cell *c)
{
	struct run_condition k = run_condition_of(c);
	double size = (double)c->at.size_bytes;
	char words[300];

	html_cell_head(t, c->label);
	html_cell_text(t, run_condition_words(&k, words, sizeof(words)), NULL);
	html_cell_number(t, size, size_words(size, words, sizeof(words)));
}

static void put_trips(struct html_table *t, double ns)
{
	char words[60];

	html_cell_number(t, ns, figure_time_words(ns, words, sizeof(words)));
}

static void put_cell_row(struct html_table *t, const struct run_cell *c)
{
	bool over = c->over_ceiling == RUN_YES;
	char words[60];

	put_where(t, c);
	html_cell_number(
		t, c->speed.value,
		run_speed_words(&c->at, c->speed.value, words, sizeof(words)));
	put_interval(t, c);
	put_trips(t, c->middle[RUN_P50]);
	put_trips(t, c->middle[RUN_P99]);
	html_cell_digits(t, c->middle[RUN_CPU], 3);
	html_cell_digits(t, c->middle[RUN_SWITCHES], 3);
	html_cell_digits(t, c->calls_per_message, 3);
	html_cell_digits(t, round(c->middle[RUN_FAULTS]), 9);
	html_cell_digits(t,
			 isfinite(c->copies_counted) ? c->copies_counted
						     : c->copies_predicted,
			 3);
	html_cell_digits(t, (double)c->groups, 9);
	html_cell_text(t, over ? "over the ceiling" : "", "failed");
}

void html_cells(struct html *h)
{
	static const struct html_column columns[] = {
		{ "mechanism", false },
		{ "where", false },
		{ "size", true },
		{ "median", true },
		{ "interval", true },
		{ "p50", true },
		{ "p99", true },
		{ "CPU s/GiB", true },
		{ "switches per message", true },
		{ "calls per message", true },
		{ "faults per GiB", true },
		{ "copies", true },
		{ "generations", true },
		{ "remark", false },
	};
	const struct run *r = h->wish->run;
	struct html_table *t = html_table_new(columns, COUNT(columns));

	for (size_t i = 0; i < r->cells; i++)
		if (!strcmp(r->cell[i]->status, "ok"))
			put_cell_row(t, r->cell[i]);
	html_table_put(h, t, "cells-table", "Every cell that was measured");
}

static void put_missing(struct html_table *t, const struct run_cell *c)
{
	put_where(t, c);
	html_cell_text(t, c->status,
		       strcmp(c->status, "failed") ? NULL : "failed");
	html_cell_digits(t, (double)c->failures, 9);
	html_cell_text(t, c->reason, NULL);
}

/* True if the cell was not measured, or if some of its generations failed. */
static bool is_missing(const struct run_cell *c)
{
	return strcmp(c->status, "ok") != 0 || c->failures > 0;
}

void html_missing(struct html *h)
{
	static const struct html_column columns[] = {
		{ "mechanism", false }, { "where", false },
		{ "size", true },       { "status", false },
		{ "failures", true },   { "reason", false },
	};
	const struct run *r = h->wish->run;
	struct html_table *t;
	size_t n = 0;

	for (size_t i = 0; i < r->cells; i++)
		n += is_missing(r->cell[i]);
	if (n == 0) {
		fputs("<p>Nothing: no cell was skipped, and none failed.</p>\n",
		      h->to);
		return;
	}
	t = html_table_new(columns, COUNT(columns));
	for (size_t i = 0; i < r->cells; i++)
		if (is_missing(r->cell[i]))
			put_missing(t, r->cell[i]);
	html_table_put(h, t, "missing-table",
		       "Cells that were skipped or failed, in part or in full");
}

/* --- copies --------------------------------------------------------------- */

static void put_agreement(struct html_table *t, const struct run_copies *c)
{
	if (c->agrees == RUN_YES)
		html_cell_text(t, "as predicted", "agrees");
	else if (c->agrees == RUN_NO)
		html_cell_text(t, "not as predicted", "differs");
	else
		html_cell_text(t, "not counted", NULL);
}

/* The workload. Older runs do not name a workload: they all moved a file. */
static const char *what_moves(const struct run_copies *c)
{
	if (!strcmp(c->sink, run_sink_word(COPY_NOWHERE)))
		return "file to null";
	return *c->workload ? c->workload : "file";
}

static void put_copies(struct html_table *t, const struct run_copies *c)
{
	html_cell_head(t, c->spec);
	html_cell_text(t, what_moves(c), NULL);
	html_cell_digits(t, c->predicted_kernel, 4);
	html_cell_digits(t, c->predicted_user, 4);
	html_cell_digits(t, c->counted_kernel, 4);
	html_cell_digits(t, c->counted_user, 4);
	if (c->lower_bound == RUN_YES)
		put_at_least(t, c->counted, 4);
	else
		html_cell_digits(t, c->counted, 4);
	put_agreement(t, c);
	html_cell_digits(t, c->calls_per_mib, 4);
	html_cell_text(t, c->reason, NULL);
}

void html_copies(struct html *h)
{
	static const struct html_column columns[] = {
		{ "mechanism", false },        { "moves", false },
		{ "predicted: kernel", true }, { "processes", true },
		{ "counted: kernel", true },   { "processes", true },
		{ "together", true },          { "counted is", false },
		{ "calls per MiB", true },     { "remark", false },
	};
	struct html_table *t;

	if (h->wish->run->mechanisms == 0) {
		fputs("<p>Copies were not counted in this run.</p>\n", h->to);
		return;
	}
	t = html_table_new(columns, COUNT(columns));
	for (size_t i = 0; i < h->wish->run->mechanisms; i++)
		put_copies(t, &h->wish->run->copies[i]);
	html_table_put(h, t, "copies-table",
		       "Copies predicted from the mechanism, and counted while "
		       "it ran");
}

/*
 * The length of the longest line, from which the size of the letters follows.
 */
static size_t drawing_columns(const char *picture)
{
	size_t most = 1, column = 0;
	int32_t c;

	while ((c = utf8_next(&picture)) != 0) {
		column = c == '\n' ? 0 : column + 1;
		if (column > most)
			most = column;
	}
	return most;
}

bool html_is_first(const struct run *r, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(r->copies[j].spec, r->copies[i].spec))
			return false;
	return true;
}

static void put_follow(struct html *h, const char *spec)
{
	char *page = h->wish->follow ? h->wish->follow(spec) : NULL;

	if (!page)
		return;
	html_put_in(h->to, "<p><a class=\"follow\" href=\"", page,
		    "\">Follow one byte through ");
	html_put(h->to, spec);
	fputs(", step by step</a></p>\n", h->to);
	free(page);
}

void html_drawings(struct html *h)
{
	const struct run *r = h->wish->run;
	bool any = false;

	for (size_t i = 0; i < r->mechanisms && h->wish->drawing; i++) {
		const char *name = r->copies[i].spec;
		char *picture =
			html_is_first(r, i) ? h->wish->drawing(name) : NULL;

		if (!picture)
			continue;
		if (!any)
			fputs("<h4>The way of a byte, drawn</h4>\n", h->to);
		any = true;
		fputs("<details><summary>", h->to);
		html_put(h->to, name);
		fprintf(h->to,
			"</summary>\n<pre class=\"way\" style=\"--columns:"
			"%zu\" role=\"img\" aria-label=\"The way of a byte "
			"through ",
			drawing_columns(picture));
		html_put(h->to, name);
		html_put_in(h->to,
			    ", from file to file; each number is a copy\">",
			    picture, "</pre>\n");
		put_follow(h, name);
		fputs("</details>\n", h->to);
		free(picture);
	}
}
