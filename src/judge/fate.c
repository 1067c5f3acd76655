/*
 * Finds how rings fare in a condition, from the comparisons in this condition.
 */
#include "judge/judge.h"

const char *const rep_fate_names[] = {
	[REP_HOLDS] = "holds",
	[REP_FAILS] = "fails",
	[REP_TIES] = "ties",
	[REP_OPEN] = "undecided",
	NULL,
};

const enum rep_fate rep_fate_of[] = {
	[STATS_FASTER] = REP_HOLDS,
	[STATS_SLOWER] = REP_FAILS,
	[STATS_EQUIVALENT] = REP_TIES,
	[STATS_UNDECIDED] = REP_OPEN,
};

json_t *rep_fates_json(const size_t n[REP_FATES])
{
	json_t *all = json_object();

	for (int i = 0; i < REP_FATES; i++)
		json_object_set_new(all, rep_fate_names[i],
				    json_integer((json_int_t)n[i]));
	return all;
}

/*
 * The gravest fate of a ring's comparisons is the ring's fate in the condition.
 * A loss is graver than an undecided outcome, an undecided outcome is graver
 * than a tie, and a tie is graver than a win.
 */
static int gravity(enum rep_fate fate)
{
	static const int order[] = {
		[REP_HOLDS] = 0, [REP_TIES] = 1, [REP_OPEN] = 2, [REP_FAILS] = 3
	};

	return order[fate];
}

/*
 * True if `c` is worse for the ring than `worst`, which may be NULL. A
 * comparison without generations does not count.
 */
static bool is_worse(const struct rep_comparison *c,
		     const struct rep_comparison *worst)
{
	int g = gravity(rep_fate_of[c->outcome]), most;

	if (c->generations == 0)
		return false;
	if (!worst)
		return true;
	most = gravity(rep_fate_of[worst->outcome]);
	return g > most || (g == most && c->ratio.value < worst->ratio.value);
}

static bool is_told(const struct rep_comparison *worst, enum rep_fate *fate)
{
	*fate = worst ? rep_fate_of[worst->outcome] : REP_OPEN;
	return worst != NULL;
}

bool rep_fate(const struct rep_verdict *v, size_t condition,
	      enum rep_fate *fate, const struct rep_comparison **worst)
{
	*worst = NULL;
	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];

		if (c->family == REP_CLAIM && c->condition == condition &&
		    is_worse(c, *worst))
			*worst = c;
	}
	return is_told(*worst, fate);
}

/*
 * The worst comparison of a ring with a cell that is no ring. The ring is the
 * `a` of these comparisons.
 */
static const struct rep_comparison *worst_of(const struct rep_verdict *v,
					     size_t condition,
					     const struct run_cell *ring)
{
	const struct rep_comparison *worst = NULL;

	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];

		if (c->condition == condition && c->a == ring &&
		    !run_is_ring(c->b) && is_worse(c, worst))
			worst = c;
	}
	return worst;
}

static int gravity_of(const struct rep_comparison *c)
{
	return c ? gravity(rep_fate_of[c->outcome]) : gravity(REP_FAILS) + 1;
}

/*
 * Rank 0 is the fastest mechanism, and the others follow by speed. If several
 * rings fare equally well, the first of them in this order is chosen.
 */
void rep_find_ring(const struct rep_verdict *v, struct rep_spot *s)
{
	int least = gravity_of(NULL) + 1;

	for (size_t i = 0; i < s->measured; i++) {
		const struct run_cell *cell = s->rank[i].cell;
		const struct rep_comparison *worst;

		if (!run_is_ring(cell)) {
			if (!s->other)
				s->other = cell;
			continue;
		}
		worst = worst_of(v, s->condition, cell);
		if (gravity_of(worst) >= least)
			continue;
		least = gravity_of(worst);
		s->ring = cell;
		s->decisive = worst;
	}
	if (s->decisive)
		s->other = s->decisive->b;
}

const struct rep_comparison *rep_deciding(const struct rep_verdict *v,
					  size_t condition)
{
	const struct rep_comparison *worst;
	enum rep_fate fate;

	return rep_fate(v, condition, &fate, &worst)
		       ? worst
		       : v->map[condition].decisive;
}

bool rep_spot_fate(const struct rep_spot *s, enum rep_fate *fate)
{
	is_told(s->decisive, fate);
	return s->ring && s->other;
}
