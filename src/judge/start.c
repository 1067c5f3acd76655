/*
 * Start-up: which mechanism is ready first, and from which size on the fastest
 * mechanism makes up for a later start.
 */
#include <math.h>

#include "judge/judge.h"

/* The mechanism that is ready first, among those whose start-up is known. */
static const struct rep_rank *first_to_start(const struct rep_spot *s)
{
	const struct rep_rank *found = NULL;

	for (size_t i = 0; i < s->measured; i++)
		if (s->rank[i].cell->startup.value >= 0 &&
		    (!found || s->rank[i].cell->startup.value <
				       found->cell->startup.value))
			found = &s->rank[i];
	return found;
}

/*
 * The size at which the two times, start-up plus size divided by speed, are
 * equal; 0: `fast` starts no later than `starter`; NaN: there is no such size.
 */
static double pays_from(const struct run_cell *fast,
			const struct run_cell *starter)
{
	double more_ns = fast->startup.value - starter->startup.value;
	double gain_ns = 1e9 / starter->speed.value - 1e9 / fast->speed.value;

	if (more_ns <= 0)
		return 0;
	return gain_ns > 0 ? more_ns / gain_ns : NAN;
}

/*
 * `pays_from_bytes` is known only if the fastest mechanism is the starter
 * itself or is shown to be faster than the starter.
 */
void rep_find_start(struct rep_spot *spot, const struct run_condition *k)
{
	const struct rep_rank *starter;

	spot->pays_from_bytes = NAN;
	if (run_is_pingpong(k) || spot->measured == 0)
		return;
	starter = first_to_start(spot);
	if (!starter)
		return;
	spot->starter = starter->cell;
	if (spot->rank[0].cell->startup.value >= 0 &&
	    (starter == spot->rank || starter->outcome == STATS_FASTER))
		spot->pays_from_bytes =
			pays_from(spot->rank[0].cell, starter->cell);
}
