/*
 * Arithmetic on arrays, for decisions on noisy machines. It knows nothing of
 * mechanisms or of measuring. The same input and seed give the same output.
 *
 * Values are finite. A result is NaN if there is nothing to say: there are no
 * values, too few, or no memory is left.
 */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include <stddef.h>
#include <stdint.h>

struct stats_interval {
	double value, low, high; /* NaN if there is nothing to say */
};

double stats_median(const double *x, size_t n);
double stats_quantile(const double *x, size_t n, double q); /* type 7 */
double stats_mean(const double *x, size_t n);

enum stats_bootstrap { STATS_PERCENTILE, STATS_BCA };

#define STATS_RESAMPLES 10000

/*
 * A median with its bootstrap interval; `level` is for example 0.95. No
 * interval if there are too few values for the level: for 0.95 six are needed.
 */
struct stats_interval stats_median_interval(const double *x, size_t n,
					    enum stats_bootstrap how,
					    double level, uint64_t seed);

/*
 * The median of a divided by the median of b. Paired: a[i] and b[i] are of one
 * round, and whole rounds are drawn, so a disturbance of both cancels.
 */
struct stats_interval stats_ratio_paired(const double *a, const double *b,
					 size_t n, double level, uint64_t seed);

struct stats_interval stats_ratio(const double *a, size_t na, const double *b,
				  size_t nb, double level, uint64_t seed);

/*
 * Drawings that many intervals share, one for each number of values, made when
 * it is first needed. If the drawings are made from that seed, the intervals
 * are the same as above, and come sooner. NULL: no memory.
 */
struct stats_resampler;
struct stats_resamples;

struct stats_resampler *stats_resampler_new(uint64_t seed);
void stats_resampler_free(struct stats_resampler *d);
const struct stats_resamples *stats_resamples_of(struct stats_resampler *d,
						 size_t n);

/* `drawn` is of as many values as x has. NULL: there are no ends. */
struct stats_interval
stats_median_resampled(const double *x, size_t n,
		       const struct stats_resamples *drawn,
		       enum stats_bootstrap how, double level);

/* Values, and a drawing of as many. */
struct stats_resampled {
	const double *x;
	size_t n;
	const struct stats_resamples *drawn;
};

/* Paired where both drawings are the same. */
struct stats_interval stats_ratio_resampled(struct stats_resampled a,
					    struct stats_resampled b,
					    double level);

/*
 * The median of a[i] / b[i], which are of one round; both are positive. If a
 * load comes and goes, the median of each side lies among calm or among
 * disturbed rounds by chance. The ratios of most rounds are not affected.
 */
struct stats_interval stats_ratio_of_rounds(const double *a, const double *b,
					    size_t n,
					    const struct stats_resamples *drawn,
					    double level);

/*
 * Two-sided p of "a[i] and b[i] do not differ", where both are of one round. It
 * swaps them within rounds: each of the 2^n ways is equally likely. The
 * statistic is the number of rounds in which a is ahead. So a disturbance of
 * both sides of a round cancels, a disturbance of one side counts as one round,
 * and the p asks the question that stats_ratio_of_rounds answers: is the median
 * ratio 1? It is exact. Rounds without a difference do not count.
 */
double stats_permutation_paired(const double *a, const double *b, size_t n);

/*
 * Decisions while values still come in (doc/METHOD). d is in the order of
 * measuring. NaN is a generation without a value and is passed over.
 *
 * p of "the median is m or more" (bet_below) and of "the median is m or less"
 * (bet_above). A small p is evidence that the median lies below, or above, m.
 * If it does not, p becomes alpha or less with a probability of at most alpha,
 * however long one measures, however often one looks, and for whatever reason
 * one stops. To ask both questions, double the smaller p. If m is NaN, p is 1.
 */
double stats_bet_below(const double *d, size_t n, double m);
double stats_bet_above(const double *d, size_t n, double m);

/*
 * The wealth that one coin becomes in a bet after so many values won and lost.
 * p is 1 divided by the largest wealth so far.
 */
double stats_bet_wealth(size_t won, size_t lost);

/*
 * The median of d, and all m that neither bet rejects now, each at half of 1 -
 * level. All intervals of a growing d together hold the median with the
 * probability `level`. An end is infinite if there are too few values.
 */
struct stats_interval stats_sequence(const double *d, size_t n, double level);

/*
 * The smallest number of values, all on one side, with which p can be alpha or
 * less.
 */
size_t stats_sequence_least(double alpha);

/*
 * The standard error of the median of x, after Price and Bonett (2001): no law
 * is assumed. NaN for fewer than three values.
 */
double stats_median_error(const double *x, size_t n);

/*
 * One effect on several hosts: y with the standard error that it has on each. A
 * NaN among them is a host without a value. Random effects by Paule and Mandel,
 * the interval by Hartung and Knapp (doc/METHOD). The effects are on a scale
 * where differences count, such as logarithms of ratios.
 */
struct stats_between {
	size_t hosts;               /* with a value */
	struct stats_interval mean; /* over hosts; no ends for one host */
	struct stats_interval next; /* where one more host is to be expected */
	struct stats_interval tau;  /* how far hosts differ: as a deviation */
	double share; /* of the variance that is between hosts (I squared) */
	double p;     /* two-sided, of a mean of 0 */
};

struct stats_between stats_over_hosts(const double *y, const double *error,
				      size_t n, double level);

/*
 * Two-sided p of no difference. Exact without ties and up to 60 values, else
 * by the normal law, corrected for ties and continuity.
 */
double stats_mann_whitney(const double *a, size_t na, const double *b,
			  size_t nb);

/* Adjusts p for a family of n. NaN stays NaN and does not count. */
void stats_holm(const double *p, size_t n, double *adjusted);

/* How far a lies above b, over all pairs: from -1 to 1. */
double stats_cliff(const double *a, size_t na, const double *b, size_t nb);

enum stats_verdict {
	STATS_FASTER,
	STATS_SLOWER,
	STATS_EQUIVALENT, /* the interval lies within the margin */
	STATS_UNDECIDED,
};

extern const char *const stats_verdict_names[]; /* "faster" …, NULL */

/*
 * The verdict on a ratio of speeds (a over b). If the interval lies within
 * 1/(1+margin) to 1+margin, the verdict is equivalent, since such a small
 * difference does not count. Otherwise it is faster or slower if p is below
 * alpha and the interval excludes 1.
 */
enum stats_verdict stats_decide(struct stats_interval ratio, double p,
				double alpha, double margin);

/*
 * The share of hits among n, with Clopper and Pearson's interval, which is
 * never too short.
 */
struct stats_interval stats_share(size_t hits, size_t n, double level);

double stats_autocorrelation(const double *x, size_t n, size_t lag);

/*
 * Tukey's fences: 0 inside; -1 or 1 beyond 1.5 quartile ranges; -2 or 2 beyond
 * 3.
 */
void stats_tukey(const double *x, size_t n, signed char *label);

/*
 * Splits x into two groups, with the least squares within the groups, and gives
 * Ashman's D of this split, the distance of the means in units of the spread.
 * The usual threshold of 2 is meant for fitted mixtures. Here more is asked,
 * since the two halves of one normal law are already 2.65 apart (modes.c).
 */
struct stats_modes {
	/* Ashman's D; NaN if all values are equal or too few */
	double bimodality;
	double low, high;  /* medians of the groups */
	double share_high; /* share of the values in the higher group */
	/* far enough apart, and neither group is a single stray */
	int two;
};

struct stats_modes stats_modes(const double *x, size_t n);

/* y = at_zero + slope × x by least squares, with the slope's interval. */
struct stats_line {
	struct stats_interval slope;
	double at_zero, r_squared;
};

struct stats_line stats_fit_line(const double *x, const double *y, size_t n,
				 double level);

/* The end of splitmix64: numbers that differ in one bit become unlike ones. */
uint64_t stats_mix(uint64_t x);

/* A seeded random order of 0 … n-1. */
void stats_shuffle(size_t *order, size_t n, uint64_t seed);

#endif
