/*
 * The map: the fastest mechanism under each condition, and how the others
 * compare with it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"

/* --- pairs outside the declared families ---------------------------------- */

/*
 * The fastest mechanism is compared with all others, but only the run shows
 * which mechanism is the fastest. So every pair of a condition counts as
 * compared, unless a declared family has it. These pairs form one family for
 * each condition.
 */
struct survey {
	struct rep_verdict *v;
	size_t asked; /* pairs of the condition that no declared family has */
	double *d;    /* room for the generations of one cell */
};

static size_t pairs_asked(const struct rep_verdict *v, size_t condition)
{
	const struct run *r = v->run;
	size_t n = 0, declared = 0;

	for (size_t i = 0; i < r->cells; i++)
		n += rep_can_take_part(r->cell[i]) &&
		     run_takes_part(r->cell[i], &v->condition[condition]);
	for (size_t i = 0; i < v->comparisons; i++)
		declared += v->comparison[i].condition == condition;
	return n * (n - (n > 0)) / 2 - declared;
}

/* The declared comparison of the two cells, in either direction; or NULL. */
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

static enum stats_verdict turned(enum stats_verdict outcome)
{
	if (outcome == STATS_FASTER)
		return STATS_SLOWER;
	return outcome == STATS_SLOWER ? STATS_FASTER : outcome;
}

/* A comparison from the side of `a`: how `a` fares against the other cell. */
static struct rep_rank seen_from(const struct rep_comparison *c,
				 const struct run_cell *a)
{
	struct rep_rank rank = { c->b, c->ratio, c->outcome };

	if (c->a == a)
		return rank;
	rank.cell = c->a;
	rank.ratio = (struct stats_interval){ .value = 1 / c->ratio.value,
					      .low = 1 / c->ratio.high,
					      .high = 1 / c->ratio.low };
	rank.outcome = turned(c->outcome);
	return rank;
}

static struct rep_rank rank_one(const struct survey *s, size_t condition,
				const struct run_cell *a,
				const struct run_cell *b)
{
	const struct rep_comparison *c = declared(s->v, condition, a, b);
	struct rep_comparison own = { .a = a, .b = b };

	if (c)
		return seen_from(c, a);
	rep_decide_one(&own, s->v->run, s->d, s->asked);
	return seen_from(&own, a);
}

/* --- ranks ---------------------------------------------------------------- */

static int faster_first(const void *l, const void *r)
{
	const struct run_cell *a = ((const struct rep_rank *)l)->cell;
	const struct run_cell *b = ((const struct rep_rank *)r)->cell;

	if (a->speed.value < b->speed.value || a->speed.value > b->speed.value)
		return a->speed.value > b->speed.value ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void gather_ranks(struct rep_spot *s, const struct rep_verdict *v)
{
	const struct run_condition *k = &v->condition[s->condition];
	const struct run *r = v->run;

	for (size_t i = 0; i < r->cells; i++)
		if (run_is_believed(r->cell[i]) &&
		    run_takes_part(r->cell[i], k))
			s->rank[s->measured++].cell = r->cell[i];
	qsort(s->rank, s->measured, sizeof(*s->rank), faster_first);
}

/* Compares a cell with all others. Returns how many are shown to be faster. */
static size_t rank_against_all(const struct survey *s, struct rep_spot *spot,
			       const struct run_cell *with)
{
	size_t beaten = 0;

	for (size_t i = 0; i < spot->measured; i++) {
		struct rep_rank *rank = &spot->rank[i];

		*rank = rank->cell == with
				? (struct rep_rank){ with,
						     { 1, 1, 1 },
						     STATS_EQUIVALENT }
				: rank_one(s, spot->condition, with,
					   rank->cell);
		beaten += rank->outcome == STATS_SLOWER;
	}
	return beaten;
}

static size_t count(const struct rep_spot *s, enum stats_verdict outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < s->measured; i++)
		n += s->rank[i].outcome == outcome;
	return n;
}

static void put_first(struct rep_spot *s, size_t first)
{
	struct rep_rank it = s->rank[first];

	memmove(s->rank + 1, s->rank, first * sizeof(it));
	s->rank[0] = it;
}

/*
 * The fastest mechanism is the one that the fewest others are shown to beat;
 * usually no other is shown to beat it. If there are several such mechanisms,
 * the fastest is the one with the highest median speed. The medians alone do
 * not decide, since their order may disagree with the comparisons, which are
 * made round by round.
 */
static size_t find_fastest(const struct survey *s, struct rep_spot *spot)
{
	size_t first = 0, least = SIZE_MAX;

	for (size_t i = 0; i < spot->measured && least > 0; i++) {
		size_t n = rank_against_all(s, spot, spot->rank[i].cell);

		if (n >= least)
			continue;
		least = n;
		first = i;
	}
	return first;
}

/*
 * If several mechanisms are as fast as the fastest and no other is shown to
 * beat them, rank 0 is the one of them that is shown to beat the most others.
 */
static size_t find_first(const struct survey *s, struct rep_spot *spot)
{
	size_t fastest = find_fastest(s, spot), first = fastest, most;
	const struct run_cell *cell = spot->rank[fastest].cell;

	rank_against_all(s, spot, cell);
	most = count(spot, STATS_FASTER);
	for (size_t i = 0; i < spot->measured; i++) {
		if (i == fastest || spot->rank[i].outcome != STATS_EQUIVALENT)
			continue;
		if (rank_against_all(s, spot, spot->rank[i].cell) == 0 &&
		    count(spot, STATS_FASTER) > most) {
			most = count(spot, STATS_FASTER);
			first = i;
		}
		rank_against_all(s, spot, cell);
	}
	rank_against_all(s, spot, spot->rank[first].cell);
	return first;
}

const struct rep_rank *rep_next(const struct rep_spot *s)
{
	for (size_t i = 1; i < s->measured; i++)
		if (s->rank[i].outcome == STATS_FASTER)
			return &s->rank[i];
	return NULL;
}

/* Rank 0 does not count, although it is as fast as itself. */
size_t rep_count_ranks(const struct rep_spot *s, enum stats_verdict outcome)
{
	size_t n = count(s, outcome);

	return outcome == STATS_EQUIVALENT && n > 0 ? n - 1 : n;
}

/* --- all of it ------------------------------------------------------------ */

static void fill_spot(const struct survey *s, struct rep_spot *spot)
{
	const struct rep_verdict *v = s->v;

	spot->ratio = (struct stats_interval){ NAN, NAN, NAN };
	spot->outcome = STATS_UNDECIDED;
	gather_ranks(spot, v);
	if (spot->measured > 0)
		put_first(spot, find_first(s, spot));
	rep_find_start(spot, &v->condition[spot->condition]);
	rep_find_ring(v, spot);
	if (!spot->decisive)
		return;
	spot->ratio = spot->decisive->ratio;
	spot->outcome = spot->decisive->outcome;
}

static void survey(struct survey *s)
{
	struct rep_verdict *v = s->v;

	for (size_t k = 0; k < v->conditions; k++) {
		struct rep_spot *spot = &v->map[v->spots++];

		spot->condition = k;
		s->asked = pairs_asked(v, k);
		spot->rank = calloc(v->run->cells + 1, sizeof(*spot->rank));
		v->broken = v->broken || !spot->rank;
		if (!v->broken)
			fill_spot(s, spot);
	}
}

void rep_survey(struct rep_verdict *v)
{
	struct survey s = { .v = v };

	if (v->broken)
		return;
	s.d = malloc(rep_most_generations(v->run) * sizeof(*s.d));
	v->map = calloc(v->conditions + 1, sizeof(*v->map));
	v->broken = !s.d || !v->map;
	if (!v->broken)
		survey(&s);
	free(s.d);
}
