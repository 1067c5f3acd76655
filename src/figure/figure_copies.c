/* The cost of a byte against the copies made of it, with a line and misses. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"
#include "stats/stats.h"

struct box {
	double x0, y0, x1, y1;
};

struct dot {
	const struct run_cell *cell;
	double copies, ns, low, high; /* ns for a byte */
	bool counted;                 /* else predicted: not in the fit */
	double residual;
	double shift; /* sideways, so that no dot hides another */
	double x, y;  /* pixels */
	struct box label;
	bool placed; /* the label has room; else the misses name the dot */
	int side;    /* of it: -1 left, 1 right */
};

struct scatter {
	struct figure *f;
	struct dot *dot;
	size_t n, counted;
	const struct run_cell *model;
	struct stats_line line;
	double sigma, mean_x, ssx; /* of the fit: what its band is made of */
	double x0, x1, y0, y1;     /* the panel */
	struct box slope_box;      /* what is written of the slope */
	double x_low, x_high, y_high;
};

/* --- which cells ---------------------------------------------------------- */

static bool may_take(const struct run_cell *model, const struct run_cell *c)
{
	return run_is_believed(c) && run_moves(&c->at, COPY_FILE) &&
	       (isfinite(c->copies_counted) || isfinite(c->copies_predicted)) &&
	       figure_same_condition(&model->at, &c->at,
				     RUN_TELL_SIZE | RUN_TELL_DEPTH |
					     RUN_TELL_PAIRS);
}

/*
 * Files that are there already, in the page cache: nothing but copies lies
 * between them. Then the most cells, and messages nearest to 64 KiB.
 */
static double rank(const struct run *r, const struct run_cell *c)
{
	double score = 0;

	if (!run_is_believed(c) || !run_moves(&c->at, COPY_FILE) ||
	    !figure_stands_for(r, c,
			       RUN_TELL_SIZE | RUN_TELL_DEPTH | RUN_TELL_PAIRS))
		return -1;
	for (size_t i = 0; i < r->cells; i++)
		score += may_take(c, r->cell[i]);
	score -= fabs(log2((double)c->at.size_bytes / 65536)) - 40;
	/* with room for more than one message less of it is waiting */
	if (!strcmp(c->at.depth, "deep"))
		score += 6;
	if (run_is_cache(&c->at, RUN_HOT))
		score += 1000;
	if (run_goes(&c->at, COPY_OVER))
		score += 500;
	return score;
}

static int gather(struct scatter *s, struct err *e)
{
	const struct run *r = s->f->wish->run;
	double best = 0;

	for (size_t i = 0; i < r->cells; i++) {
		if (rank(r, r->cell[i]) <= best)
			continue;
		best = rank(r, r->cell[i]);
		s->model = r->cell[i];
	}
	s->dot = calloc(r->cells + 1, sizeof(*s->dot));
	if (!s->dot)
		return err_code(e, ENOMEM, "a figure");
	for (size_t i = 0; s->model && i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];
		struct dot *d = &s->dot[s->n];

		if (!may_take(s->model, c))
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
			      "the run copies no files by "
			      "mechanisms whose copies are known");
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
	if (x && y && n >= 3) {
		s->line = stats_fit_line(x, y, n, 0.95);
		find_band(s, x, y, n);
	}
	for (size_t i = 0; i < s->n; i++)
		s->dot[i].residual =
			s->dot[i].ns - at_line(s, s->dot[i].copies);
	free(x);
	free(y);
	return x && y ? 0 : err_code(e, ENOMEM, "a figure");
}

static bool has_line(const struct scatter *s)
{
	return isfinite(s->line.slope.value) && s->ssx > 0 &&
	       isfinite(s->sigma);
}

/*
 * Half the band's width: what the slope's interval says of t, times its error.
 */
static double band(const struct scatter *s, double x)
{
	double t_slope = (s->line.slope.high - s->line.slope.low) / 2;
	double t = t_slope * sqrt(s->ssx);

	return t *
	       sqrt(1 / (double)s->counted + pow(x - s->mean_x, 2) / s->ssx);
}

/* --- layout --------------------------------------------------------------- */

static int by_copies(const void *l, const void *r)
{
	const struct dot *a = l, *b = r;

	if (a->copies != b->copies)
		return a->copies < b->copies ? -1 : 1;
	return a->ns < b->ns ? -1 : a->ns > b->ns;
}

static double pixel_x(const struct scatter *s, double x)
{
	return s->x0 +
	       (x - s->x_low) / (s->x_high - s->x_low) * (s->x1 - s->x0);
}

static double pixel_y(const struct scatter *s, double y)
{
	return s->y1 - y / s->y_high * (s->y1 - s->y0);
}

/* Dots of one column stand a little aside from each other, by turns. */
static void place_column(struct scatter *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct dot *d = &s->dot[i];

		d->shift = to - from > 1 ? ((i - from) % 2 ? 0.07 : -0.07) : 0;
		d->x = pixel_x(s, d->copies + d->shift);
		d->y = pixel_y(s, d->ns);
	}
}

static bool overlap(const struct box *a, const struct box *b)
{
	return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

static bool is_free(const struct scatter *s, const struct box *b)
{
	if (b->x0 < s->x0 || b->x1 > s->x1 || b->y0 < s->y0 || b->y1 > s->y1 ||
	    overlap(b, &s->slope_box))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		const struct dot *d = &s->dot[i];
		struct box mark = { d->x - 4, d->y - 4, d->x + 4, d->y + 4 };

		if (overlap(b, &mark) || (d->placed && overlap(b, &d->label)))
			return false;
	}
	return true;
}

/* Beside its dot, above or below, as near as nothing is in the way. */
static void place_label(struct scatter *s, struct dot *d)
{
	char cut[100];
	double width;

	figure_text_cut(cut, sizeof(cut), d->cell->label, 8.5, 104);
	width = figure_text_width(cut, 8.5, false) + 12;
	for (int step = 0; step < 24 && !d->placed; step++) {
		double y = d->y + (step % 2 ? -1 : 1) * (step + 1) / 2 * 6;

		for (int side = 1; side >= -1 && !d->placed; side -= 2) {
			double x = d->x + 14 * side;

			d->side = side;
			d->label =
				(struct box){ fmin(x, x + side * width), y - 6,
					      fmax(x, x + side * width),
					      y + 6 };
			d->placed = is_free(s, &d->label);
		}
	}
}

static void layout(struct scatter *s)
{
	struct figure *f = s->f;
	double top = figure_top(f), rows = (double)s->n * 13;

	s->x0 = 48;
	s->x1 = f->wish->column ? f->width - 14 : f->width - 262;
	s->y0 = top + 22;
	s->y1 = s->y0 + (f->wish->column ? 270 : fmax(290, rows));
	f->height = s->y1 + 50 + (f->wish->column ? rows + 70 : 0);
	s->x_low = -0.5;
	s->x_high = 4;
	for (size_t i = 0; i < s->n; i++) {
		s->x_high = fmax(s->x_high, s->dot[i].copies);
		s->y_high = fmax(s->y_high, s->dot[i].high);
	}
	/* what is written of the slope stands above all dots */
	s->y_high *= (s->y1 - s->y0) / (s->y1 - s->y0 - 62);
	/* room for labels on the right */
	s->x_high += (s->x_high + 0.5) * 124 / (s->x1 - s->x0 - 124);
	qsort(s->dot, s->n, sizeof(*s->dot), by_copies);
	for (size_t i = 0, k; i < s->n; i = k) {
		for (k = i; k < s->n && s->dot[k].copies == s->dot[i].copies;
		     k++)
			;
		place_column(s, i, k);
	}
	s->slope_box =
		(struct box){ s->x0, s->y0 - 4, s->x0 + 270, s->y0 + 44 };
	for (size_t i = 0; i < s->n; i++)
		place_label(s, &s->dot[i]);
}

/* --- drawing -------------------------------------------------------------- */

static void put_dot(struct scatter *s, const struct dot *d)
{
	struct look look = look_of(d->cell);
	double lx = d->side < 0 ? d->label.x1 : d->label.x0;
	double ly = (d->label.y0 + d->label.y1) / 2;
	struct figure_type type = { d->side < 0 ? 'r' : 'l', false, 8.5,
				    look.text };
	char cut[100];

	figure_line(s->f, d->x, pixel_y(s, d->low), d->x, pixel_y(s, d->high),
		    1, look.colour, 1);
	figure_marker(s->f, d->x, d->y, 0.6, look.colour, look.point);
	if (!d->placed)
		return;
	figure_line(s->f, d->x + 4 * d->side, d->y, lx, ly, 0.6, FIGURE_MUTE,
		    1);
	figure_text(s->f, lx + 2 * d->side, ly, type, "%s%s",
		    figure_text_cut(cut, sizeof(cut), d->cell->label, 8.5, 104),
		    d->counted ? "" : " ?");
}

static void put_band(struct scatter *s)
{
	fputs("$BAND << END_OF_BAND\n", s->f->data);
	for (int i = 0; i <= 60 && has_line(s); i++) {
		double x = s->x_low + (s->x_high - s->x_low) * i / 60;
		double y = at_line(s, x), half = band(s, x);

		fprintf(s->f->data, "%.4f %.6g %.6g %.6g\n", x, y,
			fmax(0, y - half), fmin(s->y_high, y + half));
	}
	if (!has_line(s))
		fputs("0 NaN NaN NaN\n", s->f->data);
	fputs("END_OF_BAND\n", s->f->data);
	fprintf(s->f->data, "XLO = %.4f; XHI = %.4f; YHI = %.6g\n", s->x_low,
		s->x_high, s->y_high);
	figure_panel(s->f, s->x0, s->y0, s->x1, s->y1);
}

static void put_slope(struct scatter *s)
{
	struct figure_type type = { 'l', true, 9.5, 0x005a8e };
	const struct stats_interval *b = &s->line.slope;
	double x = s->x0 + 10;

	if (!has_line(s))
		return;
	figure_text(s->f, x, s->y0 + 8, type, "%.3f ns for each copy of a byte",
		    b->value);
	type = (struct figure_type){ 'l', false, 8.5, FIGURE_MUTE };
	figure_text(s->f, x, s->y0 + 22, type,
		    "95 %%: %.3f to %.3f, R² = %.2f, n = %zu", b->low, b->high,
		    s->line.r_squared, s->counted);
	figure_text(s->f, x, s->y0 + 35, type,
		    "%.3f ns for a byte that is not copied", s->line.at_zero);
}

/* --- the misses ----------------------------------------------------------- */

static int by_residual(const void *l, const void *r)
{
	const struct dot *a = l, *b = r;

	return a->residual > b->residual ? -1 : a->residual < b->residual;
}

static void put_residual(struct scatter *s, const struct dot *d, double zero,
			 double scale, double y, double left)
{
	struct figure_type type = { 'r', false, 8, FIGURE_INK };
	char cut[100];

	figure_text(s->f, left + 96, y, type, "%s",
		    figure_text_cut(cut, sizeof(cut), d->cell->label, 8, 94));
	figure_box(s->f, fmin(zero, zero + d->residual * scale), y - 4,
		   fmax(zero, zero + d->residual * scale), y + 4,
		   look_of(d->cell).colour);
}

/* Beside the panel, or below it in a column. */
static void put_residuals(struct scatter *s)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	struct figure_type foot = { 'c', false, 8, FIGURE_MUTE };
	bool column = s->f->wish->column;
	double left = column ? 48 : s->x1 + 22;
	double right = s->f->width - 12;
	double top = column ? s->y1 + 76 : s->y0 + 4;
	double zero = (left + 104 + right) / 2, most = 0;

	if (!has_line(s))
		return;
	for (size_t i = 0; i < s->n; i++)
		most = fmax(most, fabs(s->dot[i].residual));
	qsort(s->dot, s->n, sizeof(*s->dot), by_residual);
	figure_text(s->f, left, top - 16, head,
		    "What the line misses (up to %.2g ns)", most);
	for (size_t i = 0; i < s->n; i++)
		put_residual(s, &s->dot[i], zero,
			     (right - zero) / (most > 0 ? most : 1),
			     top + 6 + 13 * (double)i, left);
	figure_line(s->f, zero, top, zero, top + 13 * (double)s->n, 0.8,
		    FIGURE_MUTE, 1);
	figure_text(s->f, zero, top + 13 * (double)s->n + 12, foot,
		    "← cheaper    dearer →");
}

/* --- words ---------------------------------------------------------------- */

static void say_finding(struct scatter *s)
{
	struct figure *f = s->f;
	const struct dot *worst = &s->dot[0];
	char where[200];

	for (size_t i = 1; i < s->n; i++)
		if (fabs(s->dot[i].residual) > fabs(worst->residual))
			worst = &s->dot[i];
	run_condition_phrase(&s->model->at, RUN_TELL_SIZE | RUN_TELL_DEPTH,
			     where, sizeof(where));
	if (!has_line(s))
		snprintf(f->headline, sizeof(f->headline),
			 "Copies against cost: too few counts for a line");
	else if (s->line.slope.low <= 0)
		snprintf(f->headline, sizeof(f->headline),
			 "That more copies cost more cannot be seen in this "
			 "run");
	else
		snprintf(f->headline, sizeof(f->headline),
			 "Copies explain %.0f %% of what a byte costs; %s is "
			 "missed most",
			 100 * s->line.r_squared, worst->cell->label);
	snprintf(f->about, sizeof(f->about),
		 "ns for a byte, %s. Each marker is a mechanism, its bar the "
		 "95 %% interval; band: 95 %% of the line. \"?\": copies "
		 "predicted, not counted, and left out of the line.",
		 where);
}

int figure_copies(struct figure *f, struct err *e)
{
	struct scatter s = { .f = f };
	struct figure_type type = { 'c', false, 8.5, FIGURE_MUTE };
	int rc = gather(&s, e);

	if (rc == 0)
		rc = fit(&s, e);
	if (rc == 0) {
		say_finding(&s);
		layout(&s);
		put_band(&s);
		for (size_t i = 0; i < s.n; i++)
			put_dot(&s, &s.dot[i]);
		put_slope(&s);
		figure_text(f, (s.x0 + s.x1) / 2, s.y1 + 36, type,
			    "copies of each byte on its way, counted");
		put_residuals(&s);
	}
	free(s.dot);
	return rc;
}
