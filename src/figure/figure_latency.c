/* Round trips: percentiles of mechanisms, a panel for each condition. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

enum { ROW = 15, HEADING = 20, UNDER = 34, LABELS = 112, VALUES = 104 };

struct latency {
	struct figure *f;
	const struct run_cell **cell; /* sorted by condition, then by median */
	size_t n;
	struct figure_axis axis;
	size_t left_out;     /* cells without room */
	enum run_value tail; /* shown as a number: RUN_P90 or RUN_P99 */
};

static int by_place_and_median(const void *l, const void *r)
{
	const struct run_cell *a = *(const struct run_cell *const *)l;
	const struct run_cell *b = *(const struct run_cell *const *)r;
	int d = strcmp(a->at.place, b->at.place);

	if (!d)
		d = strcmp(a->at.cache, b->at.cache);
	if (!d)
		d = strcmp(a->at.wait, b->at.wait);
	if (!d)
		d = (a->at.pairs > b->at.pairs) - (a->at.pairs < b->at.pairs);
	if (!d)
		d = (a->at.size_bytes > b->at.size_bytes) -
		    (a->at.size_bytes < b->at.size_bytes);
	if (!d)
		d = (a->middle[RUN_P50] > b->middle[RUN_P50]) -
		    (a->middle[RUN_P50] < b->middle[RUN_P50]);
	return d ? d : strcmp(a->name, b->name);
}

static int gather_trips(struct latency *l, struct err *e)
{
	const struct run *r = l->f->wish->run;

	l->cell = calloc(r->cells + 1, sizeof(*l->cell));
	if (!l->cell)
		return err_code(e, ENOMEM, "cannot draw the figure");
	for (size_t i = 0; i < r->cells; i++)
		if (run_is_believed(r->cell[i]) &&
		    r->cell[i]->middle[RUN_P50] > 0)
			l->cell[l->n++] = r->cell[i];
	qsort(l->cell, l->n, sizeof(*l->cell), by_place_and_median);
	return l->n ? 0
		    : err_say(e, ENODATA,
			      "the run has no round trips, or too few");
}

static bool same(const struct run_cell *a, const struct run_cell *b)
{
	return figure_same_condition(&a->at, &b->at,
				     RUN_TELL_SIZE | RUN_TELL_PAIRS) &&
	       !strcmp(a->at.wait, b->at.wait);
}

/* The highest percentile that is known. Every cell has a median. */
static double tail_of(const struct run_cell *c)
{
	int k = RUN_P999;

	while (k > RUN_P50 && !isfinite(c->middle[k]))
		k--;
	return c->middle[k];
}

static void find_range(struct latency *l)
{
	double low = INFINITY, high = 0;

	l->tail = RUN_P90;
	for (size_t i = 0; i < l->n; i++) {
		low = fmin(low, l->cell[i]->middle[RUN_P50]);
		high = fmax(high, tail_of(l->cell[i]));
		if (isfinite(l->cell[i]->middle[RUN_P99]))
			l->tail = RUN_P99;
	}
	l->axis = (struct figure_axis){
		.x0 = LABELS,
		.x1 = l->f->width - VALUES,
		.low = pow(10, floor(log10(low * 0.9) * 4) / 4),
		.high = pow(10, ceil(log10(high * 1.1) * 4) / 4),
		.log = true,
		.words = figure_time_words,
	};
}

/* --- drawing -------------------------------------------------------------- */

/* The line becomes thinner from percentile to percentile, as far as known. */
static void put_marks(struct latency *l, const struct run_cell *c, double y)
{
	static const double width[] = { 0, 3.2, 1.8, 0.9 };
	struct figure_style style = figure_style_of(c);
	double x = figure_at(&l->axis, c->middle[RUN_P50]), to;

	for (int k = RUN_P90; k <= RUN_P999; k++) {
		if (!isfinite(c->middle[k]))
			continue;
		to = figure_at(&l->axis, c->middle[k]);
		figure_line(l->f, x, y, to, y,
			    (struct figure_stroke){ width[k - RUN_P50],
						    style.colour, 1 });
		if (k == RUN_P99)
			figure_line(
				l->f, to, y - 4, to, y + 4,
				(struct figure_stroke){ 1.2, style.colour, 1 });
		if (k == RUN_P999)
			figure_marker(l->f, to, y, 0.5, style.colour, 6);
	}
	figure_marker(l->f, x, y, 0.6, style.colour, style.point);
}

static void put_time(struct latency *l, double ns, double x, double y,
		     unsigned colour)
{
	struct figure_type type = { 'l', false, 8.5, colour };
	char text[40];

	if (isfinite(ns))
		figure_text(l->f, x, y, type, "%s",
			    figure_time_words(ns, text, sizeof(text)));
}

static void put_trip_row(struct latency *l, const struct run_cell *c, double y)
{
	struct figure_style style = figure_style_of(c);
	struct figure_type type = { 'r', false, 8.5, style.text };

	figure_text_within(l->f, LABELS - 8, y, type, LABELS - 12, c->label);
	put_marks(l, c, y);
	put_time(l, c->middle[RUN_P50], l->axis.x1 + 10, y, FIGURE_INK);
	put_time(l, c->middle[l->tail], l->axis.x1 + 60, y, FIGURE_MUTE);
}

static double put_panel(struct latency *l, size_t from, size_t to, double y)
{
	struct figure_type type = { 'l', true, 9, FIGURE_INK };
	double bottom = y + HEADING + ROW * (double)(to - from);
	char text[200], cut[220];

	run_condition_phrase(&l->cell[from]->at, RUN_TELL_SIZE | RUN_TELL_PAIRS,
			     text, sizeof(text));
	figure_text(
		l->f, 10, y + 6, type, "%s",
		figure_text_cut(cut, sizeof(cut), text, 9.5, l->axis.x1 - 10));
	type = (struct figure_type){ 'l', false, 8, FIGURE_MUTE };
	figure_text(l->f, l->axis.x1 + 10, y + 6, type, "median");
	figure_text(l->f, l->axis.x1 + 60, y + 6, type, "%s",
		    l->tail == RUN_P99 ? "99 %" : "90 %");
	figure_axis_put(l->f, &l->axis, y + HEADING - 4, bottom, 44);
	for (size_t i = from; i < to; i++)
		put_trip_row(l, l->cell[i],
			     y + HEADING + ROW * ((double)(i - from) + 0.5));
	return bottom + UNDER;
}

/*
 * Names the mechanisms that are the fastest by the verdict, and says how long
 * they take. False: none of them was measured under this condition.
 */
static bool say_fastest_trips(struct latency *l, const char *where)
{
	struct figure *f = l->f;
	const struct run *r = f->wish->run;
	struct figure_spot spot;
	char first[200], low[40], high[40];
	double least = INFINITY, most = 0;

	if (!figure_spot_find(r, &l->cell[0]->at, &spot))
		return false;
	for (size_t i = 0; i < l->n && same(l->cell[0], l->cell[i]); i++)
		for (size_t k = 0; k < figure_spot_labels(&spot); k++) {
			double ns = l->cell[i]->middle[RUN_P50];

			if (strcmp(l->cell[i]->label,
				   figure_spot_label(&spot, k)))
				continue;
			least = fmin(least, ns);
			most = fmax(most, ns);
		}
	if (most == 0)
		return false;
	figure_time_words(least, low, sizeof(low));
	figure_time_words(most, high, sizeof(high));
	snprintf(f->headline, sizeof(f->headline),
		 "%s the fastest to answer: %s%s%s (%s)",
		 figure_spot_first(&spot, first, sizeof(first)), low,
		 strcmp(low, high) ? " to " : "", strcmp(low, high) ? high : "",
		 where);
	return true;
}

static void say_latency_finding(struct latency *l)
{
	struct figure *f = l->f;
	size_t last = 0;
	char where[200], low[40], high[40];

	run_condition_phrase(&l->cell[0]->at, RUN_TELL_SIZE | RUN_TELL_PAIRS,
			     where, sizeof(where));
	while (last + 1 < l->n && same(l->cell[0], l->cell[last + 1]))
		last++;
	if (!say_fastest_trips(l, where))
		snprintf(f->headline, sizeof(f->headline),
			 "The median round trip takes from %s (%s) to %s (%s); "
			 "%s",
			 figure_time_words(l->cell[0]->middle[RUN_P50], low,
					   sizeof(low)),
			 l->cell[0]->label,
			 figure_time_words(l->cell[last]->middle[RUN_P50], high,
					   sizeof(high)),
			 l->cell[last]->label, where);
	snprintf(f->about, sizeof(f->about),
		 "Time of one round trip, logarithmic. Marker: median; thick "
		 "line: up to 90 %%%s. Medians of the generations. A "
		 "percentile is shown if, on average, at least 10 trips of a "
		 "generation lie beyond it.",
		 l->tail == RUN_P99 ? "; bar: 99 %; circle: 99.9 %" : "");
}

int figure_latency(struct figure *f, struct err *e)
{
	struct latency l = { .f = f };
	int rc = gather_trips(&l, e);
	double y;

	if (rc == 0) {
		find_range(&l);
		say_latency_finding(&l);
		y = figure_top(f) + 4;
		for (size_t i = 0, k; i < l.n; i = k) {
			for (k = i; k < l.n && same(l.cell[i], l.cell[k]); k++)
				;
			if (y + UNDER + ROW * (double)(k - i) < FIGURE_TALLEST)
				y = put_panel(&l, i, k, y);
			else
				l.left_out += k - i;
		}
		f->height = y + figure_left_out(f, 10, y, "Cells", l.left_out);
	}
	free(l.cell);
	return rc;
}
