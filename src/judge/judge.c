/* What a run decides: comparisons by generation, families, and the map. */
#include "judge/judge.h"

#include <math.h>
#include <stdlib.h>

static size_t most_generations(const struct run *r)
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

/* Its next timed transfer that went well, from *at on; NULL: no more. */
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

/* The median over the rounds that both have; NaN: they are too few. */
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

size_t rep_log_ratios(const struct run_cell *a, const struct run_cell *b,
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

/* Where an end is not known there is none. */
static double end_of(double log)
{
	return isfinite(log) ? exp(log) : NAN;
}

static struct stats_interval as_ratio(struct stats_interval log)
{
	return (struct stats_interval){ .value = exp(log.value),
					.low = end_of(log.low),
					.high = end_of(log.high) };
}

/* Against "no difference", whichever way; twice, since it may be either. */
static double p_of_difference(const double *d, size_t n)
{
	double above = stats_bet_above(d, n, 0),
	       below = stats_bet_below(d, n, 0);

	return n ? fmin(1, 2 * fmin(above, below)) : NAN;
}

/*
 * Against "they differ by the margin or more", on both sides at once: so the
 * larger p, twice, as doc/METHOD says.
 */
static double p_of_equality(const double *d, size_t n, double margin)
{
	double above = stats_bet_above(d, n, -log1p(margin));
	double below = stats_bet_below(d, n, log1p(margin));

	return n ? fmin(1, 2 * fmax(above, below)) : NAN;
}

/* In how many more generations a is ahead than behind, as a share. */
static double lead(const double *d, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (d[i] > 0) - (d[i] < 0);
	return n ? sum / (double)n : NAN;
}

static void measure(struct rep_comparison *c, const struct run *r, double *d)
{
	size_t n = 0;

	if (run_is_believed(c->a) && run_is_believed(c->b))
		n = rep_log_ratios(c->a, c->b, d);
	c->generations = n;
	c->ratio = as_ratio(stats_sequence(d, n, r->level));
	c->p = p_of_difference(d, n);
	c->p_equal = p_of_equality(d, n, r->margin);
	c->cliff = lead(d, n);
}

/* --- families ------------------------------------------------------------- */

/*
 * Both are families of their own, of all comparisons: doc/METHOD says why. The
 * interval is a second witness where the machine drifts.
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

/* Room for the p of a family, as they are and by Holm. */
struct holm {
	double *p, *adjusted, *equal, *adjusted_equal;
};

/* Comparisons that could not be made have no p and do not count. */
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

static void decide(struct rep_verdict *v, double *d)
{
	size_t n = v->comparisons + 1;
	double *room = malloc(4 * n * sizeof(*room));
	const struct holm h = { room, room + n, room + 2 * n, room + 3 * n };

	v->broken = v->broken || !room;
	for (size_t i = 0; !v->broken && i < v->comparisons; i++)
		measure(&v->comparison[i], v->run, d);
	for (int f = 0; !v->broken && f < REP_FAMILIES; f++)
		adjust(v, (enum rep_family)f, &h);
	free(room);
}

/* --- the map -------------------------------------------------------------- */

struct rivals {
	const struct run_cell **cell;
	size_t n;
	double *p, *adjusted; /* room for their sums */
	double *d;            /* room for the generations of one */
};

static void gather(struct rivals *s, const struct run *r,
		   const struct run_condition *k)
{
	s->n = 0;
	for (size_t i = 0; i < r->cells; i++)
		if (run_is_believed(r->cell[i]) &&
		    run_takes_part(r->cell[i], k))
			s->cell[s->n++] = r->cell[i];
}

static const struct run_cell *fastest(const struct rivals *s, int ring)
{
	const struct run_cell *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		if (ring >= 0 && run_is_ring(s->cell[i]) != ring)
			continue;
		if (!best || s->cell[i]->speed.value > best->speed.value)
			best = s->cell[i];
	}
	return best;
}

/* The comparison that was declared for the two, either way round. */
static const struct rep_comparison *declared(const struct rep_verdict *v,
					     size_t condition,
					     const struct run_cell *a,
					     const struct run_cell *b)
{
	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];

		if (c->condition == condition &&
		    ((c->a == a && c->b == b) || (c->a == b && c->b == a)))
			return c;
	}
	return NULL;
}

static bool is_beaten(struct rivals *s, const struct rep_verdict *v,
		      size_t condition, size_t i, double p)
{
	const struct run *r = v->run;
	const struct rep_comparison *c =
		declared(v, condition, s->cell[0], s->cell[i]);
	size_t n;

	if (c)
		return c->outcome ==
		       (c->a == s->cell[0] ? STATS_FASTER : STATS_SLOWER);
	n = rep_log_ratios(s->cell[0], s->cell[i], s->d);
	return stats_decide(as_ratio(stats_sequence(s->d, n, r->level)), p,
			    r->alpha, r->margin) == STATS_FASTER;
}

static void put_first(struct rivals *s, const struct run_cell *first)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->cell[i] == first) {
			s->cell[i] = s->cell[0];
			s->cell[0] = first;
		}
}

/* All that the fastest is not shown to beat, the fastest in front. */
static void find_best(struct rep_verdict *v, struct rep_spot *spot,
		      struct rivals *s)
{
	const struct run_cell *first = fastest(s, -1);

	spot->best = malloc((s->n + 1) * sizeof(const struct run_cell *));
	v->broken = v->broken || !spot->best;
	if (v->broken || !first)
		return;
	put_first(s, first);
	for (size_t i = 0; i < s->n; i++) {
		size_t n = rep_log_ratios(first, s->cell[i], s->d);

		s->p[i] = i ? p_of_difference(s->d, n) : NAN;
	}
	stats_holm(s->p, s->n, s->adjusted);
	spot->best[spot->bests++] = first;
	for (size_t i = 1; i < s->n; i++)
		if (!is_beaten(s, v, spot->condition, i, s->adjusted[i]))
			spot->best[spot->bests++] = s->cell[i];
}

static enum stats_verdict turned(enum stats_verdict outcome)
{
	if (outcome == STATS_FASTER)
		return STATS_SLOWER;
	return outcome == STATS_SLOWER ? STATS_FASTER : outcome;
}

/* The map says what the comparison of the two says. */
static void take_outcome(struct rep_spot *spot, const struct rep_comparison *c)
{
	spot->ratio = c->ratio;
	spot->outcome = c->outcome;
	if (c->a == spot->ring)
		return;
	spot->ratio = (struct stats_interval){ .value = 1 / c->ratio.value,
					       .low = 1 / c->ratio.high,
					       .high = 1 / c->ratio.low };
	spot->outcome = turned(c->outcome);
}

/* The cell that is ready first, among those whose start-up is known. */
static const struct run_cell *first_to_start(const struct rivals *s)
{
	const struct run_cell *found = NULL;

	for (size_t i = 0; i < s->n; i++)
		if (s->cell[i]->startup.value >= 0 &&
		    (!found ||
		     s->cell[i]->startup.value < found->startup.value))
			found = s->cell[i];
	return found;
}

/* Where the lines of start-up plus bytes over speed cross. */
static double pays_from(const struct run_cell *fast,
			const struct run_cell *starter)
{
	double more_ns = fast->startup.value - starter->startup.value;
	double gain_ns = 1e9 / starter->speed.value - 1e9 / fast->speed.value;

	if (more_ns <= 0)
		return 0;
	return gain_ns > 0 ? more_ns / gain_ns : NAN;
}

static void find_start(struct rep_spot *spot, const struct rivals *s,
		       const struct run_condition *k)
{
	spot->pays_from_bytes = NAN;
	if (run_is_pingpong(k) || spot->bests == 0)
		return;
	spot->starter = first_to_start(s);
	if (spot->starter && spot->best[0]->startup.value >= 0)
		spot->pays_from_bytes = pays_from(spot->best[0], spot->starter);
}

static void fill_spot(struct rep_verdict *v, struct rep_spot *spot,
		      struct rivals *s)
{
	const struct rep_comparison *c = NULL;

	gather(s, v->run, &v->condition[spot->condition]);
	spot->measured = s->n;
	find_best(v, spot, s);
	find_start(spot, s, &v->condition[spot->condition]);
	spot->ring = fastest(s, 1);
	spot->other = fastest(s, 0);
	spot->ratio = (struct stats_interval){ NAN, NAN, NAN };
	spot->outcome = STATS_UNDECIDED;
	if (spot->ring && spot->other)
		c = declared(v, spot->condition, spot->ring, spot->other);
	if (c)
		take_outcome(spot, c);
}

static void draw_map(struct rep_verdict *v, double *d)
{
	size_t n = v->run->cells + 1;
	struct rivals s = {
		.cell = malloc(n * sizeof(const struct run_cell *)),
		.p = malloc(n * sizeof(double)),
		.adjusted = malloc(n * sizeof(double)),
		.d = d,
	};

	v->map = calloc(v->conditions + 1, sizeof(*v->map));
	v->broken = v->broken || !v->map || !s.cell || !s.p || !s.adjusted;
	for (size_t k = 0; !v->broken && k < v->conditions; k++) {
		v->map[k].condition = k;
		v->spots++;
		fill_spot(v, &v->map[k], &s);
	}
	free(s.cell);
	free(s.p);
	free(s.adjusted);
}

void rep_judge(struct rep_verdict *v)
{
	double *d = malloc(most_generations(v->run) * sizeof(*d));

	v->broken = v->broken || !d;
	if (!v->broken)
		decide(v, d);
	if (!v->broken)
		draw_map(v, d);
	free(d);
}

void rep_verdict_free(struct rep_verdict *v)
{
	for (size_t i = 0; i < v->spots; i++)
		free(v->map[i].best);
	free(v->map);
	free(v->comparison);
	free(v->condition);
	*v = (struct rep_verdict){ 0 };
}

/* --- the claim ------------------------------------------------------------ */

/* Undecided by too little is another thing than not made at all. */
static bool was_made(const struct rep_comparison *c)
{
	return c->generations > 0;
}

bool rep_fate(const struct rep_verdict *v, size_t condition,
	      enum rep_fate *fate, const struct rep_comparison **worst)
{
	static const enum rep_fate fates[] = {
		[STATS_FASTER] = REP_HOLDS,
		[STATS_SLOWER] = REP_FAILS,
		[STATS_EQUIVALENT] = REP_TIES,
		[STATS_UNDECIDED] = REP_OPEN,
	};
	/* one loss fails it, else what is open leaves it open, else a tie */
	static const enum rep_fate gravity[] = { REP_HOLDS, REP_TIES, REP_OPEN,
						 REP_FAILS };
	size_t most = 0;

	*worst = NULL;
	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];
		size_t g = 0;

		if (c->family != REP_CLAIM || c->condition != condition ||
		    !was_made(c))
			continue;
		while (gravity[g] != fates[c->outcome])
			g++;
		if (g < most)
			continue;
		if (g > most || !*worst ||
		    c->ratio.value < (*worst)->ratio.value)
			*worst = c;
		most = g;
	}
	*fate = gravity[most];
	return *worst != NULL;
}
