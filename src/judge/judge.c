/*
 * Decides the comparisons of a run. Each comparison has one value for each
 * generation.
 */
#include "judge/judge.h"

#include <math.h>
#include <stdlib.h>

size_t rep_most_generations(const struct run *r)
{
	size_t most = 1;

	for (size_t i = 0; i < r->cells; i++)
		if (r->cell[i]->groups > most)
			most = r->cell[i]->groups;
	return most;
}

/* --- one comparison ------------------------------------------------------- */

static bool counts(const struct run_sample *s)
{
	return s->ok && s->timed && s->value[RUN_SPEED] > 0;
}

/* The next good timed transfer, from number *at on; NULL: there is none. */
static const struct run_sample *next_turn(const struct run_cell *c,
					  const struct run_group *g, size_t *at)
{
	while (*at < g->all) {
		const struct run_sample *s = c->sample[g->first + (*at)++];

		if (counts(s))
			return s;
	}
	return NULL;
}

/*
 * The median of log(speed of a / speed of b) over the rounds that both cells
 * have; NaN: there are too few.
 */
static double log_ratio(const struct run_cell *a, const struct run_group *in_a,
			const struct run_cell *b, const struct run_group *in_b)
{
	double ratio[RUN_ROUNDS_MOST];
	size_t n = 0, i = 0, j = 0;
	const struct run_sample *x = next_turn(a, in_a, &i);
	const struct run_sample *y = next_turn(b, in_b, &j);

	while (x && y && n < RUN_ROUNDS_MOST) {
		int at = x->round, other = y->round;

		if (at == other)
			ratio[n++] =
				log(x->value[RUN_SPEED] / y->value[RUN_SPEED]);
		if (at <= other)
			x = next_turn(a, in_a, &i);
		if (other <= at)
			y = next_turn(b, in_b, &j);
	}
	return n >= RUN_ROUNDS_LEAST ? stats_median(ratio, n) : NAN;
}

/*
 * For each generation in which both cells have enough rounds, writes into `to`
 * the median of log(speed of a / speed of b) over these rounds. Returns how
 * many medians it wrote.
 */
static size_t log_ratios(const struct run_cell *a, const struct run_cell *b,
			 double *to)
{
	size_t n = 0;

	for (size_t i = 0, j = 0; i < a->groups && j < b->groups;) {
		int at = a->group[i].number, other = b->group[j].number;

		if (at == other) {
			to[n] = log_ratio(a, &a->group[i], b, &b->group[j]);
			n += isfinite(to[n]);
		}
		i += at <= other;
		j += other <= at;
	}
	return n;
}

/* An end of an interval, as a ratio; NaN: the end is not known. */
static double end_of(double log)
{
	return isfinite(log) ? exp(log) : NAN;
}

struct stats_interval rep_as_ratio(struct stats_interval log)
{
	return (struct stats_interval){ .value = exp(log.value),
					.low = end_of(log.low),
					.high = end_of(log.high) };
}

/*
 * The p of "no difference". It is doubled, since the difference may be in
 * either direction.
 */
static double p_of_difference(const double *d, size_t n)
{
	double above = stats_bet_above(d, n, 0),
	       below = stats_bet_below(d, n, 0);

	return n ? fmin(1, 2 * fmin(above, below)) : NAN;
}

/*
 * The p of "they differ by the margin or more", in either direction: twice the
 * larger p, as doc/METHOD says.
 */
static double p_of_equality(const double *d, size_t n, double margin)
{
	double above = stats_bet_above(d, n, -log1p(margin));
	double below = stats_bet_below(d, n, log1p(margin));

	return n ? fmin(1, 2 * fmax(above, below)) : NAN;
}

/*
 * The share of generations in which a is faster, minus the share in which it is
 * slower.
 */
static double lead(const double *d, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (d[i] > 0) - (d[i] < 0);
	return n ? sum / (double)n : NAN;
}

static void measure_comparison(struct rep_comparison *c, const struct run *r,
			       double *d)
{
	size_t n = 0;

	if (run_is_believed(c->a) && run_is_believed(c->b))
		n = log_ratios(c->a, c->b, d);
	c->generations = n;
	c->ratio = rep_as_ratio(stats_sequence(d, n, r->level));
	c->p = p_of_difference(d, n);
	c->p_equal = p_of_equality(d, n, r->margin);
	c->cliff = lead(d, n);
	c->log_error = stats_median_error(d, n);
}

/* --- families ------------------------------------------------------------- */

/*
 * Difference and equality are two families, each with all comparisons;
 * doc/METHOD says why. For a difference the interval must agree, too, in case
 * the machine drifts.
 */
static enum stats_verdict outcome_of(const struct rep_comparison *c,
				     double p_equal, double alpha)
{
	if (p_equal <= alpha)
		return STATS_EQUIVALENT;
	if (c->p_holm <= alpha && c->ratio.low > 1)
		return STATS_FASTER;
	if (c->p_holm <= alpha && c->ratio.high < 1)
		return STATS_SLOWER;
	return STATS_UNDECIDED;
}

/*
 * The p-values of all comparisons of a family, before and after Holm's
 * procedure.
 */
struct holm {
	double *p, *adjusted, *equal, *adjusted_equal;
};

/* Comparisons that could not be made have no p (NaN), so they do not count. */
static void adjust(struct rep_verdict *v, enum rep_family family,
		   const struct holm *h)
{
	size_t n = 0;

	for (size_t i = 0; i < v->comparisons; i++) {
		if (v->comparison[i].family != family)
			continue;
		h->p[n] = v->comparison[i].p;
		h->equal[n++] = v->comparison[i].p_equal;
	}
	stats_holm(h->p, n, h->adjusted);
	stats_holm(h->equal, n, h->adjusted_equal);
	n = 0;
	for (size_t i = 0; i < v->comparisons; i++) {
		struct rep_comparison *c = &v->comparison[i];

		if (c->family != family)
			continue;
		c->p_holm = h->adjusted[n];
		c->outcome =
			outcome_of(c, h->adjusted_equal[n++], v->run->alpha);
	}
}

void rep_decide_one(struct rep_comparison *c, const struct run *r, double *d,
		    size_t family)
{
	measure_comparison(c, r, d);
	c->p_holm = fmin(1, c->p * (double)family);
	c->outcome =
		outcome_of(c, fmin(1, c->p_equal * (double)family), r->alpha);
}

static void decide_comparisons(struct rep_verdict *v, double *d)
{
	size_t n = v->comparisons + 1;
	double *room = malloc(4 * n * sizeof(*room));
	const struct holm h = { room, room + n, room + 2 * n, room + 3 * n };

	v->broken = v->broken || !room;
	for (size_t i = 0; !v->broken && i < v->comparisons; i++)
		measure_comparison(&v->comparison[i], v->run, d);
	for (int f = 0; !v->broken && f < REP_FAMILIES; f++)
		adjust(v, (enum rep_family)f, &h);
	free(room);
}

void rep_judge(struct rep_verdict *v)
{
	double *d = malloc(rep_most_generations(v->run) * sizeof(*d));

	v->broken = v->broken || !d;
	if (!v->broken)
		decide_comparisons(v, d);
	free(d);
}

void rep_verdict_free(struct rep_verdict *v)
{
	for (size_t i = 0; i < v->spots; i++)
		free(v->map[i].rank);
	free(v->map);
	free(v->comparison);
	free(v->condition);
	*v = (struct rep_verdict){ 0 };
}
