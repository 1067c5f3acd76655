/*
 * Finds out whether a run has enough generations to decide, and how to measure
 * more.
 */
#include <math.h>
#include <stdio.h>

#include "judge/words.h"

size_t rep_made(const struct rep_verdict *v, enum rep_family family,
		size_t *generations)
{
	size_t n = 0;

	*generations = 0;
	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];

		if (c->family != family || c->generations == 0)
			continue;
		n++;
		if (c->generations > *generations)
			*generations = c->generations;
	}
	return n;
}

bool rep_lacks_generations(const struct rep_verdict *v, enum rep_family family)
{
	size_t generations, n = rep_made(v, family, &generations);

	return n > 0 && generations < rep_generations_needed(v, n);
}

bool rep_is_too_few(const struct rep_verdict *v, const struct rep_comparison *c)
{
	return c && c->generations > 0 && c->outcome == STATS_UNDECIDED &&
	       rep_lacks_generations(v, c->family);
}

/* Minutes in which the missing generations can be measured. */
static double minutes_for(const struct run *r, size_t have, size_t needed)
{
	double one = rep_seconds_used(r) / (double)have;
	double missing = (double)(needed - have);

	/* twice as long, since later generations may take longer */
	return fmax(1, ceil(2 * one * missing / 60));
}

const char *rep_longer(const struct rep_verdict *v, enum rep_family family,
		       char *buf, size_t size)
{
	size_t have, n = rep_made(v, family, &have);
	size_t needed = rep_generations_needed(v, n);
	double most = rep_of_plan(v->run, "generations_max");

	if (most > 0 && most < (double)needed)
		snprintf(buf, size,
			 "begin a new run with a plan that allows at least %zu "
			 "generations: ipcopy help plan",
			 needed);
	else if (rep_unfinished(v->run))
		snprintf(buf, size,
			 "measure longer with: ipcopy bench --resume RUN");
	else
		snprintf(buf, size,
			 "measure longer with: ipcopy bench --resume RUN "
			 "--budget %.0fm",
			 minutes_for(v->run, have, needed));
	return buf;
}
