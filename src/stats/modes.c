/* Finds out whether values fall into two groups. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/stats.h"

/*
 * The threshold comes from simulation. With it, fewer than one in a hundred
 * samples of 20 values from a normal, a uniform or a log-normal law are taken
 * for two groups. Of samples from two equal normal laws, half are taken for two
 * groups if the laws lie six standard deviations apart, and 19 of 20 if they
 * lie eight apart. A long tail is sometimes taken for a group.
 */
#define LEAST_APART 6
#define LEAST_SHARE 0.2

/*
 * The place where the second group begins in the split that has the smallest
 * sum of squares within the groups.
 */
static size_t best_split(const double *x, size_t n)
{
	double all = gsl_stats_mean(x, 1, n), left = 0, most = -1;
	size_t best = 1;

	for (size_t i = 1; i < n; i++) {
		double between;

		left += x[i - 1] - all;
		between = left * left / ((double)i * (double)(n - i));
		if (between > most) {
			most = between;
			best = i;
		}
	}
	return best;
}

static double ashman(const double *x, size_t n, size_t split)
{
	const double *up = x + split;
	double low = gsl_stats_mean(x, 1, split);
	double high = gsl_stats_mean(up, 1, n - split);
	double inside = gsl_stats_tss_m(x, 1, split, low) +
			gsl_stats_tss_m(up, 1, n - split, high);

	return (high - low) / sqrt(inside / (double)(n - 2));
}

struct stats_modes stats_modes(const double *x, size_t n)
{
	struct stats_modes m = { NAN, NAN, NAN, NAN, 0 };
	double *sorted = malloc((n + 1) * sizeof(*sorted));
	size_t split;

	if (!sorted || n < 6) {
		free(sorted);
		return m;
	}
	memcpy(sorted, x, n * sizeof(*sorted));
	gsl_sort(sorted, 1, n);
	if (sorted[0] < sorted[n - 1]) {
		split = best_split(sorted, n);
		m.bimodality = ashman(sorted, n, split);
		m.low = gsl_stats_median_from_sorted_data(sorted, 1, split);
		m.high = gsl_stats_median_from_sorted_data(sorted + split, 1,
							   n - split);
		m.share_high = (double)(n - split) / (double)n;
		m.two = m.bimodality > LEAST_APART &&
			fmin(m.share_high, 1 - m.share_high) >= LEAST_SHARE;
	}
	free(sorted);
	return m;
}
