/* The tables of a page: comparisons, copies, cells, what is missing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "figure/figure.h"
#include "page/html_inside.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* --- comparisons ---------------------------------------------------------- */

static double number(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

static const char *text(const json_t *o, const char *key)
{
	const char *value = json_string_value(json_object_get(o, key));

	return value ? value : "";
}

/* So many significant digits. */
static void put_number(FILE *to, double value, int digits)
{
	char words[60];

	snprintf(words, sizeof(words), "%.*g", digits, value);
	html_cell_number(to, value, words);
}

static void put_at_least(FILE *to, double value, int digits)
{
	char words[60];

	snprintf(words, sizeof(words), "≥ %.*g", digits, value);
	html_cell_number(to, value, words);
}

static void put_comparison(struct html *h, const json_t *c)
{
	const char *outcome = text(c, "outcome");
	char words[300];

	html_row(h->to);
	html_condition(json_object_get(c, "condition"),
		       RUN_TELL_SIZE | RUN_TELL_DEPTH | RUN_TELL_PAIRS, words,
		       sizeof(words));
	html_cell_head(h->to, words);
	html_cell_text(h->to, text(c, "a_label"), NULL);
	html_cell_text(h->to, text(c, "b_label"), NULL);
	html_cell_text(h->to, outcome, outcome);
	put_number(h->to, number(c, "ratio"), 4);
	snprintf(words, sizeof(words), "%.3f to %.3f", number(c, "low"),
		 number(c, "high"));
	html_cell_text(h->to, isfinite(number(c, "low")) ? words : "–", "n");
	put_number(h->to, number(c, "p_holm"), 2);
	put_number(h->to, number(c, "generations"), 9);
	html_cell_text(h->to, text(c, "family"), NULL);
	fputs("</tr>", h->to);
}

void html_comparisons(struct html *h)
{
	static const struct html_column columns[] = {
		{ "condition", false },  { "first", false },
		{ "second", false },     { "first is", false },
		{ "ratio", true },       { "interval", true },
		{ "p, adjusted", true }, { "generations", true },
		{ "family", false },
	};
	const json_t *list =
		json_object_get(h->wish->run->verdict, "comparisons");
	const json_t *c;
	size_t i;

	if (json_array_size(list) == 0) {
		fputs("<p>The run has nothing to compare.</p>\n", h->to);
		return;
	}
	html_table_begin(h->to, "comparisons-table",
			 "Every comparison: speed of the first over speed of "
			 "the second",
			 columns, COUNT(columns));
	json_array_foreach((json_t *)list, i, c) put_comparison(h, c);
	html_table_end(h->to);
}

/* --- cells ---------------------------------------------------------------- */

static const char *speed_words(const struct run_cell *c, double speed,
			       char *buf, size_t size)
{
	if (strcmp(c->unit, "trips_per_s") != 0)
		return figure_rate(speed, buf, size);
	snprintf(buf, size, "%.0f trips/s", speed);
	return buf;
}

static void put_cell(struct html *h, const struct run_cell *c)
{
	bool over = c->over_ceiling == RUN_YES;
	char words[300], low[60], high[60];

	html_row(h->to);
	html_cell_head(h->to, c->label);
	run_condition_phrase(&c->at, RUN_TELL_DEPTH | RUN_TELL_PAIRS, words,
			     sizeof(words));
	html_cell_text(h->to, words, "w");
	html_cell_number(
		h->to, (double)c->at.size_bytes,
		size_words((double)c->at.size_bytes, words, sizeof(words)));
	html_cell_number(h->to, c->speed.value,
			 speed_words(c, c->speed.value, words, sizeof(words)));
	snprintf(words, sizeof(words), "%s to %s",
		 speed_words(c, c->speed.low, low, sizeof(low)),
		 speed_words(c, c->speed.high, high, sizeof(high)));
	html_cell_text(h->to, isfinite(c->speed.low) ? words : "–", "n");
	put_number(h->to, (double)c->groups, 9);
	html_cell_number(h->to, c->middle[RUN_P50 + 0],
			 figure_time_words(c->middle[RUN_P50 + 0], words,
					   sizeof(words)));
	html_cell_number(h->to, c->middle[RUN_P50 + 2],
			 figure_time_words(c->middle[RUN_P50 + 2], words,
					   sizeof(words)));
	put_number(h->to, c->middle[RUN_SWITCHES], 3);
	put_number(h->to, c->calls_per_message, 3);
	put_number(h->to, round(c->middle[RUN_FAULTS]), 9);
	put_number(h->to,
		   isfinite(c->copies_counted) ? c->copies_counted
					       : c->copies_predicted,
		   3);
	html_cell_text(h->to, over ? "over the ceiling" : "",
		       over ? "failed" : NULL);
	fputs("</tr>", h->to);
}

void html_cells(struct html *h)
{
	static const struct html_column columns[] = {
		{ "mechanism", false },
		{ "condition", false },
		{ "message size", true },
		{ "speed", true },
		{ "interval", true },
		{ "generations", true },
		{ "median trip", true },
		{ "99 % of trips", true },
		{ "switches per message", true },
		{ "calls per message", true },
		{ "faults per GiB", true },
		{ "copies", true },
		{ "remark", false },
	};
	const struct run *r = h->wish->run;

	html_table_begin(h->to, "cells-table", "Every cell that was measured",
			 columns, COUNT(columns));
	for (size_t i = 0; i < r->cells; i++)
		if (!strcmp(r->cell[i]->status, "ok"))
			put_cell(h, r->cell[i]);
	html_table_end(h->to);
}

static void put_missing(struct html *h, const struct run_cell *c)
{
	char words[300];

	html_row(h->to);
	html_cell_head(h->to, c->label);
	run_condition_phrase(&c->at, RUN_TELL_DEPTH | RUN_TELL_PAIRS, words,
			     sizeof(words));
	html_cell_text(h->to, words, "w");
	html_cell_number(
		h->to, (double)c->at.size_bytes,
		size_words((double)c->at.size_bytes, words, sizeof(words)));
	html_cell_text(h->to, c->status,
		       strcmp(c->status, "failed") ? NULL : "failed");
	put_number(h->to, (double)c->failures, 9);
	html_cell_text(h->to, c->reason, "w");
	fputs("</tr>", h->to);
}

/* Rounds that failed count as missing, too. */
static bool is_missing(const struct run_cell *c)
{
	return strcmp(c->status, "ok") != 0 || c->failures > 0;
}

void html_missing(struct html *h)
{
	static const struct html_column columns[] = {
		{ "mechanism", false },   { "condition", false },
		{ "message size", true }, { "status", false },
		{ "failures", true },     { "reason", false },
	};
	const struct run *r = h->wish->run;
	size_t n = 0;

	for (size_t i = 0; i < r->cells; i++)
		n += is_missing(r->cell[i]);
	if (n == 0) {
		fputs("<p>Nothing: all that was planned was measured.</p>\n",
		      h->to);
		return;
	}
	html_table_begin(h->to, "missing-table",
			 "Cells that were skipped or failed, in part or in "
			 "full",
			 columns, COUNT(columns));
	for (size_t i = 0; i < r->cells; i++)
		if (is_missing(r->cell[i]))
			put_missing(h, r->cell[i]);
	html_table_end(h->to);
}

/* --- copies --------------------------------------------------------------- */

static void put_agreement(FILE *to, const struct run_copies *c)
{
	if (c->agrees == RUN_YES)
		html_cell_text(to, "as predicted", "agrees");
	else if (c->agrees == RUN_NO)
		html_cell_text(to, "not as predicted", "differs");
	else
		html_cell_text(to, "not counted", NULL);
}

static void put_copies(struct html *h, const struct run_copies *c)
{
	html_row(h->to);
	html_cell_head(h->to, c->spec);
	put_number(h->to, c->predicted_kernel, 4);
	put_number(h->to, c->predicted_user, 4);
	put_number(h->to, c->counted_kernel, 4);
	put_number(h->to, c->counted_user, 4);
	if (c->lower_bound == RUN_YES)
		put_at_least(h->to, c->counted, 4);
	else
		put_number(h->to, c->counted, 4);
	put_agreement(h->to, c);
	put_number(h->to, c->calls_per_mib, 4);
	html_cell_text(h->to, c->reason, "w");
	fputs("</tr>", h->to);
}

void html_copies(struct html *h)
{
	static const struct html_column columns[] = {
		{ "mechanism", false },  { "predicted: kernel", true },
		{ "processes", true },   { "counted: kernel", true },
		{ "processes", true },   { "together", true },
		{ "counted is", false }, { "calls per MiB", true },
		{ "remark", false },
	};

	if (h->wish->run->mechanisms == 0) {
		fputs("<p>Copies were not counted in this run.</p>\n", h->to);
		return;
	}
	html_table_begin(h->to, "copies-table",
			 "Copies predicted from the mechanism, and counted "
			 "while it ran",
			 columns, COUNT(columns));
	for (size_t i = 0; i < h->wish->run->mechanisms; i++)
		put_copies(h, &h->wish->run->copies[i]);
	html_table_end(h->to);
}

void html_drawings(struct html *h)
{
	const struct run *r = h->wish->run;
	bool any = false;

	for (size_t i = 0; i < r->mechanisms && h->wish->drawing; i++) {
		const char *name = r->copies[i].spec;
		char *picture = h->wish->drawing(name);

		if (!picture)
			continue;
		if (!any)
			fputs("<h3>The way of a byte, drawn</h3>\n", h->to);
		any = true;
		fputs("<details><summary>", h->to);
		html_put(h->to, name);
		fputs("</summary>\n<pre tabindex=\"0\" role=\"img\" "
		      "aria-label=\"The way of a byte through ",
		      h->to);
		html_put(h->to, name);
		fputs(", from file to file; each number is a copy\">", h->to);
		html_put(h->to, picture);
		fputs("</pre></details>\n", h->to);
		free(picture);
	}
}
