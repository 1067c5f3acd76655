/* Round trips: percentiles of every mechanism, a panel for each condition. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

enum { ROW = 15, HEADING = 20, UNDER = 34, LABELS = 112, VALUES = 112 };

struct latency {
	struct figure *f;
	const struct run_cell **cell; /* by condition, then by median */
	size_t n;
	struct figure_axis axis;
};

static int by_condition(const void *l, const void *r)
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
		d = (a->middle[RUN_P50 + 0] > b->middle[RUN_P50 + 0]) -
		    (a->middle[RUN_P50 + 0] < b->middle[RUN_P50 + 0]);
	return d ? d : strcmp(a->name, b->name);
}

static int gather(struct latency *l, struct err *e)
{
	const struct run *r = l->f->wish->run;

	l->cell = calloc(r->cells + 1, sizeof(*l->cell));
	if (!l->cell)
		return err_code(e, ENOMEM, "a figure");
	for (size_t i = 0; i < r->cells; i++)
		if (run_is_believed(r->cell[i]) &&
		    r->cell[i]->middle[RUN_P50 + 0] > 0)
			l->cell[l->n++] = r->cell[i];
	qsort(l->cell, l->n, sizeof(*l->cell), by_condition);
	return l->n ? 0 : err_say(e, ENODATA, "the run has no round trips");
}

static bool same(const struct run_cell *a, const struct run_cell *b)
{
	return figure_same_condition(&a->at, &b->at,
				     RUN_TELL_SIZE | RUN_TELL_PAIRS) &&
	       !strcmp(a->at.wait, b->at.wait);
}

static double most(const struct run_cell *c)
{
	double high = 0;

	for (int i = 0; i < 5; i++)
		if (isfinite(c->middle[RUN_P50 + i]))
			high = fmax(high, c->middle[RUN_P50 + i]);
	return high;
}

static void find_range(struct latency *l)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < l->n; i++) {
		low = fmin(low, l->cell[i]->middle[RUN_P50 + 0]);
		high = fmax(high, most(l->cell[i]));
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

static void put_marks(struct latency *l, const struct run_cell *c, double y)
{
	struct look look = look_of(c);
	double x = figure_at(&l->axis, c->middle[RUN_P50 + 0]);

	figure_line(l->f, x, y, figure_at(&l->axis, most(c)), y, 0.7,
		    look.colour, 3);
	for (int i = 1; i < 4; i++)
		if (isfinite(c->middle[RUN_P50 + i]))
			figure_line(l->f, x, y,
				    figure_at(&l->axis, c->middle[RUN_P50 + i]),
				    y,
				    i == 1   ? 3.2
				    : i == 2 ? 1.8
					     : 0.9,
				    look.colour, 1);
	if (isfinite(c->middle[RUN_P50 + 2]))
		figure_line(l->f, figure_at(&l->axis, c->middle[RUN_P50 + 2]),
			    y - 4, figure_at(&l->axis, c->middle[RUN_P50 + 2]),
			    y + 4, 1.2, look.colour, 1);
	if (isfinite(c->middle[RUN_P50 + 3]))
		figure_marker(l->f, figure_at(&l->axis, c->middle[RUN_P50 + 3]),
			      y, 0.5, look.colour, 6);
	if (isfinite(c->middle[RUN_P50 + 4]))
		figure_marker(l->f, figure_at(&l->axis, c->middle[RUN_P50 + 4]),
			      y, 0.45, look.colour, 2);
	figure_marker(l->f, x, y, 0.6, look.colour, look.point);
}

static void put_row(struct latency *l, const struct run_cell *c, double y)
{
	struct look look = look_of(c);
	struct figure_type type = { 'r', false, 8.5, look.text };
	char cut[100], half[40], tail[40];

	figure_text(
		l->f, LABELS - 8, y, type, "%s",
		figure_text_cut(cut, sizeof(cut), c->label, 8.5, LABELS - 12));
	put_marks(l, c, y);
	type = (struct figure_type){ 'l', false, 8.5, FIGURE_INK };
	figure_text(
		l->f, l->axis.x1 + 10, y, type, "%s",
		figure_time_words(c->middle[RUN_P50 + 0], half, sizeof(half)));
	type.colour = FIGURE_MUTE;
	figure_text(
		l->f, l->axis.x1 + 60, y, type, "%s",
		figure_time_words(c->middle[RUN_P50 + 2], tail, sizeof(tail)));
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
	figure_text(l->f, l->axis.x1 + 60, y + 6, type, "99 %%");
	figure_axis_put(l->f, &l->axis, y + HEADING - 4, bottom, 44);
	for (size_t i = from; i < to; i++)
		put_row(l, l->cell[i],
			y + HEADING + ROW * ((double)(i - from) + 0.5));
	return bottom + UNDER;
}

static void say_finding(struct latency *l)
{
	struct figure *f = l->f;
	const struct run_cell *best = l->cell[0], *next = NULL;
	char when[200], a[40], b[40];

	for (size_t i = 1; i < l->n && same(best, l->cell[i]) && !next; i++)
		if (strcmp(l->cell[i]->mechanism, best->mechanism) != 0)
			next = l->cell[i];
	run_condition_phrase(&best->at, RUN_TELL_SIZE | RUN_TELL_PAIRS, when,
			     sizeof(when));
	if (next)
		snprintf(f->headline, sizeof(f->headline),
			 "%s answers in %s, %s in %s (%s)", best->label,
			 figure_time_words(best->middle[RUN_P50 + 0], a,
					   sizeof(a)),
			 next->label,
			 figure_time_words(next->middle[RUN_P50 + 0], b,
					   sizeof(b)),
			 when);
	else
		snprintf(f->headline, sizeof(f->headline),
			 "%s answers in %s (%s)", best->label,
			 figure_time_words(best->middle[RUN_P50 + 0], a,
					   sizeof(a)),
			 when);
	snprintf(f->about, sizeof(f->about),
		 "Time of one round trip, logarithmic. Marker: median; thick "
		 "line: up to 90 %%; bar: 99 %%; circle: 99.9 %%; "
		 "cross: the longest. Medians of the generations.");
}

int figure_latency(struct figure *f, struct err *e)
{
	struct latency l = { .f = f };
	int rc = gather(&l, e);
	double y;

	if (rc == 0) {
		find_range(&l);
		say_finding(&l);
		y = figure_top(f) + 4;
		for (size_t i = 0, k; i < l.n; i = k) {
			for (k = i; k < l.n && same(l.cell[i], l.cell[k]); k++)
				;
			y = put_panel(&l, i, k, y);
		}
		f->height = y;
	}
	free(l.cell);
	return rc;
}
