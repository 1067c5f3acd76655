/*
 * Describes one array by a few numbers: median, quantiles, outliers,
 * autocorrelation, and a share with its interval.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/stats.h"

static double *sorted_copy(const double *x, size_t n)
{
	double *copy = malloc((n ? n : 1) * sizeof(*copy));

	if (!copy)
		return NULL;
	memcpy(copy, x, n * sizeof(*copy));
	gsl_sort(copy, 1, n);
	return copy;
}

/* GSL's quantiles are of type 7, as are the usual ones of R and NumPy. */
double stats_quantile(const double *x, size_t n, double q)
{
	double *sorted = n ? sorted_copy(x, n) : NULL, value;

	if (!sorted)
		return NAN;
	value = gsl_stats_quantile_from_sorted_data(sorted, 1, n, q);
	free(sorted);
	return value;
}

double stats_median(const double *x, size_t n)
{
	return stats_quantile(x, n, 0.5);
}

/*
 * The error after Price and Bonett: the distance between two of the sorted
 * values, one on each side of the median, divided by the distance between the
 * same quantiles in the standard normal law.
 */
double stats_median_error(const double *x, size_t n)
{
	double *sorted = n >= 3 ? sorted_copy(x, n) : NULL, error, z;
	double from = round(((double)n + 1) / 2 - sqrt((double)n));
	size_t c = from < 1 ? 1 : (size_t)from;

	if (!sorted)
		return NAN;
	z = gsl_cdf_ugaussian_Qinv(
		gsl_cdf_binomial_P((unsigned)(c - 1), 0.5, (unsigned)n));
	error = (sorted[n - c] - sorted[c - 1]) / (2 * z);
	free(sorted);
	return error;
}

double stats_mean(const double *x, size_t n)
{
	return n ? gsl_stats_mean(x, 1, n) : NAN;
}

/*
 * The quantile of the beta law, by bisection: GSL's own function ends the
 * program if it does not converge.
 */
static double beta_quantile(double share, double a, double b)
{
	double low = 0, high = 1;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (gsl_cdf_beta_P(middle, a, b) < share)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

struct stats_interval stats_share(size_t hits, size_t n, double level)
{
	double tail = (1 - level) / 2, k = (double)hits, rest = (double)n - k;
	struct stats_interval i = { NAN, NAN, NAN };

	if (n == 0 || hits > n)
		return i;
	i.value = k / (double)n;
	i.low = hits ? beta_quantile(tail, k, rest + 1) : 0;
	i.high = hits < n ? beta_quantile(1 - tail, k + 1, rest) : 1;
	return i;
}

double stats_autocorrelation(const double *x, size_t n, size_t lag)
{
	double mean = stats_mean(x, n), with = 0, all = 0;

	if (n < lag + 2)
		return NAN;
	for (size_t i = 0; i < n; i++) {
		all += (x[i] - mean) * (x[i] - mean);
		if (i + lag < n)
			with += (x[i] - mean) * (x[i + lag] - mean);
	}
	return all > 0 ? with / all : NAN;
}

static signed char tukey(double x, double low, double high)
{
	double range = high - low;

	if (x < low - 1.5 * range)
		return x < low - 3 * range ? -2 : -1;
	if (x > high + 1.5 * range)
		return x > high + 3 * range ? 2 : 1;
	return 0;
}

void stats_tukey(const double *x, size_t n, signed char *label)
{
	double low = stats_quantile(x, n, 0.25);
	double high = stats_quantile(x, n, 0.75);

	for (size_t i = 0; i < n; i++)
		label[i] = tukey(x[i], low, high);
}
