/* The answers to "which is to be used?", and "from which size on?". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "judge/words.h"

/* --- which to use --------------------------------------------------------- */

/* The conditions in which one label is the fastest, and known to be. */
struct use {
	const char *label;
	size_t first;
	const struct rep_spot *most;
	double costs; /* what the next best takes there, as a ratio */
};

/* Nothing is left that might be faster. */
static bool is_known(const struct rep_spot *s)
{
	return rep_count_ranks(s, STATS_UNDECIDED) == 0;
}

static void note_use(struct use *u, const struct rep_spot *s)
{
	const struct rep_rank *next = rep_next(s);

	u->label = s->rank[0].cell->label;
	u->first++;
	if (next && next->ratio.value > u->costs) {
		u->costs = next->ratio.value;
		u->most = s;
	}
}

static int dearest_first(const void *l, const void *r)
{
	const struct use *a = l, *b = r;

	if (a->costs < b->costs || a->costs > b->costs)
		return a->costs > b->costs ? -1 : 1;
	return strcmp(a->label, b->label);
}

/* Room for as many as there are spots. *all: those with several mechanisms. */
static size_t find_uses(const struct rep_verdict *v, struct use *use,
			size_t *all)
{
	size_t n = 0;

	*all = 0;
	for (size_t i = 0; i < v->spots; i++) {
		const struct rep_spot *s = &v->map[i];
		size_t k = 0;

		if (s->measured < 2)
			continue;
		++*all;
		if (!is_known(s))
			continue;
		while (k < n &&
		       strcmp(use[k].label, s->rank[0].cell->label) != 0)
			k++;
		n += k == n;
		note_use(&use[k], s);
	}
	qsort(use, n, sizeof(*use), dearest_first);
	return n;
}

/* More are in the table of conditions. */
#define USES_TOLD 3

static void put_use(FILE *to, const struct rep_verdict *v, const struct use *u,
		    bool first)
{
	char where[160], times[32];

	fprintf(to, "%s %s in %zu", first ? ":" : ";", u->label, u->first);
	if (u->most)
		fprintf(to, " (%s%s as fast as the next best, %s: %s)",
			u->first > 1 ? "up to " : "",
			rep_times(u->costs, times, sizeof(times)),
			rep_next(u->most)->cell->label,
			run_condition_words(&v->condition[u->most->condition],
					    where, sizeof(where)));
}

static void put_uses(FILE *to, const struct rep_verdict *v,
		     const struct use *use, size_t n, size_t all)
{
	size_t known = 0, more = 0;

	for (size_t i = 0; i < n; i++) {
		known += use[i].first;
		more += i < USES_TOLD ? 0 : use[i].first;
	}
	if (known == 0 && all == 1)
		fputs("The fastest of all is not decided", to);
	else if (known == 0)
		fprintf(to,
			"The fastest of all is decided in none of %zu "
			"conditions",
			all);
	else if (all == 1)
		fputs("The fastest of all is decided", to);
	else if (known == all)
		fprintf(to,
			"The fastest of all is decided in all %zu conditions",
			all);
	else
		fprintf(to,
			"The fastest of all is decided in %zu of %zu "
			"conditions",
			known, all);
	for (size_t i = 0; i < n && i < USES_TOLD; i++)
		put_use(to, v, &use[i], i == 0);
	if (more)
		fprintf(to, "; another one in %zu", more);
	fputc('.', to);
}

void rep_put_use(FILE *to, const struct rep_verdict *v)
{
	struct use *use = calloc(v->spots + 1, sizeof(*use));
	size_t n, all;

	if (!use)
		return;
	n = find_uses(v, use, &all);
	if (all > 0)
		put_uses(to, v, use, n, all);
	free(use);
}

/* --- start-up ------------------------------------------------------------- */

static void put_case_of_start(FILE *to, const struct rep_verdict *v,
			      const struct rep_spot *s)
{
	char size[32], where[160];

	fprintf(to, " from %s on (%s against %s: %s)",
		size_human(s->pays_from_bytes, size, sizeof(size)),
		s->rank[0].cell->label, s->starter->label,
		run_condition_words(&v->condition[s->condition], where,
				    sizeof(where)));
}

void rep_put_start(FILE *to, const struct rep_verdict *v)
{
	const struct rep_spot *least = NULL, *most = NULL;
	size_t known = 0, late = 0;

	for (size_t i = 0; i < v->spots; i++) {
		const struct rep_spot *s = &v->map[i];

		if (s->measured < 2 || isnan(s->pays_from_bytes))
			continue;
		known++;
		if (s->pays_from_bytes <= 0)
			continue;
		late++;
		if (!most || s->pays_from_bytes > most->pays_from_bytes)
			most = s;
		if (!least || s->pays_from_bytes < least->pays_from_bytes)
			least = s;
	}
	if (!most)
		return;
	fprintf(to,
		"Start-up counted, the fastest pays only for larger files "
		"where another one is ready first, in %zu of %zu "
		"conditions:",
		late, known);
	put_case_of_start(to, v, most);
	if (least != most) {
		fputs(" at most,", to);
		put_case_of_start(to, v, least);
		fputs(" at least", to);
	}
	fputc('.', to);
}
