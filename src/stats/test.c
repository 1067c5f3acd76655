/* Finds out whether two arrays differ and by how much; gives the verdict. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/stats.h"

#define MANN_WHITNEY_EXACT 60

const char *const stats_verdict_names[] = {
	[STATS_FASTER] = "faster",
	[STATS_SLOWER] = "slower",
	[STATS_EQUIVALENT] = "equivalent",
	[STATS_UNDECIDED] = "undecided",
	NULL,
};

/* --- ranks ---------------------------------------------------------------- */

struct ranks {
	/* twice the rank of each value, so that tied ranks are whole numbers */
	size_t *twice;
	double ties; /* sum of t³ - t over groups of t equal values */
};

/*
 * Ranks the values of a and b together; a's ranks come first. False: no memory.
 */
static bool rank(struct ranks *r, const double *a, size_t na, const double *b,
		 size_t nb)
{
	size_t n = na + nb, *order = malloc(n * sizeof(*order));
	double *all = malloc(n * sizeof(*all));
	bool ready;

	*r = (struct ranks){ .twice = malloc(n * sizeof(*r->twice)) };
	ready = order && all && r->twice;
	if (ready) {
		memcpy(all, a, na * sizeof(*all));
		memcpy(all + na, b, nb * sizeof(*all));
		gsl_sort_index(order, all, 1, n);
	}
	for (size_t i = 0, j; ready && i < n; i = j) {
		double t;

		for (j = i + 1; j < n && all[order[j]] <= all[order[i]];)
			j++;
		for (size_t k = i; k < j; k++)
			r->twice[order[k]] = i + j + 1;
		t = (double)(j - i);
		r->ties += t * t * t - t;
	}
	free(order);
	free(all);
	return ready;
}

/* --- paired --------------------------------------------------------------- */

double stats_permutation_paired(const double *a, const double *b, size_t n)
{
	unsigned int ahead = 0, behind = 0, fewer;

	for (size_t i = 0; i < n; i++) {
		ahead += a[i] > b[i];
		behind += a[i] < b[i];
	}
	if (n == 0)
		return NAN;
	fewer = ahead < behind ? ahead : behind;
	return fmin(1, 2 * gsl_cdf_binomial_P(fewer, 0.5, ahead + behind));
}

/* --- unpaired ------------------------------------------------------------- */

/*
 * The exact p. way[k][s] is the number of ways in which k of the ranks seen so
 * far have the sum s.
 */
static double exact_ranks(size_t na, size_t nb, size_t sum_a)
{
	size_t n = na + nb, most = na * (2 * nb + na + 1) / 2;
	size_t least = na * (na + 1) / 2, width = most + 1;
	double *way = calloc((na + 1) * width, sizeof(*way));
	double below = 0, above = 0, all = 0;

	if (!way)
		return NAN;
	way[0] = 1;
	for (size_t r = 1; r <= n; r++)
		for (size_t k = r < na ? r : na; k > 0; k--)
			for (size_t s = r; s <= most; s++)
				way[k * width + s] +=
					way[(k - 1) * width + s - r];
	for (size_t s = least; s <= most; s++) {
		double w = way[na * width + s];

		all += w;
		below += s <= sum_a ? w : 0;
		above += s >= sum_a ? w : 0;
	}
	free(way);
	return fmin(1, 2 * fmin(below, above) / all);
}

static double normal_p(double off, double variance)
{
	if (!(variance > 0))
		return 1;
	return fmin(1, 2 * gsl_cdf_ugaussian_Q(fabs(off) / sqrt(variance)));
}

static double by_normal(double na, double nb, double sum_a, double ties)
{
	double n = na + nb, off = fabs(sum_a - na * (n + 1) / 2) - 0.5;
	double variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));

	return off > 0 ? normal_p(off, variance) : 1;
}

double stats_mann_whitney(const double *a, size_t na, const double *b,
			  size_t nb)
{
	struct ranks r = { 0 };
	size_t twice = 0;
	double p = NAN;

	if (na == 0 || nb == 0 || !rank(&r, a, na, b, nb)) {
		free(r.twice);
		return NAN;
	}
	for (size_t i = 0; i < na; i++)
		twice += r.twice[i];
	if (na + nb <= MANN_WHITNEY_EXACT && !(r.ties > 0))
		p = exact_ranks(na, nb, twice / 2);
	else
		p = by_normal((double)na, (double)nb, (double)twice / 2,
			      r.ties);
	free(r.twice);
	return p;
}

double stats_cliff(const double *a, size_t na, const double *b, size_t nb)
{
	double above = 0;

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			above += (a[i] > b[j]) - (a[i] < b[j]);
	return na && nb ? above / ((double)na * (double)nb) : NAN;
}

/* --- families and decisions ----------------------------------------------- */

void stats_holm(const double *p, size_t n, double *adjusted)
{
	size_t *order = malloc((n + 1) * sizeof(*order)), left = 0, used = 0;
	double at_least = 0;

	for (size_t i = 0; i < n; i++) {
		adjusted[i] = NAN;
		if (order && !isnan(p[i]))
			order[left++] = i;
	}
	/* order[] has the places of all p except NaN; sort them by p */
	for (size_t i = 1; order && i < left; i++) {
		size_t moved = order[i], j = i;

		for (; j > 0 && p[order[j - 1]] > p[moved]; j--)
			order[j] = order[j - 1];
		order[j] = moved;
	}
	for (; order && left > 0; left--, used++) {
		double own = fmin(1, p[order[used]] * (double)left);

		at_least = fmax(at_least, own);
		adjusted[order[used]] = at_least;
	}
	free(order);
}

enum stats_verdict stats_decide(struct stats_interval ratio, double p,
				double alpha, double margin)
{
	if (ratio.low >= 1 / (1 + margin) && ratio.high <= 1 + margin)
		return STATS_EQUIVALENT;
	if (p < alpha && ratio.low > 1)
		return STATS_FASTER;
	if (p < alpha && ratio.high < 1)
		return STATS_SLOWER;
	return STATS_UNDECIDED;
}
