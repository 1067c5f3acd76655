/*
 * Decisions with a look after each new value. Simulations check the promises of
 * the bets, of the interval, and of families of both.
 */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "stats/stats.h"
#include "tap.h"

#define LOOKS  200 /* values; a look follows each of them */
#define TRIALS 2000

/* --- the bets, by simulation ---------------------------------------------- */

static double skewed(gsl_rng *rng)
{
	return gsl_ran_exponential(rng, 1) - log(2);
}

static double heavy(gsl_rng *rng)
{
	return gsl_ran_cauchy(rng, 1);
}

static double lognormal(gsl_rng *rng)
{
	return gsl_ran_lognormal(rng, 0, 2) - 1;
}

/* Half of the values lie a little below 0, and half far above. */
static double two_humps(gsl_rng *rng)
{
	return gsl_rng_uniform(rng) < 0.5 ? -gsl_rng_uniform(rng)
					  : 10 + gsl_rng_uniform(rng);
}

/*
 * Four of ten values lie below the median, one above, and five are equal to it.
 */
static double tied(gsl_rng *rng)
{
	double u = gsl_rng_uniform(rng);

	return u < 0.4 ? -1 : u < 0.5;
}

static const struct law {
	const char *name;
	double (*draw)(gsl_rng *rng);
} laws[] = {
	{ "skewed", skewed },
	{ "heavy-tailed", heavy },
	{ "log-normal", lognormal },
	{ "two humps", two_humps },
	{ "ties", tied },
};

#define LAWS (sizeof(laws) / sizeof(laws[0]))

static void draw(gsl_rng *rng, const struct law *law, double *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		d[i] = law->draw(rng);
}

/*
 * Values for `most`: 5 % plus three standard errors is 6.5 % with 2000 trials,
 * and 9.1 % with 250 trials.
 */
static void share_below(int hits, int trials, double most, const char *what,
			const char *of)
{
	double part = (double)hits / trials;

	if (!ok(part <= most, "%s: %s", of, what))
		diag("%.4f of the runs", part);
}

static void stops_where_it_likes(gsl_rng *rng, const struct law *law)
{
	int said = 0;
	double d[LOOKS];

	for (int t = 0; t < TRIALS; t++) {
		draw(rng, law, d, LOOKS);
		said += fmin(stats_bet_below(d, LOOKS, 0),
			     stats_bet_above(d, LOOKS, 0)) <= 0.025;
	}
	share_below(said, TRIALS, 0.065,
		    "200 looks seldom find a difference where there is none",
		    law->name);
}

static void covers(gsl_rng *rng, const struct law *law)
{
	int missed = 0;
	double d[LOOKS];

	for (int t = 0; t < TRIALS / 8; t++) {
		bool held = true;

		draw(rng, law, d, LOOKS);
		for (size_t n = 1; n <= LOOKS; n += n < 20 ? 1 : 30) {
			struct stats_interval i = stats_sequence(d, n, 0.95);

			held = held && i.low <= 0 && 0 <= i.high;
		}
		missed += !held;
	}
	share_below(missed, TRIALS / 8, 0.091,
		    "the intervals of all looks cover the median", law->name);
}

/* --- families ------------------------------------------------------------- */

#define FAMILY 12
#define MARGIN 0.03

/*
 * Half of the comparisons have no difference. A disturbance hits all of them.
 */
struct race {
	double d[FAMILY][LOOKS];
	double differs[FAMILY], equal[FAMILY]; /* p */
	bool faster[FAMILY], slower[FAMILY], equivalent[FAMILY];
};

static void ask(struct race *r, int k, size_t n)
{
	const double *d = r->d[k];

	r->differs[k] =
		2 * fmin(stats_bet_below(d, n, 0), stats_bet_above(d, n, 0));
	r->equal[k] = 2 * fmax(stats_bet_below(d, n, MARGIN),
			       stats_bet_above(d, n, -MARGIN));
}

/* A comparison ends at the first look at which Holm's method allows it. */
static void look(struct race *r, size_t n)
{
	double differs[FAMILY], equal[FAMILY];

	for (int k = 0; k < FAMILY; k++)
		if (!r->faster[k] && !r->slower[k] && !r->equivalent[k])
			ask(r, k, n);
	stats_holm(r->differs, FAMILY, differs);
	stats_holm(r->equal, FAMILY, equal);
	for (int k = 0; k < FAMILY; k++) {
		bool up = stats_bet_above(r->d[k], n, 0) <
			  stats_bet_below(r->d[k], n, 0);

		if (r->faster[k] || r->slower[k] || r->equivalent[k])
			continue;
		r->equivalent[k] = equal[k] <= 0.05;
		r->faster[k] = differs[k] <= 0.05 && up;
		r->slower[k] = differs[k] <= 0.05 && !up;
	}
}

static void run_race(gsl_rng *rng, struct race *r, size_t looks)
{
	memset(r, 0, sizeof(*r));
	for (size_t n = 0; n < looks; n++) {
		double common = gsl_ran_gaussian(rng, 0.01);

		for (int k = 0; k < FAMILY; k++)
			r->d[k][n] = common + gsl_ran_gaussian(rng, 0.02) +
				     (k < FAMILY / 2 ? 0 : 0.08);
		look(r, n + 1);
	}
}

static void families(gsl_rng *rng)
{
	static struct race r;
	int differ = 0, equal = 0, missed = 0, trials = TRIALS / 8;

	for (int t = 0; t < trials; t++) {
		bool any_differ = false, any_equal = false;

		run_race(rng, &r, 40);
		for (int k = 0; k < FAMILY; k++) {
			bool same = k < FAMILY / 2;

			any_differ |= r.slower[k] || (same && r.faster[k]);
			any_equal |= !same && r.equivalent[k];
			missed += !r.equivalent[k] && !r.faster[k];
		}
		differ += any_differ;
		equal += any_equal;
	}
	share_below(differ, trials, 0.091, "a false difference is rare",
		    "a look after each value");
	share_below(equal, trials, 0.091, "a false equality is rare",
		    "a look after each value");
	share_below(missed, trials * FAMILY, 0.05,
		    "few comparisons stay undecided",
		    "a look after each value");
}

/* --- the interval --------------------------------------------------------- */

/*
 * True if neither bet against m has won enough to reject m at the last value.
 */
static bool kept(const double *d, size_t n, double m)
{
	size_t below = 0, above = 0;

	for (size_t i = 0; i < n; i++) {
		below += d[i] < m;
		above += d[i] > m;
	}
	return stats_bet_wealth(below, n - below) < 1 / 0.025 &&
	       stats_bet_wealth(above, n - above) < 1 / 0.025;
}

/*
 * The interval must contain m if and only if no bet rejects m. This is tried
 * with each value as m, and with numbers just below and just above each value.
 */
static void is_all_that_is_kept(gsl_rng *rng)
{
	int wrong = 0;
	double d[40];

	for (int t = 0; t < 300; t++) {
		const struct law *law = &laws[(size_t)t % LAWS];
		size_t n = 1 + gsl_rng_uniform_int(rng, 40);
		struct stats_interval i;

		draw(rng, law, d, n);
		i = stats_sequence(d, n, 0.95);
		for (size_t k = 0; k < 3 * n; k++) {
			double step = ((double)(k % 3) - 1) * 1e-9;
			double m = d[k / 3] + step;

			wrong += kept(d, n, m) != (i.low <= m && m <= i.high);
		}
	}
	ok(!wrong, "the interval has the values that neither bet rejects");
}

static void many(gsl_rng *rng)
{
	static double d[10000];
	struct stats_interval i;

	for (int k = 0; k < 10000; k++)
		d[k] = gsl_ran_gaussian(rng, 1);
	i = stats_sequence(d, 10000, 0.95);
	if (!ok(i.low > -0.08 && i.low < 0 && i.high < 0.08 && i.high > 0,
		"ten thousand values have a narrow interval"))
		diag("%g to %g", i.low, i.high);
	for (int k = 0; k < 10000; k++)
		d[k] = 1 + k;
	ok(stats_bet_above(d, 10000, 0) == 0 &&
		   stats_bet_below(d, 10000, 0) == 1,
	   "all values on one side: p is 0 and not NaN");
}

int main(void)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);

	gsl_rng_set(rng, 20261128);
	for (size_t i = 0; i < LAWS; i++) {
		stops_where_it_likes(rng, &laws[i]);
		covers(rng, &laws[i]);
	}
	families(rng);
	is_all_that_is_kept(rng);
	many(rng);
	gsl_rng_free(rng);
	return done_testing();
}
