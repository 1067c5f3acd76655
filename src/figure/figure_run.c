/* The run itself: measurements over time, drift, noise, outliers. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure_run.h"

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

/*
 * Relates the speeds of a cell's samples, p[0] to p[n - 1], to their median,
 * and marks outliers.
 */
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
		return err_code(e, ENOMEM, "cannot draw the figure");
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
		if (isfinite(p->sample->steal_ns)) {
			h->steal_ns += p->sample->steal_ns;
			h->steal_known = true;
		}
		if (!isfinite(p->relative))
			continue;
		h->y_low = fmin(h->y_low, p->relative / 1.05);
		h->y_high = fmax(h->y_high, p->relative * 1.05);
	}
	h->y_low = fmax(h->y_low, 1.0 / 64);
	h->drift = in_sweep(h, sweeps) / in_sweep(h, 1);
	n = figure_run_collect(h, 0, INFINITY, figure_run_witness);
	if (n == 0) {
		h->witness = NAN;
		return;
	}
	h->witness = stats_median(h->work, n);
	h->noise = (stats_quantile(h->work, n, 0.75) -
		    stats_quantile(h->work, n, 0.25)) /
		   h->witness;
}

/* --- words ---------------------------------------------------------------- */

static const char *steal_words(const struct history *h, char *buf, size_t size)
{
	if (h->steal_ns > 0)
		snprintf(buf, size, "%.0f ms were stolen in all",
			 h->steal_ns / 1e6);
	else
		snprintf(buf, size,
			 h->steal_known ? "no time was stolen"
					: "stolen time is unknown");
	return buf;
}

static void say_run_finding(struct history *h)
{
	struct figure *f = h->f;
	double good = (double)(h->n - h->failed);
	char steal[60], drift[100] = "";

	if (isfinite(h->drift))
		snprintf(drift, sizeof(drift),
			 "From first sweep to last, speeds changed by "
			 "%s%.1f %%; ",
			 h->drift < 1 ? "−" : "+", 100 * fabs(h->drift - 1));
	snprintf(f->headline, sizeof(f->headline),
		 "%s%.1f %% of %zu transfers are outliers, %zu failed", drift,
		 good > 0 ? 100 * (double)h->outliers / good : 0, h->n,
		 h->failed);
	snprintf(f->about, sizeof(f->about),
		 "Line: median; dark band: the middle half; light band: 90 %%; "
		 "each of about %.0f transfers. Dots: outliers by Tukey's "
		 "fences, kept; crosses: failed. Fixed work takes %.2f ms, its "
		 "quartiles are %.1f %% apart; %s.",
		 fmax(1, ceil(h->last / FIGURE_RUN_BINS)), h->witness / 1e6,
		 100 * h->noise, steal_words(h, steal, sizeof(steal)));
}

int figure_run(struct figure *f, struct err *e)
{
	struct history h = { .f = f };
	int rc = read_points(&h, e);

	if (rc == 0) {
		find_numbers(&h);
		say_run_finding(&h);
		figure_run_put(&h);
	}
	free(h.point);
	free(h.work);
	return rc;
}
