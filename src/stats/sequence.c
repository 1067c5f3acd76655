/*
 * Inference on a median that stays valid however often one looks at the data.
 * For a number m, it bets on whether each value lies below or above m.
 * doc/METHOD has the theorem.
 */
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/stats.h"

/*
 * One coin is split among bettors. Each bettor stakes a fixed share of its
 * wealth on every value. The bettor that stakes everything decides soonest if
 * no value contradicts, but the first value that contradicts ruins this bettor.
 * The small stakes are for hundreds of values. The shares were chosen for their
 * power at 8 to 40 values, which was computed exactly. If all values agree,
 * this bet needs one value less than a bet with Beta(1/2, 1/2) on the chances
 * above one half. If one or two values contradict, this bet needs as many
 * values as the bet with Beta(1/2, 1/2), or one more.
 */
static const struct bettor {
	double stake, coin;
} bettors[] = {
	{ 1, 0.45 },    { 0.8, 0.3 },    { 0.5, 0.2 },
	{ 0.2, 0.035 }, { 0.05, 0.015 },
};

#define BETTORS (sizeof(bettors) / sizeof(bettors[0]))

/*
 * Wealth is kept as a logarithm, since 2^n is too large for a double from 1024
 * values on.
 */
struct purse {
	double wealth[BETTORS], won[BETTORS], lost[BETTORS];
};

static void purse_fill(struct purse *p)
{
	for (size_t i = 0; i < BETTORS; i++) {
		p->wealth[i] = log(bettors[i].coin);
		p->won[i] = log1p(bettors[i].stake);
		p->lost[i] = log1p(-bettors[i].stake);
	}
}

static void purse_bet(struct purse *p, bool won, double times)
{
	for (size_t i = 0; i < BETTORS; i++)
		p->wealth[i] += times * (won ? p->won[i] : p->lost[i]);
}

static double purse_sum(const struct purse *p)
{
	double largest = -INFINITY, sum = 0;

	for (size_t i = 0; i < BETTORS; i++)
		largest = fmax(largest, p->wealth[i]);
	for (size_t i = 0; i < BETTORS; i++)
		sum += exp(p->wealth[i] - largest);
	return largest + log(sum);
}

double stats_bet_wealth(size_t won, size_t lost)
{
	struct purse p;

	purse_fill(&p);
	purse_bet(&p, true, (double)won);
	if (lost > 0) /* 0 × log 0 would be NaN */
		purse_bet(&p, false, (double)lost);
	return exp(purse_sum(&p));
}

/*
 * A value that is equal to m loses, whichever side was bet on. Otherwise the
 * bet would not be fair: if 4 values of 10 lie below m, 1 above and 5 at m, the
 * median is m.
 */
static double p_of_bet(const double *d, size_t n, double m, bool below,
		       bool now)
{
	double most = 0; /* logarithm of the largest wealth; 0: one coin */
	struct purse p;

	purse_fill(&p);
	for (size_t i = 0; i < n && !isnan(m); i++) {
		bool won = below ? d[i] < m : d[i] > m;

		if (isnan(d[i]))
			continue;
		purse_bet(&p, won, 1);
		if (won)
			most = fmax(most, purse_sum(&p));
	}
	return exp(now ? fmin(0, -purse_sum(&p)) : -most);
}

double stats_bet_below(const double *d, size_t n, double m)
{
	return p_of_bet(d, n, m, true, false);
}

double stats_bet_above(const double *d, size_t n, double m)
{
	return p_of_bet(d, n, m, false, false);
}

size_t stats_sequence_least(double alpha)
{
	size_t n = 0;

	if (!(alpha > 0))
		return SIZE_MAX;
	while (1 / stats_bet_wealth(n, 0) > alpha)
		n++;
	return n;
}

/*
 * The largest m that the present wealth does not reject. To use the largest
 * wealth so far would be valid, too. But then every m might be rejected on a
 * machine that drifts. Between two neighbouring values no bet changes, and the
 * higher m is, the more values lie below m. So bisection over the sorted values
 * finds this m.
 */
static double upper_end(const double *d, size_t n, const double *sorted,
			size_t known, double alpha)
{
	size_t low = 0, high = known; /* sorted[0] is never rejected */

	if (p_of_bet(d, n, INFINITY, true, true) > alpha)
		return INFINITY;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (p_of_bet(d, n, sorted[middle], true, true) > alpha)
			low = middle;
		else
			high = middle;
	}
	return sorted[low];
}

/*
 * Multiplies all values by `sign`, and writes them to `all`. Writes those that
 * are not NaN to `sorted`, in order, and returns their number.
 */
static size_t arrange(const double *d, size_t n, double sign, double *all,
		      double *sorted)
{
	size_t known = 0;

	for (size_t i = 0; i < n; i++) {
		all[i] = sign * d[i];
		if (!isnan(d[i]))
			sorted[known++] = all[i];
	}
	gsl_sort(sorted, 1, known);
	return known;
}

struct stats_interval stats_sequence(const double *d, size_t n, double level)
{
	struct stats_interval i = { NAN, -INFINITY, INFINITY };
	double *all = calloc(n + 1, sizeof(*all)), alpha = (1 - level) / 2;
	double *sorted = calloc(n + 1, sizeof(*sorted));
	size_t known;

	if (!all || !sorted || !(level >= 0))
		goto out;
	known = arrange(d, n, -1, all, sorted);
	i.low = 0 - upper_end(all, n, sorted, known, alpha);
	known = arrange(d, n, 1, all, sorted);
	i.high = upper_end(all, n, sorted, known, alpha);
	i.value = stats_median(sorted, known);
out:
	free(all);
	free(sorted);
	return i;
}
