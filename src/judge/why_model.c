/* The time of a byte as prices and counts predict it. */
#include <math.h>
#include <stdlib.h>

#include "judge/why.h"

const char *const why_left_names[] = {
	[WHY_PREDICTED] = "",
	[WHY_NO_PRICE] = "no price of a kernel copy in its condition",
	[WHY_NO_COUNT] = "no count of its copies",
	[WHY_NO_TIME] = "its counts have no price",
};

/* The median over the mechanisms of a condition that have such a price. */
static double price_at(const struct why *w, const struct run_condition *k,
		       enum dose_kind kind)
{
	double *d = malloc((w->cells + 1) * sizeof(*d)), price = NAN;
	size_t n = 0;

	for (size_t i = 0; d && i < w->cells; i++) {
		if (!run_takes_part(w->cell[i].cell, k))
			continue;
		d[n] = w->cell[i].shared[kind];
		n += isfinite(d[n]);
	}
	if (n)
		price = stats_median(d, n);
	free(d);
	return price;
}

static double or_nothing(double x)
{
	return isfinite(x) ? x : 0;
}

static void predict(const struct why *w, struct why_guess *g)
{
	const struct run_cell *c = g->cell;
	struct run_condition k = run_condition_of(c);
	double kernel = price_at(w, &k, DOSE_KERNEL_COPIES);
	double call = or_nothing(price_at(w, &k, DOSE_CALLS));
	double wake = or_nothing(price_at(w, &k, DOSE_WAKES)) / 2;

	g->predicted = why_copies(c) * why_copy_alone(kernel, call) +
		       or_nothing(c->calls_per_message) * call +
		       or_nothing(c->middle[RUN_SWITCHES]) * wake;
	if (isnan(kernel))
		g->left = WHY_NO_PRICE;
	else if (isnan(why_copies(c)))
		g->left = WHY_NO_COUNT;
	else
		g->left = g->predicted > 0 ? WHY_PREDICTED : WHY_NO_TIME;
}

static double error_of(const struct why_guess *g)
{
	return fabs(log(g->predicted / g->measured));
}

static int worst_first(const void *a, const void *b)
{
	const struct why_guess *g = a, *h = b;
	double x, y;

	if (g->left || h->left)
		return (g->left > h->left) - (g->left < h->left);
	x = error_of(g);
	y = error_of(h);
	return (x < y) - (x > y);
}

static void rate(struct why_model *m)
{
	double mean = 0, off = 0, all = 0;
	double *error = malloc((m->n + 1) * sizeof(*error));

	for (size_t i = 0; i < m->n; i++)
		mean += log(m->guess[i].measured) / (double)m->n;
	for (size_t i = 0; i < m->n && error; i++) {
		const struct why_guess *g = &m->guess[i];

		off += pow(error_of(g), 2);
		all += pow(log(g->measured) - mean, 2);
		error[i] = fabs(g->predicted / g->measured - 1);
	}
	m->r_squared = all > 0 ? 1 - off / all : NAN;
	m->error = error && m->n ? stats_median(error, m->n) : NAN;
	free(error);
}

static bool is_of_model(const struct run_cell *c)
{
	return run_is_believed(c) && !run_is_pingpong(&c->at);
}

struct why_model why_model(const struct why *w)
{
	const struct run *r = w->v->run;
	struct why_model m = { .guess =
				       calloc(r->cells + 1, sizeof(*m.guess)) };

	for (size_t i = 0; m.guess && i < r->cells; i++) {
		struct why_guess *g = &m.guess[m.all];

		if (!is_of_model(r->cell[i]))
			continue;
		g->cell = r->cell[i];
		g->measured = why_time(g->cell, r->level).value;
		predict(w, g);
		m.n += g->left == WHY_PREDICTED;
		m.all++;
	}
	if (m.all)
		qsort(m.guess, m.all, sizeof(*m.guess), worst_first);
	rate(&m);
	return m;
}
