/* Compares the statistics with results that other programs computed. */
#include <math.h>
#include <string.h>

#include "stats/stats.h"
#include "stats_expected.h"
#include "tap.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static bool near(double got, double expected, double tolerance,
		 const char *what)
{
	bool same = fabs(got - expected) <= tolerance * fabs(expected);

	if (!ok(same, "%s", what))
		diag("expected %.12g, got %.12g", expected, got);
	return same;
}

static void described(void)
{
	static const double q[] = { 0, 0.1, 0.25, 0.5, 0.75, 0.9, 1 };
	static const size_t lags[] = { 1, 2, 5 };

	for (size_t i = 0; i < N(q); i++)
		near(stats_quantile(odd, N(odd), q[i]), odd_quantiles[i], 1e-12,
		     "a quantile of fifteen values");
	near(stats_median(odd, N(odd)), odd_quantiles[3], 1e-12, "the median");
	near(stats_mean(odd, N(odd)), odd_mean[0], 1e-12, "the mean");
	for (size_t i = 0; i < N(lags); i++)
		near(stats_autocorrelation(odd, N(odd), lags[i]),
		     odd_autocorrelation[i], 1e-10, "an autocorrelation");
}

static void labelled(void)
{
	signed char label[N(strays)];
	bool same = true;

	stats_tukey(strays, N(strays), label);
	for (size_t i = 0; i < N(strays); i++)
		same = same && label[i] == (int)strays_label[i];
	ok(same, "Tukey's fences label near and far outliers");
}

static void with_interval(void)
{
	struct stats_interval i =
		stats_median_interval(odd, N(odd), STATS_PERCENTILE, 0.9, 1);

	near(i.low, percentile[0], 1e-12, "percentile: the low end");
	near(i.high, percentile[1], 1e-12, "percentile: the high end");
	i = stats_median_interval(skewed, N(skewed), STATS_BCA, 0.95, 1);
	near(i.low, bca[0], 1e-12, "BCa: the low end");
	near(i.high, bca[1], 1e-12, "BCa: the high end");
}

static void ratios(void)
{
	size_t n = N(ratio_a);
	struct stats_interval p =
		stats_ratio_paired(ratio_a, ratio_b, n, 0.95, 1);
	struct stats_interval u = stats_ratio(ratio_a, n, ratio_b, n, 0.95, 1);

	near(p.value, ratio[0], 1e-12, "the ratio of medians");
	near(u.value, ratio[0], 1e-12, "the unpaired ratio of medians");
	/* both draw random resamples, though different ones */
	near(p.low, ratio_paired[0], 0.01, "paired: the low end");
	near(p.high, ratio_paired[1], 0.01, "paired: the high end");
	near(u.low, ratio_unpaired[0], 0.01, "unpaired: the low end");
	near(u.high, ratio_unpaired[1], 0.01, "unpaired: the high end");
	ok(p.high - p.low < u.high - u.low,
	   "a disturbance of both sides cancels in pairs");
}

static void differences(void)
{
	near(stats_permutation_paired(clear_a, clear_b, N(clear_a)), clear_p[0],
	     1e-9, "permutation test, clear difference");
	near(stats_permutation_paired(close_a, close_b, N(close_a)), close_p[0],
	     1e-9, "permutation test, no difference");
	near(stats_permutation_paired(tied_a, tied_b, N(tied_a)), tied_p[0],
	     1e-9, "permutation test, with ties");
	near(stats_mann_whitney(few_a, N(few_a), few_b, N(few_b)), few_p[0],
	     1e-9, "Mann-Whitney, exact");
	near(stats_mann_whitney(many_a, N(many_a), many_b, N(many_b)),
	     many_p[0], 1e-9, "Mann-Whitney, with ties");
	near(stats_cliff(few_a, N(few_a), few_b, N(few_b)), few_cliff[0], 1e-12,
	     "Cliff's delta");
	near(stats_cliff(many_a, N(many_a), many_b, N(many_b)), many_cliff[0],
	     1e-9, "Cliff's delta with ties");
}

/* If no round or every round was hit, the ends have a closed form. */
static void shares(void)
{
	struct stats_interval none = stats_share(0, 60, 0.95);
	struct stats_interval all = stats_share(9, 9, 0.95);
	struct stats_interval some = stats_share(7, 40, 0.95);

	near(none.high, 1 - pow(0.025, 1.0 / 60), 1e-9,
	     "0 of 60: the high end");
	ok(!(none.low > 0), "0 of 60: the low end is 0");
	near(all.low, pow(0.025, 1.0 / 9), 1e-9, "9 of 9: the low end");
	ok(!(all.high < 1), "9 of 9: the high end is 1");
	near(some.low, share_7_of_40[0], 1e-6, "7 of 40: the low end");
	near(some.high, share_7_of_40[1], 1e-6, "7 of 40: the high end");
	ok(isnan(stats_share(0, 0, 0.95).low), "0 of 0 has no share");
}

static void family(void)
{
	double with_gap[N(holm_p) + 1], adjusted[N(holm_p) + 1];

	stats_holm(holm_p, N(holm_p), adjusted);
	for (size_t i = 0; i < N(holm_p); i++)
		near(adjusted[i], holm_adjusted[i], 1e-12, "Holm");
	memcpy(with_gap + 1, holm_p, sizeof(holm_p));
	with_gap[0] = NAN;
	stats_holm(with_gap, N(with_gap), adjusted);
	ok(isnan(adjusted[0]), "Holm: a comparison without a p gets none");
	near(adjusted[1], holm_adjusted[0], 1e-12,
	     "Holm: a comparison without a p does not count");
}

static void groups_of(const double *x, size_t n, const double *expected,
		      bool two)
{
	struct stats_modes m = stats_modes(x, n);

	near(m.bimodality, expected[0], 1e-9, "two groups: the distance");
	near(m.low, expected[1], 1e-12, "two groups: the middle of the lower");
	near(m.high, expected[2], 1e-12,
	     "two groups: the middle of the higher");
	near(m.share_high, expected[3], 1e-12,
	     "two groups: the share of the higher");
	ok(m.two == two, "the values form %s", two ? "two" : "one");
}

static void fitted(void)
{
	struct stats_line l = stats_fit_line(line_x, line_y, N(line_x), 0.95);

	near(l.slope.value, line[0], 1e-9, "a line: the slope");
	near(l.slope.low, line[1], 1e-9, "a line: the slope's low end");
	near(l.slope.high, line[2], 1e-9, "a line: the slope's high end");
	near(l.at_zero, line[3], 1e-9, "a line: the value at zero");
	near(l.r_squared, line[4], 1e-9, "a line: r squared");
}

int main(void)
{
	described();
	labelled();
	with_interval();
	ratios();
	differences();
	shares();
	family();
	groups_of(one_group, N(one_group), one_group_modes, false);
	groups_of(two_groups, N(two_groups), two_groups_modes, true);
	fitted();
	return done_testing();
}
