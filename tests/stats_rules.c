/* Checks by simulation how often the statistics are right. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "stats/stats.h"
#include "tap.h"

#define ROUNDS 12
#define TRIALS 400
#define LOADED 29 /* values of a cell */

/*
 * Values like timings: a narrow normal distribution with some disturbed values.
 */
static void sample(gsl_rng *rng, double *x, size_t n, double speed)
{
	for (size_t i = 0; i < n; i++) {
		x[i] = speed * exp(gsl_ran_gaussian(rng, 0.03));
		if (gsl_rng_uniform(rng) < 0.15)
			x[i] /= 1 + gsl_rng_uniform(rng);
	}
}

static bool holds(struct stats_interval i, double truth)
{
	return i.low <= truth && truth <= i.high;
}

static void share(int hits, double low, double high, const char *what)
{
	double part = (double)hits / TRIALS;

	if (!ok(part >= low && part <= high, "%s", what))
		diag("%.4f is not within %g to %g", part, low, high);
}

/*
 * The true median of sample(), which is below `speed` because of the disturbed
 * values.
 */
static double true_median(gsl_rng *rng)
{
	static double many[100001];

	sample(rng, many, 100001, 1);
	return stats_median(many, 100001);
}

static struct stats_interval of_rounds(const double *a, const double *b,
				       size_t n, struct stats_resampler *d)
{
	return stats_ratio_of_rounds(a, b, n, stats_resamples_of(d, n), 0.95);
}

static void intervals_cover(gsl_rng *rng)
{
	double a[ROUNDS], b[ROUNDS], truth = true_median(rng);
	int median = 0, bca = 0, paired = 0, unpaired = 0, rounds = 0;
	struct stats_resampler *d = stats_resampler_new(5);

	for (unsigned i = 0; i < TRIALS; i++) {
		sample(rng, a, ROUNDS, 1);
		sample(rng, b, ROUNDS, 0.8);
		median += holds(stats_median_interval(
					a, ROUNDS, STATS_PERCENTILE, 0.95, i),
				truth);
		bca += holds(
			stats_median_interval(a, ROUNDS, STATS_BCA, 0.95, i),
			truth);
		paired +=
			holds(stats_ratio_paired(a, b, ROUNDS, 0.95, i), 1.25);
		unpaired +=
			holds(stats_ratio(a, ROUNDS, b, ROUNDS, 0.95, i), 1.25);
		rounds += holds(of_rounds(a, b, ROUNDS, d), 1.25);
	}
	stats_resampler_free(d);
	/* three standard errors of 400 trials are 3 % */
	share(median, 0.91, 0.99, "percentile intervals cover the median");
	share(bca, 0.91, 0.99, "BCa intervals cover the median");
	share(paired, 0.92, 0.995,
	      "intervals of paired ratios cover the ratio");
	share(unpaired, 0.92, 0.995,
	      "intervals of unpaired ratios cover the ratio");
	share(rounds, 0.91, 0.995,
	      "intervals of the rounds' ratios cover the ratio");
}

/* Another load runs in two of five rounds, and mostly hits both sides. */
static void sample_beside_load(gsl_rng *rng, double *a, double *b, double ratio)
{
	for (size_t i = 0; i < LOADED; i++) {
		bool on = gsl_rng_uniform(rng) < 0.4;
		bool both = gsl_rng_uniform(rng) < 0.9;
		bool on_b = both ? on : gsl_rng_uniform(rng) < 0.4;

		a[i] = ratio * exp(gsl_ran_gaussian(rng, 0.03));
		b[i] = exp(gsl_ran_gaussian(rng, 0.03));
		a[i] /= on ? 1 + gsl_rng_uniform(rng) : 1;
		b[i] /= on_b ? 1 + gsl_rng_uniform(rng) : 1;
	}
}

/*
 * With such a load, it depends on chance whether a side's median lies among
 * calm or disturbed rounds. Ratios of rounds must still decide right.
 */
static void load_hides_little(gsl_rng *rng)
{
	double a[LOADED], b[LOADED];
	struct stats_resampler *d = stats_resampler_new(5);
	int wrong = 0, found = 0;

	for (unsigned i = 0; i < TRIALS; i++) {
		sample_beside_load(rng, a, b, 1);
		wrong += stats_decide(of_rounds(a, b, LOADED, d),
				      stats_permutation_paired(a, b, LOADED),
				      0.05, 0.03) <= STATS_SLOWER;
		sample_beside_load(rng, a, b, 1 / 1.1);
		found += stats_decide(of_rounds(a, b, LOADED, d),
				      stats_permutation_paired(a, b, LOADED),
				      0.05, 0.03) == STATS_SLOWER;
	}
	stats_resampler_free(d);
	share(wrong, 0, 0.05, "beside a load, a false difference is rare");
	share(found, 0.85, 1, "beside a load, 10 % are found");
}

static void tests_are_honest(gsl_rng *rng)
{
	double a[ROUNDS], b[ROUNDS];
	int paired = 0, unpaired = 0, said = 0, found = 0;
	struct stats_resampler *d = stats_resampler_new(5);

	for (unsigned i = 0; i < TRIALS; i++) {
		double p;

		sample(rng, a, ROUNDS, 1);
		sample(rng, b, ROUNDS, 1);
		p = stats_permutation_paired(a, b, ROUNDS);
		paired += p < 0.05;
		unpaired += stats_mann_whitney(a, ROUNDS, b, ROUNDS) < 0.05;
		said += stats_decide(of_rounds(a, b, ROUNDS, d), p, 0.05,
				     0.03) <= STATS_SLOWER;
		sample(rng, b, ROUNDS, 0.9);
		found += stats_permutation_paired(a, b, ROUNDS) < 0.05;
	}
	stats_resampler_free(d);
	share(paired, 0, 0.08, "permutation test: a false difference is rare");
	share(unpaired, 0, 0.08, "Mann-Whitney: a false difference is rare");
	share(said, 0, 0.05, "decision: a false difference is rarer still");
	share(found, 0.8, 1, "decision: 10 % are found among disturbed rounds");
}

static void families_are_honest(gsl_rng *rng)
{
	double a[ROUNDS], b[ROUNDS], p[20], adjusted[20];
	int wrong = 0;

	for (int i = 0; i < TRIALS; i++) {
		bool any = false;

		for (int j = 0; j < 20; j++) {
			sample(rng, a, ROUNDS, 1);
			sample(rng, b, ROUNDS, 1);
			p[j] = stats_permutation_paired(a, b, ROUNDS);
		}
		stats_holm(p, 20, adjusted);
		for (int j = 0; j < 20; j++)
			any = any || adjusted[j] < 0.05;
		wrong += any;
	}
	share(wrong, 0, 0.08, "Holm keeps its level for twenty comparisons");
}

/* --- few values ----------------------------------------------------------- */

static void few_rounds(void)
{
	static const double up[] = { 2, 3, 4, 5, 6, 7, 8 };
	static const double down[] = { 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6 };
	struct stats_interval i;

	for (size_t n = 1; n <= 7; n++)
		ok(fabs(stats_permutation_paired(up, down, n) -
			ldexp(2, -(int)n)) < 1e-12,
		   "%zu rounds on one side: p is 2 of 2^%zu", n, n);
	i = stats_median_interval(up, 5, STATS_PERCENTILE, 0.95, 1);
	ok(i.value == 4 && isnan(i.low) && isnan(i.high),
	   "five values have a median and no interval of 95 %%");
	i = stats_median_interval(up, 6, STATS_PERCENTILE, 0.95, 1);
	ok(i.low >= 2 && i.high <= 7 && i.low < i.high,
	   "six values have an interval");
	i = stats_ratio_paired(up, down, 5, 0.95, 1);
	ok(!isnan(i.value) && isnan(i.low),
	   "a ratio of five rounds has no interval");
	ok(stats_decide(i, 0.0001, 0.05, 0.03) == STATS_UNDECIDED,
	   "without an interval nothing is decided");
}

static void nothing_at_all(void)
{
	static const double one = 3;
	struct stats_interval i =
		stats_median_interval(&one, 0, STATS_BCA, 0.95, 1);

	ok(isnan(i.value) && isnan(stats_median(&one, 0)) &&
		   isnan(stats_mean(&one, 0)) &&
		   isnan(stats_permutation_paired(&one, &one, 0)) &&
		   isnan(stats_mann_whitney(&one, 0, &one, 1)) &&
		   isnan(stats_cliff(&one, 1, &one, 0)) &&
		   isnan(stats_autocorrelation(&one, 1, 1)) &&
		   isnan(stats_fit_line(&one, &one, 1, 0.95).slope.value) &&
		   isnan(stats_modes(&one, 1).bimodality),
	   "without values there are no results");
	stats_holm(&one, 0, NULL);
	stats_tukey(&one, 0, NULL);
	stats_shuffle(NULL, 0, 1);
	ok(stats_median(&one, 1) == 3, "the median of one value is the value");
}

static void all_equal(void)
{
	static const double same[] = { 2, 2, 2, 2, 2, 2, 2, 2 };
	struct stats_interval i = stats_ratio_paired(same, same, 8, 0.95, 1);
	signed char label[8];

	ok(i.value == 1 && i.low == 1 && i.high == 1, "equal values: ratio 1");
	ok(stats_permutation_paired(same, same, 8) == 1 &&
		   stats_mann_whitney(same, 8, same, 8) == 1,
	   "equal values: p is 1");
	ok(stats_decide(i, 1, 0.05, 0.03) == STATS_EQUIVALENT,
	   "equal values: equivalent");
	i = stats_median_interval(same, 8, STATS_BCA, 0.95, 1);
	ok(i.low == 2 && i.high == 2,
	   "equal values: a BCa interval of one point");
	stats_tukey(same, 8, label);
	ok(label[0] == 0 && label[7] == 0 && !stats_modes(same, 8).two,
	   "equal values: no outliers and no groups");
	ok(isnan(stats_autocorrelation(same, 8, 1)),
	   "equal values: no autocorrelation");
}

/* --- decisions ------------------------------------------------------------ */

static void decisions(void)
{
	static const struct {
		struct stats_interval ratio;
		double p;
		enum stats_verdict verdict;
	} cases[] = {
		{ { 1.2, 1.1, 1.3 }, 0.01, STATS_FASTER },
		{ { 1.2, 1.1, 1.3 }, 0.06, STATS_UNDECIDED },
		{ { 1.2, 0.9, 1.3 }, 0.01, STATS_UNDECIDED },
		{ { 0.8, 0.7, 0.9 }, 0.01, STATS_SLOWER },
		{ { 1.01, 1.002, 1.02 }, 0.001, STATS_EQUIVALENT },
		{ { 1.0, 0.98, 1.02 }, 0.9, STATS_EQUIVALENT },
		{ { 1.0, 0.96, 1.02 }, 0.9, STATS_UNDECIDED },
		{ { 1.02, 1.01, 1.04 }, 0.001, STATS_FASTER },
		{ { 1.2, NAN, NAN }, 0.001, STATS_UNDECIDED },
		{ { 1.2, 1.1, 1.3 }, NAN, STATS_UNDECIDED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(stats_decide(cases[i].ratio, cases[i].p, 0.05, 0.03) ==
			   cases[i].verdict,
		   "%g to %g with p %g is %s", cases[i].ratio.low,
		   cases[i].ratio.high, cases[i].p,
		   stats_verdict_names[cases[i].verdict]);
}

static struct stats_resampled resampled(struct stats_resampler *by,
					const double *x, size_t n)
{
	return (struct stats_resampled){ x, n, stats_resamples_of(by, n) };
}

static void repeats(gsl_rng *rng)
{
	double a[ROUNDS], b[ROUNDS];
	struct stats_interval first, again, other;
	size_t order[2][50], seen = 0;
	struct stats_resampler *d = stats_resampler_new(7),
			       *e = stats_resampler_new(8);

	sample(rng, a, ROUNDS, 1);
	sample(rng, b, ROUNDS, 1);
	first = stats_ratio_paired(a, b, ROUNDS, 0.9, 7);
	again = stats_ratio_paired(a, b, ROUNDS, 0.9, 7);
	other = stats_ratio(a, ROUNDS, b, ROUNDS, 0.9, (uint64_t)7 << 32);
	ok(!memcmp(&first, &again, sizeof(first)), "equal seeds, equal draws");
	ok(memcmp(&first, &other, sizeof(first)), "other seeds, other draws");
	again = stats_ratio_resampled(resampled(d, a, ROUNDS),
				      resampled(d, b, ROUNDS), 0.9);
	ok(!memcmp(&first, &again, sizeof(first)),
	   "rounds drawn in advance give the same");
	first = stats_ratio(a, ROUNDS, b, 8, 0.9, 7);
	again = stats_ratio_resampled(resampled(d, a, ROUNDS),
				      resampled(e, b, 8), 0.9);
	ok(!memcmp(&first, &again, sizeof(first)),
	   "drawn in advance, unpaired");
	first = stats_median_interval(a, ROUNDS, STATS_BCA, 0.9, 7);
	again = stats_median_resampled(a, ROUNDS, stats_resamples_of(d, ROUNDS),
				       STATS_BCA, 0.9);
	ok(!memcmp(&first, &again, sizeof(first)),
	   "drawn in advance, for a median");
	stats_resampler_free(d);
	stats_resampler_free(e);
	stats_shuffle(order[0], 50, 3);
	stats_shuffle(order[1], 50, 3);
	ok(!memcmp(order[0], order[1], sizeof(order[0])),
	   "the same seed gives the same order");
	stats_shuffle(order[1], 50, (uint64_t)3 << 32);
	ok(memcmp(order[0], order[1], sizeof(order[0])),
	   "the high half of a seed matters");
	for (size_t i = 0; i < 50; i++)
		seen |= (size_t)1 << order[0][i];
	ok(seen == ((size_t)1 << 50) - 1, "an order contains each number once");
}

/*
 * 540 of 1000 rounds: the result must be near that of the normal distribution.
 */
static void many_rounds(void)
{
	static double a[1000], b[1000];
	double p, normal = 2 * gsl_cdf_ugaussian_Q(39.5 / sqrt(250));

	for (int i = 0; i < 1000; i++) {
		a[i] = i % 50 < 27 ? 2 : 1;
		b[i] = 3 - a[i];
	}
	p = stats_permutation_paired(a, b, 1000);
	if (!ok(fabs(p - normal) < 1e-4,
		"many rounds: p is near that of the normal distribution"))
		diag("exact %g, normal %g", p, normal);
}

int main(void)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);

	gsl_rng_set(rng, 20261121);
	intervals_cover(rng);
	tests_are_honest(rng);
	load_hides_little(rng);
	families_are_honest(rng);
	few_rounds();
	nothing_at_all();
	all_equal();
	decisions();
	repeats(rng);
	many_rounds();
	gsl_rng_free(rng);
	return done_testing();
}
