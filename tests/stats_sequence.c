/*
 * Decisions while values still come in. All sequences are enumerated to show
 * that the bet is fair. Further tests check that the bet has the power that
 * plans rely on, and that the examples of doc/METHOD are right.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/stats.h"
#include "tap.h"

#define COINS 20 /* tosses; all their outcomes are tried */

static double ways(int n, int k)
{
	return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1));
}

/* --- the bet, by enumeration ---------------------------------------------- */

static void fair(void)
{
	double off = 0;

	for (int n = 0; n <= 40; n++) {
		double sum = 0;

		for (int won = 0; won <= n; won++)
			sum += ldexp(ways(n, won), -n) *
			       stats_bet_wealth((size_t)won, (size_t)(n - won));
		off = fmax(off, fabs(sum - 1));
	}
	if (!ok(off < 1e-10, "over all sequences the wealth is 1 on average"))
		diag("off by %g", off);
}

/*
 * `way` has the results of 14 tosses, one in each bit. p must be 1 divided by
 * the largest wealth so far.
 */
static double off_on_way(unsigned int way)
{
	double d[14], most = 1, off = 0;
	size_t won = 0;

	for (size_t i = 0; i < 14; i++) {
		double wealth, p;

		d[i] = way >> i & 1 ? -1 - (double)i : 1 + (double)i;
		won += way >> i & 1;
		wealth = stats_bet_wealth(won, i + 1 - won);
		most = fmax(most, wealth);
		p = stats_bet_below(d, i + 1, 0);
		off = fmax(off, fabs(p * most - 1));
	}
	return off;
}

static void largest_counts(void)
{
	double off = 0;

	for (unsigned int way = 0; way < 1u << 14; way++)
		off = fmax(off, off_on_way(way));
	if (!ok(off < 1e-12,
		"in each sequence, p is 1 over the largest wealth"))
		diag("off by %g", off);
}

/* Keeps the results, since a million sequences need them. */
static double wealth_of(int won, int lost)
{
	static double known[COINS + 1][COINS + 1];
	double *wealth = &known[won][lost];

	if (!(*wealth > 0))
		*wealth = stats_bet_wealth((size_t)won, (size_t)lost);
	return *wealth;
}

/*
 * The chance that the wealth reaches 1/alpha at any time, if each toss is won
 * with `chance`.
 */
static double ever(double alpha, double chance, int tosses, int won, int lost)
{
	if (wealth_of(won, lost) >= 1 / alpha)
		return 1;
	if (tosses == 0)
		return 0;
	return chance * ever(alpha, chance, tosses - 1, won + 1, lost) +
	       (1 - chance) * ever(alpha, chance, tosses - 1, won, lost + 1);
}

static void seldom(void)
{
	static const double alphas[] = { 0.05, 0.025, 0.01, 0.001 };

	for (size_t i = 0; i < sizeof(alphas) / sizeof(alphas[0]); i++) {
		double even = ever(alphas[i], 0.5, COINS, 0, 0);
		double less = ever(alphas[i], 0.45, COINS, 0, 0);

		if (!ok(even <= alphas[i] && less < even && even > 0,
			"the chance that p ever reaches %g is at most that",
			alphas[i]))
			diag("%g, and %g with a smaller chance to win", even,
			     less);
	}
}

/* --- the power that plans rely on ----------------------------------------- */

static size_t needed(double alpha, size_t lost)
{
	size_t won = 0;

	while (stats_bet_wealth(won, lost) < 1 / alpha)
		won++;
	return won + lost;
}

static void few_are_enough(void)
{
	static const struct {
		double alpha;
		size_t least, one_lost, two_lost;
	} facts[] = {
		{ 0.025, 6, 12, 16 },
		{ 0.0025, 10, 16, 20 },
		{ 0.001, 11, 18, 22 },
		{ 0.0005, 12, 19, 23 },
	};
	/* the numbers of doc/METHOD */
	static const struct {
		double family;
		size_t values;
	} least[] = { { 1, 6 },   { 3, 8 },   { 7, 9 },
		      { 14, 10 }, { 28, 11 }, { 55, 12 } };

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		ok(stats_sequence_least(facts[i].alpha) == facts[i].least &&
			   needed(facts[i].alpha, 1) == facts[i].one_lost &&
			   needed(facts[i].alpha, 2) == facts[i].two_lost,
		   "p %g needs %zu values, %zu if one disagrees, %zu if two do",
		   facts[i].alpha, facts[i].least, facts[i].one_lost,
		   facts[i].two_lost);
	for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++)
		ok(stats_sequence_least(0.025 / least[i].family) ==
				   least[i].values &&
			   stats_sequence_least(0.025 / (least[i].family + 1)) >
				   least[i].values,
		   "a family of %g needs %zu values for its first decision",
		   least[i].family, least[i].values);
	ok(stats_sequence_least(1) == 0 && stats_sequence_least(0) == SIZE_MAX,
	   "p 1 needs no value, and p 0 is never reached");
}

/*
 * As ever(), but adds up the chances of each number of tosses won, which is
 * fast enough for many tosses.
 */
static double power(double alpha, double chance, int tosses)
{
	double at[102] = { 1 }, reached = 0;

	for (int n = 1; n <= tosses; n++)
		for (int won = n; won >= 0; won--) {
			at[won] = at[won] * (1 - chance) +
				  (won ? at[won - 1] * chance : 0);
			if (stats_bet_wealth((size_t)won, (size_t)(n - won)) <
			    1 / alpha)
				continue;
			reached += at[won];
			at[won] = 0;
		}
	return reached;
}

static void power_is(double alpha, double chance, int tosses, double least)
{
	double share = power(alpha, chance, tosses);

	if (!ok(share >= least,
		"%d values, %g on one side: p %g in %g of all runs", tosses,
		chance, alpha, least))
		diag("in %.3f", share);
}

static void powers(void)
{
	ok(fabs(power(0.01, 0.45, COINS) - ever(0.01, 0.45, COINS, 0, 0)) <
		   1e-12,
	   "two ways to compute a chance agree");
	power_is(0.025, 0.95, 12, 0.90);
	power_is(0.025, 0.9, 24, 0.94);
	power_is(0.025, 0.75, 40, 0.6);
	power_is(0.001, 0.95, 24, 0.9);
	power_is(0.001, 0.9, 40, 0.96);
	power_is(0.001, 0.75, 100, 0.85);
}

/* --- odd input ------------------------------------------------------------ */

static void odd_values(void)
{
	static const double holes[] = { NAN, 1, NAN, 2, 3, 4, NAN, 5, 6, NAN };
	static const double plain[] = { 1, 2, 3, 4, 5, 6 };
	static const double ends[] = { INFINITY, 1, 2, -INFINITY, 3, 4, 5, 6 };
	static const double same[] = { 0, 0, 0, 0, 0, 0, 0, 0 };
	struct stats_interval a = stats_sequence(holes, 10, 0.95);
	struct stats_interval b = stats_sequence(plain, 6, 0.95);

	ok(!memcmp(&a, &b, sizeof(a)) && b.value == 3.5 && b.low == 1 &&
		   b.high == 6,
	   "NaN is ignored: six other values have an interval");
	ok(stats_bet_above(holes, 10, 0) == stats_bet_above(plain, 6, 0) &&
		   stats_bet_above(plain, 6, 0) < 0.025,
	   "NaN is ignored by a bet");
	a = stats_sequence(ends, 8, 0.95);
	ok(a.value == 3.5 && a.low == -INFINITY && a.high == INFINITY,
	   "infinite values count on their side");
	ok(stats_bet_below(same, 8, 0) == 1 && stats_bet_above(same, 8, 0) == 1,
	   "a value equal to m is no evidence");
	a = stats_sequence(same, 8, 0.95);
	ok(a.value == 0 && a.low == 0 && a.high == 0,
	   "equal values have an interval of one point");
	ok(stats_bet_below(plain, 6, NAN) == 1, "m = NaN: p is 1");
}

static void too_few_or_drifting(void)
{
	static const double plain[] = { 1, 2, 3, 4, 5, 6 };
	struct stats_interval i = stats_sequence(plain, 0, 0.95);
	double drift[40];

	ok(isnan(i.value) && i.low == -INFINITY && i.high == INFINITY &&
		   stats_bet_below(plain, 0, 0) == 1,
	   "without values the interval is infinite");
	i = stats_sequence(plain, 5, 0.95);
	ok(i.value == 3 && i.low == -INFINITY && i.high == INFINITY,
	   "with five values the interval is infinite");
	i = stats_sequence(plain, 6, 1);
	ok(i.low == -INFINITY && i.high == INFINITY,
	   "at level 1 the interval is infinite");
	i = stats_sequence(plain, 6, NAN);
	ok(isnan(i.value) && i.high == INFINITY,
	   "at level NaN there is no interval");
	for (int k = 0; k < 40; k++)
		drift[k] = k < 6 ? k : 100 + k;
	i = stats_sequence(drift, 40, 0.95);
	ok(i.low == 109 && i.high == 130,
	   "values that drift have the interval of the last wealth");
}

/* --- the examples of doc/METHOD ------------------------------------------- */

static void print_end(char *text, size_t room, double end)
{
	if (isinf(end))
		snprintf(text, room, "-");
	else
		snprintf(text, room, "%.3f", exp(end));
}

static void print_row(char *line, size_t room, const double *d, size_t n)
{
	struct stats_interval i = stats_sequence(d, n, 0.95);
	double margin = log(1.03);
	char low[16], high[16];

	print_end(low, sizeof(low), i.low);
	print_end(high, sizeof(high), i.high);
	snprintf(line, room,
		 "    %10zu %7.3f %9.4f %9.4f %9.4f %7.3f %7s %7s\n", n,
		 exp(d[n - 1]), stats_bet_above(d, n, 0),
		 stats_bet_above(d, n, -margin), stats_bet_below(d, n, margin),
		 exp(i.value), low, high);
}

/* Reads a row of a table. Its ratio is appended to d. */
static bool read_row(const char *line, double *d, size_t *n)
{
	double ratio, p[3];
	size_t at;

	if (sscanf(line, " %zu %lf %lf %lf %lf", &at, &ratio, &p[0], &p[1],
		   &p[2]) != 5 ||
	    strlen(line) < 70 || at < 1 || at > 40)
		return false;
	*n = at;
	d[at - 1] = log(ratio);
	return true;
}

static FILE *open_method(void)
{
	const char *source = getenv("top_srcdir");
	char name[4096];

	snprintf(name, sizeof(name), "%s/doc/METHOD", source ? source : ".");
	return fopen(name, "r");
}

static void examples(void)
{
	char line[256], expected[256];
	size_t n = 0, lines = 0, wrong = 0;
	FILE *f = open_method();
	double d[40];

	while (f && fgets(line, sizeof(line), f)) {
		if (!read_row(line, d, &n))
			continue;
		lines++;
		print_row(expected, sizeof(expected), d, n);
		if (strcmp(line, expected) == 0)
			continue;
		wrong++;
		diag("says     %s# expected %s", line, expected);
	}
	if (f)
		fclose(f);
	ok(lines == 30 && !wrong, "the examples in doc/METHOD are right");
}

int main(void)
{
	fair();
	largest_counts();
	seldom();
	few_are_enough();
	powers();
	odd_values();
	too_few_or_drifting();
	examples();
	return done_testing();
}
