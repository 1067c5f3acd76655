/*
 * Arithmetic on arrays, for decisions on noisy machines. It knows nothing of
 * mechanisms or of measuring. The same input and seed give the same output.
 *
 * Values are finite, unless a comment below allows NaN. A result is NaN if
 * there is nothing to say: there are no values, too few, or no memory is left.
 */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include <stddef.h>
#include <stdint.h>

struct stats_interval {
	double value, low, high; /* NaN if there is nothing to say */
};

double stats_median(const double *x, size_t n);
double stats_quantile(const double *x, size_t n, double q); /* of type 7 */
double stats_mean(const double *x, size_t n);

enum stats_bootstrap { STATS_PERCENTILE, STATS_BCA };

#define STATS_RESAMPLES 10000

/*
 * A median with its bootstrap interval; `level` is for example 0.95. The
 * interval has no ends (NaN) if there are too few values for the level: for
 * 0.95 six values are needed.
 */
struct stats_interval stats_median_interval(const double *x, size_t n,
					    enum stats_bootstrap how,
					    double level, uint64_t seed);

/*
 * The median of a divided by the median of b, with its bootstrap interval. In
 * stats_ratio_paired a[i] and b[i] come from the same round. Whole rounds are
 * drawn, so a disturbance of both cancels.
 */
struct stats_interval stats_ratio_paired(const double *a, const double *b,
					 size_t n, double level, uint64_t seed);

struct stats_interval stats_ratio(const double *a, size_t na, const double *b,
				  size_t nb, double level, uint64_t seed);

/*
 * Drawings that many intervals share, so that the intervals are computed
 * faster. The drawings for n values are made from `seed` when they are first
 * needed. The intervals are those that stats_median_interval and
 * stats_ratio_paired compute from the same seed. NULL: no memory, or n is above
 * 65535.
 */
struct stats_resampler;
struct stats_resamples;

struct stats_resampler *stats_resampler_new(uint64_t seed);
void stats_resampler_free(struct stats_resampler *d);
const struct stats_resamples *stats_resamples_of(struct stats_resampler *d,
						 size_t n);

/*
 * Like stats_median_interval, with the drawings for n values. If `drawn` is
 * NULL, the interval has no ends.
 */
struct stats_interval
stats_median_resampled(const double *x, size_t n,
		       const struct stats_resamples *drawn,
		       enum stats_bootstrap how, double level);

/* n values, and the drawings for n values. */
struct stats_resampled {
	const double *x;
	size_t n;
	const struct stats_resamples *drawn;
};

/* Like stats_ratio_paired if a.drawn is b.drawn, else like stats_ratio. */
struct stats_interval stats_ratio_resampled(struct stats_resampled a,
					    struct stats_resampled b,
					    double level);

/*
 * The median of a[i] / b[i], which are positive and come from the same round.
 * If a load comes and goes, the median of a alone lies among calm or among
 * disturbed rounds by chance, and so does the median of b. The ratios of most
 * rounds are not affected.
 */
struct stats_interval stats_ratio_of_rounds(const double *a, const double *b,
					    size_t n,
					    const struct stats_resamples *drawn,
					    double level);

/*
 * The two-sided p of "a[i] and b[i] do not differ", where both come from the
 * same round. It is exact: if they do not differ, each of the 2^n ways to swap
 * a[i] and b[i] within rounds is equally likely, and the statistic is the
 * number of rounds in which a[i] is larger. So a disturbance of both values of
 * a round cancels, and a disturbance of one of them counts as one round. Like
 * stats_ratio_of_rounds, this function asks whether the median ratio is 1.
 * Rounds without a difference do not count.
 */
double stats_permutation_paired(const double *a, const double *b, size_t n);

/*
 * Decisions while values still come in (doc/METHOD). d is in the order of
 * measuring. NaN means that a generation has no value, and is skipped.
 *
 * These are the p of "the median is m or more" (stats_bet_below) and of "the
 * median is m or less" (stats_bet_above). A small p is evidence that the median
 * lies below, or above, m. If the median does not lie there, p becomes alpha or
 * less with a probability of at most alpha, however long one measures, however
 * often one looks, and for whatever reason one stops. To ask both questions,
 * double the smaller p. If m is NaN, p is 1.
 */
double stats_bet_below(const double *d, size_t n, double m);
double stats_bet_above(const double *d, size_t n, double m);

/*
 * The wealth to which one coin grows in one of these bets, after the bet has
 * won on `won` values and lost on `lost` values. p is 1 divided by the largest
 * wealth so far.
 */
double stats_bet_wealth(size_t won, size_t lost);

/*
 * The median of the values in d, and an interval for the true median, which is
 * that of the law from which the values come. The interval has each m that
 * neither bet rejects now as the true median. Each bet rejects at half of 1 -
 * level. The probability that every interval that is computed while d grows
 * contains the true median is at least `level`. An end is infinite if there are
 * too few values.
 */
struct stats_interval stats_sequence(const double *d, size_t n, double level);

/*
 * The smallest number of values with which p can be alpha or less, if all of
 * them lie on one side.
 */
size_t stats_sequence_least(double alpha);

/*
 * The standard error of the median of x, after Price and Bonett (2001): no law
 * is assumed. NaN for fewer than three values.
 */
double stats_median_error(const double *x, size_t n);

/*
 * One effect on several hosts: y is its value on each host, and `error` is the
 * standard error of that value. A host with NaN has no value. The effects are
 * taken as random, after Paule and Mandel, and the interval follows Hartung and
 * Knapp (doc/METHOD). The effects are on a scale where differences count, such
 * as logarithms of ratios.
 */
struct stats_between {
	size_t hosts;               /* number of hosts with a value */
	struct stats_interval mean; /* mean over hosts; no ends for one host */
	struct stats_interval next; /* effect on one more host; needs 3 hosts */
	struct stats_interval tau;  /* standard deviation between hosts */
	/* share of the variance that is between hosts (I squared) */
	double share;
	double p; /* two-sided p of "the mean is 0" */
};

struct stats_between stats_over_hosts(const double *y, const double *error,
				      size_t n, double level);

/*
 * The two-sided p of "a and b do not differ". It is exact if a and b together
 * have up to 60 values and no ties. Otherwise it comes from the normal law,
 * corrected for ties and continuity.
 */
double stats_mann_whitney(const double *a, size_t na, const double *b,
			  size_t nb);

/*
 * Adjusts the n values of p for a family of n tests, after Holm. NaN stays NaN
 * and does not count.
 */
void stats_holm(const double *p, size_t n, double *adjusted);

/*
 * Cliff's delta. Each value of a is compared with each value of b: the share of
 * pairs in which a is larger, minus the share in which b is larger.
 */
double stats_cliff(const double *a, size_t na, const double *b, size_t nb);

enum stats_verdict {
	STATS_FASTER,
	STATS_SLOWER,
	STATS_EQUIVALENT, /* the interval lies within the margin */
	STATS_UNDECIDED,
};

extern const char *const stats_verdict_names[]; /* "faster" …, NULL */

/*
 * The verdict on a ratio: the speed of a divided by the speed of b. If the
 * interval lies within 1/(1+margin) to 1+margin, the verdict is equivalent,
 * since such a small difference does not count. Otherwise it is faster or
 * slower if p is below alpha and the interval excludes 1.
 */
enum stats_verdict stats_decide(struct stats_interval ratio, double p,
				double alpha, double margin);

/*
 * The share of hits among n, with Clopper and Pearson's interval. This interval
 * contains the true share at least as often as the level says.
 */
struct stats_interval stats_share(size_t hits, size_t n, double level);

double stats_autocorrelation(const double *x, size_t n, size_t lag);

/*
 * Labels each value by Tukey's fences: 0 is inside; -1 and 1 lie below and
 * above by more than 1.5 quartile ranges; -2 and 2 by more than 3.
 */
void stats_tukey(const double *x, size_t n, signed char *label);

/*
 * Splits x into the two groups that have the smallest sum of squares within the
 * groups, and gives Ashman's D of this split: the distance of the means in
 * units of the spread. The usual threshold of 2 is meant for fitted mixtures.
 * Here the threshold is higher, since the two halves of one normal law are
 * already 2.65 apart (modes.c).
 */
struct stats_modes {
	/* Ashman's D; NaN if all values are equal, or if there are under 6 */
	double bimodality;
	double low, high;  /* medians of the groups */
	double share_high; /* share of the values in the higher group */
	/*
	 * true if D is above the threshold (6) and each group has at least a
	 * fifth of x
	 */
	int two;
};

struct stats_modes stats_modes(const double *x, size_t n);

/* The line y = at_zero + slope × x by least squares, with an interval. */
struct stats_line {
	struct stats_interval slope;
	double at_zero, r_squared;
};

struct stats_line stats_fit_line(const double *x, const double *y, size_t n,
				 double level);

/* The last step of splitmix64: mixes all bits of a number. */
uint64_t stats_mix(uint64_t x);

/* Writes the numbers 0 … n-1 in a random order that follows from the seed. */
void stats_shuffle(size_t *order, size_t n, uint64_t seed);

#endif
