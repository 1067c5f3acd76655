/*
 * Arithmetic on arrays: what decides on noisy machines. It knows nothing of
 * mechanisms or of measuring. The same input and seed give the same output.
 */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include <stddef.h>
#include <stdint.h>

struct stats_interval {
	double value, low, high; /* NaN where there is nothing to say */
};

double stats_median(const double *x, size_t n);
double stats_quantile(const double *x, size_t n, double q); /* type 7 */
double stats_mean(const double *x, size_t n);

enum stats_bootstrap { STATS_PERCENTILE, STATS_BCA };

/* A median with its bootstrap interval, `level` as 0.95. */
struct stats_interval stats_median_interval(const double *x, size_t n,
					    enum stats_bootstrap how,
					    double level, uint64_t seed);

/*
 * The median of a over the median of b. Paired: a[i] and b[i] are of one
 * round, and rounds are drawn, so that what disturbed both cancels.
 */
struct stats_interval stats_ratio_paired(const double *a, const double *b,
					 size_t n, double level, uint64_t seed);
struct stats_interval stats_ratio(const double *a, size_t na, const double *b,
				  size_t nb, double level, uint64_t seed);

/*
 * Two-sided p of no difference between a[i] and b[i], by swapping within
 * pairs: all swaps where they are few, else a seeded draw of them.
 */
double stats_permutation_paired(const double *a, const double *b, size_t n,
				uint64_t seed);

/* Two-sided p; exact for small samples without ties. */
double stats_mann_whitney(const double *a, size_t na, const double *b,
			  size_t nb);

/* p adjusted for a family of n; NaN stays and does not count. */
void stats_holm(const double *p, size_t n, double *adjusted);

/* How far a lies above b in all pairs: -1 to 1. */
double stats_cliff(const double *a, size_t na, const double *b, size_t nb);

enum stats_verdict {
	STATS_FASTER,
	STATS_SLOWER,
	STATS_EQUIVALENT, /* the interval lies within the margin */
	STATS_UNDECIDED,
};

extern const char *const stats_verdict_names[]; /* "faster" …, NULL */

/*
 * What a ratio of speeds (a over b) amounts to: faster or slower where p is
 * below alpha and the interval excludes 1, unless it lies within 1/(1+margin)
 * to 1+margin: then equivalent, since so small a difference does not count.
 */
enum stats_verdict stats_decide(struct stats_interval ratio, double p,
				double alpha, double margin);

double stats_autocorrelation(const double *x, size_t n, size_t lag);

/* Tukey's fences: 0 inside, -1 or 1 beyond 1.5 quartile ranges, ±2 beyond 3. */
void stats_tukey(const double *x, size_t n, signed char *label);

/* Whether x falls into two groups. */
struct stats_modes {
	double bimodality;   /* Ashman's D of the best split; over 2: two */
	double low, high;    /* medians of the groups */
	double share_high;   /* of the values in the higher one */
	int two;             /* D is over 2, and neither group is a stray */
};

struct stats_modes stats_modes(const double *x, size_t n);

/* y = at_zero + slope × x by least squares, with the slope's interval. */
struct stats_line {
	struct stats_interval slope;
	double at_zero, r_squared;
};

struct stats_line stats_fit_line(const double *x, const double *y, size_t n,
				 double level);

/* A seeded random order of 0 … n-1. */
void stats_shuffle(size_t *order, size_t n, uint64_t seed);

#endif
