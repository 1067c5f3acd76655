/* The run itself: its data for the script, and where its panels lie. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure_run.h"

size_t figure_run_collect(struct history *h, double from, double to,
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

double figure_run_witness(const struct point *p)
{
	return p->sample->witness_ns;
}

static double relative_of(const struct point *p)
{
	return p->relative;
}

/* --- data ----------------------------------------------------------------- */

static void put_bins(struct history *h, const char *name,
		     double (*value)(const struct point *), double unit)
{
	double step = fmax(1, ceil(h->last / FIGURE_RUN_BINS));

	fprintf(h->f->data, "$%s << END_OF_%s\n", name, name);
	for (double from = 1; from <= h->last; from += step) {
		size_t n = figure_run_collect(h, from, from + step, value);

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

/* Stolen time in each bin, in milliseconds. */
static void put_steal(struct history *h)
{
	double step = fmax(1, ceil(h->last / FIGURE_RUN_BINS));

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

/* Finds the lowest and the highest value that the panel of fixed work shows. */
static void find_witness(struct history *h)
{
	double step = fmax(1, ceil(h->last / FIGURE_RUN_BINS));

	h->witness_low = 0.995;
	h->witness_high = 1.005;
	for (double from = 1; from <= h->last; from += step) {
		size_t n = figure_run_collect(h, from, from + step,
					      figure_run_witness);

		if (n == 0)
			continue;
		h->witness_low =
			fmin(h->witness_low,
			     stats_quantile(h->work, n, 0.05) / h->witness);
		h->witness_high =
			fmax(h->witness_high,
			     stats_quantile(h->work, n, 0.95) / h->witness);
	}
}

/* Powers of two, and steps between them where there is room. */
static void put_speed_tics(struct history *h, double tall)
{
	double octave = tall / log2(h->y_high / h->y_low);
	int each = (int)ceil(16 / octave);
	const char *comma = "";

	fputs("SPEED_TICS = \"set ytics (", h->f->data);
	for (int k = -8; k <= 8; k++) {
		if (k % each)
			continue;
		fprintf(h->f->data, k < 0 ? "%s'1/%.0f' %.6g" : "%s'%.0f' %.6g",
			comma, exp2(abs(k)), exp2(k));
		comma = ", ";
	}
	if (octave > 64)
		fputs(", '3/4' 0.75, '4/3' 1.33333", h->f->data);
	if (octave > 200)
		fputs(", '0.9' 0.9, '1.1' 1.1", h->f->data);
	fputs(")\"\n", h->f->data);
}

/* Sets the steps of the small panels, so that each has about three tics. */
static void put_steps(struct history *h)
{
	find_witness(h);
	fprintf(h->f->data,
		"WITNESS_STEP = %g; WITNESS_LOW = %.5g; WITNESS_HIGH = %.5g; "
		"STEAL_STEP = %g\n",
		figure_step((h->witness_high - h->witness_low) / 3),
		h->witness_low - 0.002, h->witness_high + 0.002,
		figure_step(fmax(h->steal_most / 2.5 / 1e6, 0.01)));
}

/* --- layout --------------------------------------------------------------- */

enum { PANEL_A = 190, PANEL_B = 74, PANEL_C = 50, PANEL_GAP = 34 };

static double put_history_panels(struct history *h)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	struct figure_type foot = { 'c', false, 8.5, FIGURE_MUTE };
	static const char *const name[] = {
		"Speed of a transfer divided by its cell’s median",
		"Time of a fixed amount of work divided by its median",
		"Time stolen by the hypervisor, ms",
	};
	static const double tall[] = { PANEL_A, PANEL_B, PANEL_C };
	double y = figure_top(h->f) + 18, first = y;
	int panels = h->steal_ns > 0 ? 3 : 2;

	h->x0 = 52;
	h->x1 = h->f->width - 14;
	for (int i = 0; i < panels; i++) {
		figure_panel(h->f, h->x0, y, h->x1, y + tall[i]);
		figure_text(h->f, 10, y - 12, head, "%s", name[i]);
		y += tall[i] + PANEL_GAP;
	}
	figure_text(h->f, (h->x0 + h->x1) / 2, y + 2, foot,
		    "timed transfers in the order they were measured");
	h->f->height = y + 14;
	put_speed_tics(h, PANEL_A);
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

static double speed_y(const struct history *h, const struct point *p,
		      double top)
{
	return top + PANEL_A * (1 - log(p->relative / h->y_low) /
					    log(h->y_high / h->y_low));
}

/* True if a name would lie over another outlier. */
static bool covers_others(const struct history *h, const struct placed *q,
			  double top)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct point *p = &h->point[i];
		double x = h->x0 + p->order / h->last * (h->x1 - h->x0);

		if (p->outlier && x > q->x0 - 2 && x < q->x1 + 2 &&
		    fabs(speed_y(h, p, top) - q->y) < 7)
			return true;
	}
	return false;
}

static void name_one(struct history *h, const struct point *p, double top,
		     struct placed *placed, size_t *n)
{
	double share = log(p->relative / h->y_low) / log(h->y_high / h->y_low);
	double x = h->x0 + p->order / h->last * (h->x1 - h->x0);
	struct figure_type type = { 'l', false, 8, FIGURE_INK };
	struct placed q = { .y = speed_y(h, p, top) };
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
	if (share < 0.03 || !is_free(placed, *n, &q) ||
	    covers_others(h, &q, top))
		return;
	placed[(*n)++] = q;
	figure_text(h->f, type.align == 'l' ? q.x0 : q.x1, q.y, type, "%s",
		    cut);
}

/* Names the farthest outliers, as long as there is room for names. */
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

void figure_run_put(struct history *h)
{
	fprintf(h->f->data, "LAST = %.0f; YLO = %.5g; YHI = %.5g\n", h->last,
		h->y_low, h->y_high);
	put_bins(h, "SPEED", relative_of, 1);
	put_bins(h, "WITNESS", figure_run_witness, h->witness);
	put_outliers(h);
	put_steal(h);
	put_steps(h);
	name_outliers(h, put_history_panels(h));
}
