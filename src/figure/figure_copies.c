/*
 * The time of a byte against the number of its copies. Mechanisms with equally
 * many copies form a group. If enough counts differ, a line is fitted to the
 * mechanisms whose copies were counted, and each group shows where the line is
 * at its number of copies.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"
#include "stats/stats.h"

/* A line is drawn only through at least so many different counts. */
#define COUNTS_LEAST 3

struct dot {
	const struct run_cell *cell;
	double copies, ns, low, high; /* ns for a byte */
	bool counted;                 /* false: predicted, not in the fit */
};

struct scatter {
	struct figure *f;
	struct dot *dot; /* sorted by copies, then by cost */
	size_t n, counted;
	const struct run_cell *model;
	struct stats_line line;
	double sigma, mean_x, ssx; /* of the fitted line, for its band */
	struct figure_axis axis;
};

/* True for equal counts. A count may be a little above a whole number. */
static bool same_count(double a, double b)
{
	return fabs(a - b) < 0.05;
}

/* --- which cells ---------------------------------------------------------- */

static bool takes_single_file(const struct run_cell *c)
{
	return run_is_believed(c) && run_moves(&c->at, COPY_FILE) &&
	       c->at.pairs == 1 &&
	       (isfinite(c->copies_counted) || isfinite(c->copies_predicted));
}

static int gather_dots(struct scatter *s, struct err *e)
{
	const struct run *r = s->f->wish->run;

	s->model = figure_model(r, takes_single_file);
	s->dot = calloc(r->cells + 1, sizeof(*s->dot));
	if (!s->dot)
		return err_code(e, ENOMEM, "cannot draw the figure");
	for (size_t i = 0; s->model && i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];
		struct dot *d = &s->dot[s->n];

		if (!takes_single_file(c) || !figure_shares(s->model, c))
			continue;
		d->cell = c;
		d->counted = isfinite(c->copies_counted);
		d->copies =
			d->counted ? c->copies_counted : c->copies_predicted;
		d->ns = 1e9 / c->speed.value;
		d->low = isfinite(c->speed.high) ? 1e9 / c->speed.high : d->ns;
		d->high = isfinite(c->speed.low) ? 1e9 / c->speed.low : d->ns;
		s->counted += d->counted;
		s->n++;
	}
	return s->n ? 0
		    : err_say(e, ENODATA,
			      "the run copies no file by a single pair, or "
			      "the numbers of copies are unknown");
}

/* --- the line ------------------------------------------------------------- */

static double at_line(const struct scatter *s, double x)
{
	return s->line.at_zero + s->line.slope.value * x;
}

static void find_band(struct scatter *s, const double *x, const double *y,
		      size_t n)
{
	double rest = 0;

	s->mean_x = stats_mean(x, n);
	for (size_t i = 0; i < n; i++) {
		rest += pow(y[i] - at_line(s, x[i]), 2);
		s->ssx += pow(x[i] - s->mean_x, 2);
	}
	s->sigma = sqrt(rest / ((double)n - 2));
}

static size_t distinct(const double *x, size_t n)
{
	size_t found = 0;

	for (size_t i = 0, k; i < n; i++) {
		for (k = 0; k < i && !same_count(x[k], x[i]); k++)
			;
		found += k == i;
	}
	return found;
}

static int fit(struct scatter *s, struct err *e)
{
	double *x = calloc(s->n, sizeof(*x)), *y = calloc(s->n, sizeof(*y));
	size_t n = 0;

	for (size_t i = 0; x && y && i < s->n; i++) {
		if (!s->dot[i].counted)
			continue;
		x[n] = s->dot[i].copies;
		y[n++] = s->dot[i].ns;
	}
	s->line.slope.value = NAN;
	if (x && y && distinct(x, n) >= COUNTS_LEAST) {
		s->line = stats_fit_line(x, y, n, 0.95);
		find_band(s, x, y, n);
	}
	free(x);
	free(y);
	return x && y ? 0 : err_code(e, ENOMEM, "cannot draw the figure");
}

static bool has_line(const struct scatter *s)
{
	return isfinite(s->line.slope.value) && s->ssx > 0 &&
	       isfinite(s->sigma);
}

/*
 * Half the band's width at x: Student's t times the error of the line there.
 * Half the slope's interval times the root of ssx is t times sigma.
 */
static double band(const struct scatter *s, double x)
{
	double t_slope = (s->line.slope.high - s->line.slope.low) / 2;
	double t = t_slope * sqrt(s->ssx);

	return t *
	       sqrt(1 / (double)s->counted + pow(x - s->mean_x, 2) / s->ssx);
}

/* --- drawing -------------------------------------------------------------- */

enum { ROW = 14, HEADING = 17, LABELS = 112, VALUES = 62 };

static int by_copies(const void *l, const void *r)
{
	const struct dot *a = l, *b = r;

	if (!same_count(a->copies, b->copies))
		return a->copies < b->copies ? -1 : 1;
	return a->ns < b->ns ? -1 : a->ns > b->ns;
}

static void find_time_axis(struct scatter *s)
{
	double least = INFINITY;

	s->axis = (struct figure_axis){
		.x0 = LABELS,
		.x1 = s->f->width - VALUES,
		.words = figure_ns_words,
	};
	for (size_t i = 0; i < s->n; i++) {
		double count = s->dot[i].copies;

		s->axis.high = fmax(s->axis.high, s->dot[i].high);
		if (has_line(s))
			s->axis.high = fmax(s->axis.high,
					    at_line(s, count) + band(s, count));
	}
	s->axis.high *= 1.04;
	for (size_t i = 0; i < s->n; i++)
		least = fmin(least, s->dot[i].low);
	s->axis.log = s->axis.high > 50 * least;
	s->axis.low = s->axis.log ? least / 1.2 : 0;
}

/* Puts 0 and negative values, which have no logarithm, at the axis' low end. */
static double on_axis(const struct scatter *s, double ns)
{
	return figure_at(&s->axis, fmax(ns, s->axis.low));
}

static void put_dot(struct scatter *s, const struct dot *d, double y)
{
	struct figure_style style = figure_style_of(d->cell);
	struct figure_type type = { 'r', false, 8.5, style.text };
	double low = figure_at(&s->axis, d->low);
	double high = figure_at(&s->axis, d->high);
	char cut[100];

	figure_text_cut(cut, sizeof(cut), d->cell->label, 8.5,
			LABELS - (d->counted ? 12 : 26));
	figure_text(s->f, LABELS - 8, y, type, "%s%s", cut,
		    d->counted ? "" : " ?");
	figure_line(s->f, low, y, high, y,
		    (struct figure_stroke){ 1, style.colour, 1 });
	figure_marker(s->f, figure_at(&s->axis, d->ns), y, 0.6, style.colour,
		      style.point);
	type = (struct figure_type){ 'l', false, 8.5, FIGURE_INK };
	figure_text(s->f, s->axis.x1 + 8, y, type, "%s",
		    figure_ns_words(d->ns, cut, sizeof(cut)));
}

/* The line and its band at a number of copies, behind the marks of a group. */
static void put_model_line(struct scatter *s, double copies, double y0,
			   double y1)
{
	double at = at_line(s, copies), half = band(s, copies);

	figure_box(s->f, on_axis(s, at - half), y0, on_axis(s, at + half), y1,
		   0xd6e8f3);
	if (at > s->axis.low)
		figure_box(s->f, on_axis(s, at) - 0.7, y0, on_axis(s, at) + 0.7,
			   y1, 0x0072b2);
}

static double put_dot_group(struct scatter *s, size_t from, size_t to, double y)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	double copies = s->dot[from].copies, top = y + HEADING;

	figure_text(s->f, 10, y + HEADING / 2.0 + 1, head,
		    same_count(copies, 1) ? "%.3g copy" : "%.3g copies",
		    copies);
	for (size_t i = from; i < to; i++)
		put_dot(s, &s->dot[i], top + ROW * ((double)(i - from) + 0.5));
	return top + ROW * (double)(to - from) + 3;
}

static size_t group_end(const struct scatter *s, size_t from)
{
	size_t end = from;

	while (end < s->n &&
	       same_count(s->dot[from].copies, s->dot[end].copies))
		end++;
	return end;
}

/* A box covers earlier boxes, so the axis comes first, then bands and lines. */
static void put_groups(struct scatter *s, double top)
{
	double y = top, bottom = top;

	for (size_t i = 0; i < s->n; i = group_end(s, i))
		bottom += HEADING + 3 + ROW * (double)(group_end(s, i) - i);
	figure_axis_put(s->f, &s->axis, top + 4, bottom, 54);
	for (size_t i = 0, end; i < s->n; i = end) {
		end = group_end(s, i);
		if (has_line(s))
			put_model_line(s, s->dot[i].copies, y + HEADING,
				       y + HEADING + ROW * (double)(end - i));
		y = put_dot_group(s, i, end, y);
	}
	s->f->height = bottom + 24;
}

/* --- words ---------------------------------------------------------------- */

/* The headline tells if the slope is shown to be above 0, or below 0. */
static void say_slope(struct scatter *s)
{
	const struct stats_interval *b = &s->line.slope;
	struct figure *f = s->f;
	char each[40];

	figure_ns_words(fabs(b->value), each, sizeof(each));
	if (b->low > 0)
		snprintf(f->headline, sizeof(f->headline),
			 "With each further copy a byte takes %s more; copies "
			 "explain %.0f %% of the differences",
			 each, 100 * s->line.r_squared);
	else if (b->high < 0)
		snprintf(f->headline, sizeof(f->headline),
			 "More copies do not cost more here: mechanisms with "
			 "more copies differ in other things, too");
	else
		snprintf(f->headline, sizeof(f->headline),
			 "In this run the number of copies does not tell what "
			 "a byte costs");
}

static void say_extremes(struct scatter *s)
{
	const struct dot *low = &s->dot[0], *high = &s->dot[0];
	struct figure *f = s->f;
	char from[40], to[40];

	for (size_t i = 1; i < s->n; i++) {
		if (s->dot[i].ns < low->ns)
			low = &s->dot[i];
		if (s->dot[i].ns > high->ns)
			high = &s->dot[i];
	}
	figure_ns_words(low->ns, from, sizeof(from));
	figure_ns_words(high->ns, to, sizeof(to));
	if (low == high)
		snprintf(f->headline, sizeof(f->headline),
			 "A byte costs %s with %s", from, low->cell->label);
	else
		snprintf(f->headline, sizeof(f->headline),
			 "A byte costs from %s (%s, copies: %.3g) to %s (%s, "
			 "copies: %.3g)",
			 from, low->cell->label, low->copies, to,
			 high->cell->label, high->copies);
}

static void say_about_copies(struct scatter *s)
{
	const struct stats_interval *b = &s->line.slope;
	char where[160], line[250], each[40], low[40], high[40];

	run_condition_words(&s->model->at, where, sizeof(where));
	figure_ns_words(b->value, each, sizeof(each));
	figure_ns_words(b->low, low, sizeof(low));
	figure_ns_words(b->high, high, sizeof(high));
	if (has_line(s))
		snprintf(line, sizeof(line),
			 "Blue: a line through %zu counts and its 95 %% band, "
			 "%s for each copy (%s to %s)%s.",
			 s->counted, each, low, high,
			 b->value < 0 ? ", which is not a price" : "");
	else
		snprintf(line, sizeof(line),
			 "A line needs %d different counts.", COUNTS_LEAST);
	snprintf(s->f->about, sizeof(s->f->about),
		 "ns for a byte, by the number of its copies: %s. Line of a "
		 "mark: 95 %% interval. %s%s",
		 where, line,
		 s->counted < s->n
			 ? " \"?\": copies predicted, not counted, and not "
			   "used for the line."
			 : "");
}

int figure_copies(struct figure *f, struct err *e)
{
	struct scatter s = { .f = f };
	int rc = gather_dots(&s, e);

	if (rc == 0)
		rc = fit(&s, e);
	if (rc == 0) {
		qsort(s.dot, s.n, sizeof(*s.dot), by_copies);
		if (has_line(&s))
			say_slope(&s);
		else
			say_extremes(&s);
		say_about_copies(&s);
		find_time_axis(&s);
		put_groups(&s, figure_top(f) - 4);
	}
	free(s.dot);
	return rc;
}
