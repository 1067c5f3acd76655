/* The run itself: what was measured when, drift, noise, outliers. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"
#include "stats/stats.h"

struct point {
	const struct run_sample *sample;
	double order;    /* among the timed transfers of the run */
	double relative; /* speed over the cell's median; NaN: failed */
	int outlier;     /* as stats_tukey says */
};

struct history {
	struct figure *f;
	struct point *point; /* by order */
	size_t n, failed, outliers;
	double last;  /* order */
	double *work; /* room for n numbers */
	double x0, x1, y_low, y_high;
	double drift;   /* last sweep over first */
	double witness; /* its median */
	double noise;   /* of the witness: quartile range over median */
	double steal_ns, steal_most; /* in all, and in one bin */
};

/* --- reading -------------------------------------------------------------- */

static int by_cell(const void *l, const void *r)
{
	const struct point *a = l, *b = r;

	return strcmp(a->sample->cell, b->sample->cell);
}

static int by_order(const void *l, const void *r)
{
	const struct point *a = l, *b = r;

	return (a->order > b->order) - (a->order < b->order);
}

/* One cell's samples, from p[0] to p[n - 1]. */
static void relate(struct history *h, struct point *p, size_t n)
{
	signed char *label = calloc(n, 1);
	double median;
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(p[i].sample->value[RUN_SPEED]))
			h->work[k++] = p[i].sample->value[RUN_SPEED];
	median = k ? stats_median(h->work, k) : NAN;
	if (label && k)
		stats_tukey(h->work, k, label);
	k = 0;
	for (size_t i = 0; i < n; i++) {
		p[i].relative = p[i].sample->value[RUN_SPEED] / median;
		if (isfinite(p[i].sample->value[RUN_SPEED]) && label)
			p[i].outlier = label[k++];
		h->outliers += p[i].outlier != 0;
		h->failed += !p[i].sample->ok;
	}
	free(label);
}

static int read_points(struct history *h, struct err *e)
{
	const struct run *r = h->f->wish->run;

	h->point = calloc(r->samples + 1, sizeof(*h->point));
	h->work = calloc(r->samples + 1, sizeof(*h->work));
	if (!h->point || !h->work)
		return err_code(e, ENOMEM, "a figure");
	for (size_t i = 0; i < r->samples; i++) {
		if (r->sample[i].ok && !r->sample[i].timed)
			continue;
		h->point[h->n].sample = &r->sample[i];
		h->point[h->n].order = (double)h->n + 1;
		h->n++;
	}
	qsort(h->point, h->n, sizeof(*h->point), by_cell);
	for (size_t i = 0, k; i < h->n; i = k) {
		for (k = i; k < h->n && !by_cell(&h->point[i], &h->point[k]);
		     k++)
			;
		relate(h, h->point + i, k - i);
	}
	qsort(h->point, h->n, sizeof(*h->point), by_order);
	if (h->n == 0)
		return err_say(e, ENODATA, "the run has no samples");
	h->last = h->point[h->n - 1].order;
	return 0;
}

/* --- numbers -------------------------------------------------------------- */

static size_t collect(struct history *h, double from, double to,
		      double (*value)(const struct point *))
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		double order = h->point[i].order;

		if (order >= from && order < to &&
		    isfinite(value(&h->point[i])))
			h->work[n++] = value(&h->point[i]);
	}
	return n;
}

static double relative_of(const struct point *p)
{
	return p->relative;
}

static double witness_of(const struct point *p)
{
	return p->sample->witness_ns;
}

static double in_sweep(struct history *h, int sweep)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		if (h->point[i].sample->sweep == sweep &&
		    isfinite(h->point[i].relative))
			h->work[n++] = h->point[i].relative;
	return n ? stats_median(h->work, n) : NAN;
}

static void find_numbers(struct history *h)
{
	int sweeps = 0;
	size_t n;

	h->y_low = 0.8;
	h->y_high = 1.25;
	for (size_t i = 0; i < h->n; i++) {
		const struct point *p = &h->point[i];

		if (p->sample->sweep > sweeps)
			sweeps = p->sample->sweep;
		if (isfinite(p->sample->steal_ns))
			h->steal_ns += p->sample->steal_ns;
		if (!isfinite(p->relative))
			continue;
		h->y_low = fmin(h->y_low, p->relative / 1.05);
		h->y_high = fmax(h->y_high, p->relative * 1.05);
	}
	h->y_low = fmax(h->y_low, 1.0 / 64);
	h->drift = in_sweep(h, sweeps) / in_sweep(h, 1);
	n = collect(h, 0, INFINITY, witness_of);
	if (n == 0) {
		h->witness = NAN;
		return;
	}
	h->witness = stats_median(h->work, n);
	h->noise = (stats_quantile(h->work, n, 0.75) -
		    stats_quantile(h->work, n, 0.25)) /
		   h->witness;
}

/* --- data ----------------------------------------------------------------- */

#define BINS 100

static void put_bins(struct history *h, const char *name,
		     double (*value)(const struct point *), double unit)
{
	double step = fmax(1, ceil(h->last / BINS));

	fprintf(h->f->data, "$%s << END_OF_%s\n", name, name);
	for (double from = 1; from <= h->last; from += step) {
		size_t n = collect(h, from, from + step, value);

		if (n == 0)
			continue;
		fprintf(h->f->data, "%.1f", from + (step - 1) / 2);
		for (int q = 0; q < 5; q++) {
			static const double at[] = { 0.05, 0.25, 0.5, 0.75,
						     0.95 };

			fprintf(h->f->data, " %.5g",
				stats_quantile(h->work, n, at[q]) / unit);
		}
		fputc('\n', h->f->data);
	}
	fprintf(h->f->data, "%.0f NaN NaN NaN NaN NaN\nEND_OF_%s\n", h->last,
		name);
}

static void put_outliers(struct history *h)
{
	fputs("$OUTLIERS << END_OF_OUTLIERS\n", h->f->data);
	for (size_t i = 0; i < h->n; i++)
		if (h->point[i].outlier && h->point[i].relative > h->y_low)
			fprintf(h->f->data, "%.0f %.4g\n", h->point[i].order,
				h->point[i].relative);
	fputs("1 NaN\nEND_OF_OUTLIERS\n$FAILED << END_OF_FAILED\n", h->f->data);
	for (size_t i = 0; i < h->n; i++)
		if (!h->point[i].sample->ok)
			fprintf(h->f->data, "%.0f %.4g\n", h->point[i].order,
				h->y_low * 1.03);
	fputs("1 NaN\nEND_OF_FAILED\n", h->f->data);
}

/* Stolen time in each bin, as a share of nothing: milliseconds. */
static void put_steal(struct history *h)
{
	double step = fmax(1, ceil(h->last / BINS));

	fputs("$STEAL << END_OF_STEAL\n", h->f->data);
	for (double from = 1; from <= h->last; from += step) {
		double sum = 0;

		for (size_t i = 0; i < h->n; i++) {
			const struct point *p = &h->point[i];

			if (p->order >= from && p->order < from + step &&
			    isfinite(p->sample->steal_ns))
				sum += p->sample->steal_ns;
		}
		h->steal_most = fmax(h->steal_most, sum);
		fprintf(h->f->data, "%.1f %.5g\n", from + (step - 1) / 2,
			sum / 1e6);
	}
	fputs("END_OF_STEAL\n", h->f->data);
}

/* Tics of the small panels: three or so, whatever their range. */
static void put_steps(struct history *h)
{
	size_t n = collect(h, 0, INFINITY, witness_of);
	double span = n ? (stats_quantile(h->work, n, 0.97) -
			   stats_quantile(h->work, n, 0.03)) /
				      h->witness
			: 0;

	fprintf(h->f->data, "WITNESS_STEP = %g; STEAL_STEP = %g\n",
		figure_step(fmax(span, 0.003) / 3),
		figure_step(fmax(h->steal_most / 2.5 / 1e6, 0.01)));
}

/* --- layout --------------------------------------------------------------- */

enum { PANEL_A = 190, PANEL_B = 74, PANEL_GAP = 34 };

static double put_panels(struct history *h)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	struct figure_type foot = { 'c', false, 8.5, FIGURE_MUTE };
	static const char *const name[] = {
		"Speed of a transfer over its cell's median",
		"A fixed amount of work, over its median",
		"Time stolen by the hypervisor, ms",
	};
	static const double tall[] = { PANEL_A, PANEL_B, 50 };
	double y = figure_top(h->f) + 18, first = y;

	h->x0 = 52;
	h->x1 = h->f->width - 14;
	for (int i = 0; i < 3; i++) {
		figure_panel(h->f, h->x0, y, h->x1, y + tall[i]);
		figure_text(h->f, 10, y - 12, head, "%s", name[i]);
		y += tall[i] + PANEL_GAP;
	}
	figure_text(h->f, (h->x0 + h->x1) / 2, y + 2, foot,
		    "timed transfers in the order they were measured");
	h->f->height = y + 14;
	return first;
}

struct placed {
	double x0, x1, y;
};

static bool is_free(const struct placed *p, size_t n, const struct placed *q)
{
	for (size_t i = 0; i < n; i++)
		if (fabs(p[i].y - q->y) < 12 && p[i].x0 < q->x1 &&
		    q->x0 < p[i].x1)
			return false;
	return true;
}

static int by_distance(const void *l, const void *r)
{
	const struct point *a = *(const struct point *const *)l;
	const struct point *b = *(const struct point *const *)r;
	double x = fabs(log(a->relative)), y = fabs(log(b->relative));

	return x > y ? -1 : x < y;
}

#define NAMED_MAX 10

static void name_one(struct history *h, const struct point *p, double top,
		     struct placed *placed, size_t *n)
{
	double share = log(p->relative / h->y_low) / log(h->y_high / h->y_low);
	double x = h->x0 + p->order / h->last * (h->x1 - h->x0);
	struct figure_type type = { 'l', false, 8, FIGURE_INK };
	struct placed q = { .y = top + PANEL_A * (1 - share) };
	double width = figure_text_width(p->sample->label, 8, false);
	char cut[80];

	figure_text_cut(cut, sizeof(cut), p->sample->label, 8, 110);
	width = fmin(width, 114);
	q.x0 = x + 5;
	if (q.x0 + width > h->x1) {
		q.x0 = x - 5 - width;
		type.align = 'r';
	}
	q.x1 = q.x0 + width;
	if (share < 0 || !is_free(placed, *n, &q))
		return;
	placed[(*n)++] = q;
	figure_text(h->f, type.align == 'l' ? q.x0 : q.x1, q.y, type, "%s",
		    cut);
}

/* The farthest ones get their names, as long as there is room for them. */
static void name_outliers(struct history *h, double top)
{
	const struct point **far = calloc(h->n + 1, sizeof(*far));
	struct placed placed[NAMED_MAX];
	size_t n = 0, named = 0;

	for (size_t i = 0; far && i < h->n; i++)
		if (h->point[i].outlier)
			far[n++] = &h->point[i];
	if (far)
		qsort(far, n, sizeof(*far), by_distance);
	for (size_t i = 0; i < n && i < 60 && named < NAMED_MAX; i++)
		name_one(h, far[i], top, placed, &named);
	free(far);
}

static void say_finding(struct history *h)
{
	struct figure *f = h->f;
	double good = (double)(h->n - h->failed);

	snprintf(f->headline, sizeof(f->headline),
		 "From first sweep to last, speeds changed by %s%.1f %%; "
		 "%.1f %% of %zu transfers are outliers, %zu failed",
		 h->drift < 1 ? "−" : "+", 100 * fabs(h->drift - 1),
		 good > 0 ? 100 * (double)h->outliers / good : 0, h->n,
		 h->failed);
	snprintf(f->about, sizeof(f->about),
		 "Line: median, dark: the middle half, light: 90 %% of about "
		 "%.0f transfers each; dots: outliers by Tukey's fences, kept; "
		 "crosses: failed. Fixed work takes %.2f ms, its quartiles "
		 "are %.1f %% apart; %.0f ms were stolen in all.",
		 fmax(1, ceil(h->last / BINS)), h->witness / 1e6,
		 100 * h->noise, h->steal_ns / 1e6);
}

int figure_run(struct figure *f, struct err *e)
{
	struct history h = { .f = f };
	int rc = read_points(&h, e);

	if (rc == 0) {
		find_numbers(&h);
		say_finding(&h);
		fprintf(f->data, "LAST = %.0f; YLO = %.5g; YHI = %.5g\n",
			h.last, h.y_low, h.y_high);
		put_bins(&h, "SPEED", relative_of, 1);
		put_bins(&h, "WITNESS", witness_of, h.witness);
		put_outliers(&h);
		put_steal(&h);
		put_steps(&h);
		name_outliers(&h, put_panels(&h));
	}
	free(h.point);
	free(h.work);
	return rc;
}
