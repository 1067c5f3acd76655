/*
 * Combines one effect that was measured on several hosts. Each value has an
 * error of its own, and the hosts differ among themselves (doc/METHOD).
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

#include "stats/stats.h"

/*
 * The least error that a median can have here, even if all its values are
 * equal.
 */
#define ERROR_LEAST 1e-6

#define HALVINGS 200

/* --- weights -------------------------------------------------------------- */

struct hosts {
	const double *y, *error;
	size_t n;     /* length of both arrays */
	double known; /* number of hosts that have a value */
};

static bool has_value(const struct hosts *h, size_t i)
{
	return isfinite(h->y[i]) && isfinite(h->error[i]);
}

static double variance_of(const struct hosts *h, size_t i)
{
	double error = fmax(h->error[i], ERROR_LEAST);

	return error * error;
}

/*
 * Sums over hosts, if tau2 is the variance among hosts. The weight of a host is
 * 1 divided by the sum of tau2 and the variance of its own error.
 */
struct sums {
	double weights, squares, mean;
	double q; /* squared distances from the mean, weighted */
};

static struct sums sums_of(const struct hosts *h, double tau2)
{
	struct sums s = { 0 };

	for (size_t i = 0; i < h->n; i++) {
		double w;

		if (!has_value(h, i))
			continue;
		w = 1 / (variance_of(h, i) + tau2);
		s.weights += w;
		s.squares += w * w;
		s.mean += w * h->y[i];
	}
	s.mean /= s.weights;
	for (size_t i = 0; i < h->n; i++)
		if (has_value(h, i))
			s.q += (h->y[i] - s.mean) * (h->y[i] - s.mean) /
			       (variance_of(h, i) + tau2);
	return s;
}

/* --- how much the hosts differ -------------------------------------------- */

/*
 * The tau2 at which q is `target`; 0 if q is never larger. q falls as tau2
 * grows.
 */
static double tau2_at(const struct hosts *h, double target)
{
	double low = 0, high = ERROR_LEAST;

	if (sums_of(h, 0).q <= target)
		return 0;
	while (sums_of(h, high).q > target && high < 1e12)
		high *= 4;
	for (int i = 0; i < HALVINGS; i++) {
		double middle = (low + high) / 2;

		if (sums_of(h, middle).q > target)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* The share of the variance that does not come from the hosts' own errors. */
static double share_between(const struct hosts *h, double tau2)
{
	struct sums s = sums_of(h, 0);
	double typical = (h->known - 1) * s.weights /
			 (s.weights * s.weights - s.squares);

	return tau2 / (tau2 + typical);
}

static struct stats_interval around(double value, double half)
{
	return (struct stats_interval){ value, value - half, value + half };
}

/* Computes everything for two hosts or more. */
static void estimate(const struct hosts *h, double level,
		     struct stats_between *b)
{
	double free = h->known - 1, tail = (1 - level) / 2;
	double tau2 = tau2_at(h, free);
	struct sums s = sums_of(h, tau2);
	double t = gsl_cdf_tdist_Pinv(1 - tail, free);
	/* Hartung and Knapp's factor, but never below 1 */
	double error2 = fmax(1, s.q / free) / s.weights;

	b->mean = around(s.mean, t * sqrt(error2));
	b->p = 2 * gsl_cdf_tdist_Q(fabs(s.mean) / sqrt(error2), free);
	b->tau.value = sqrt(tau2);
	b->tau.low = sqrt(tau2_at(h, gsl_cdf_chisq_Pinv(1 - tail, free)));
	b->tau.high = sqrt(tau2_at(h, gsl_cdf_chisq_Pinv(tail, free)));
	b->share = share_between(h, tau2);
	if (h->known > 2)
		b->next = around(s.mean, t * sqrt(error2 + tau2));
}

struct stats_between stats_over_hosts(const double *y, const double *error,
				      size_t n, double level)
{
	static const struct stats_interval unknown = { NAN, NAN, NAN };
	struct hosts h = { .y = y, .error = error, .n = n };
	struct stats_between b = { .mean = unknown,
				   .next = unknown,
				   .tau = unknown,
				   .share = NAN,
				   .p = NAN };

	for (size_t i = 0; i < n; i++)
		h.known += has_value(&h, i);
	b.hosts = (size_t)h.known;
	if (b.hosts > 1)
		estimate(&h, level, &b);
	else if (b.hosts == 1)
		b.mean.value = sums_of(&h, 0).mean;
	return b;
}
