/* The answers to "which mechanism should I use?" and "from which size on?". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "judge/words.h"

/* --- which to use --------------------------------------------------------- */

/* The conditions in which one label is known to be the fastest. */
struct use {
	const char *label;
	size_t first;
	const struct rep_spot *most;
	/*
	 * in the condition `most`: the time of the fastest mechanism that is
	 * shown to be slower, divided by the time of `label`
	 */
	double costs;
};

/* True if it is decided how the fastest fares against each other mechanism. */
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

/* Counts of conditions in which several mechanisms were measured. */
struct uses {
	struct use *use; /* room for one for each spot */
	size_t n;        /* number of labels */
	size_t all, known;
	size_t equal; /* conditions in which all mechanisms are equally fast */
	/*
	 * conditions in which some of the others, but not all of them, are as
	 * fast as the fastest
	 */
	size_t tied;
};

static void note_spot(struct uses *u, const struct rep_spot *s)
{
	size_t k = 0;

	u->all++;
	if (!is_known(s))
		return;
	u->known++;
	if (!rep_next(s)) {
		u->equal++;
		return;
	}
	u->tied += rep_count_ranks(s, STATS_EQUIVALENT) > 0;
	while (k < u->n && strcmp(u->use[k].label, s->rank[0].cell->label) != 0)
		k++;
	u->n += k == u->n;
	note_use(&u->use[k], s);
}

static void find_uses(const struct rep_verdict *v, struct uses *u)
{
	for (size_t i = 0; i < v->spots; i++)
		if (v->map[i].measured > 1)
			note_spot(u, &v->map[i]);
	qsort(u->use, u->n, sizeof(*u->use), dearest_first);
}

/* The answer names this many labels; the table of conditions has all. */
#define USES_TOLD 3

/* At most this many mechanisms that may be the fastest are named. */
#define CANDIDATES_TOLD 4

/* "3.00× as fast as unix, the nearest that is shown to be slower" */
static void put_gain(FILE *to, const struct use *u, bool explained)
{
	char times[32];

	fprintf(to, "%s as fast as %s%s",
		rep_times(u->costs, times, sizeof(times)),
		rep_next(u->most)->cell->label,
		explained ? ", the nearest that is shown to be slower" : "");
}

static const char *where_of(const struct rep_verdict *v, const struct use *u,
			    char *buf, size_t size)
{
	return run_condition_words(&v->condition[u->most->condition], buf,
				   size);
}

static void put_use(FILE *to, const struct rep_verdict *v, const struct use *u,
		    bool first)
{
	char where[160];

	fprintf(to, "%s in %zu (%s", u->label, u->first,
		u->first > 1 ? "up to " : "");
	put_gain(to, u, first);
	fprintf(to, ": %s)", where_of(v, u, where, sizeof(where)));
}

static bool may_be_fastest(const struct rep_spot *s, size_t rank)
{
	return rank == 0 || s->rank[rank].outcome == STATS_EQUIVALENT ||
	       s->rank[rank].outcome == STATS_UNDECIDED;
}

/* Writes the mechanisms of which each may be the fastest. */
static void put_candidates(FILE *to, const struct rep_spot *s)
{
	size_t all = 0, told = 0;

	for (size_t i = 0; i < s->measured; i++)
		all += may_be_fastest(s, i);
	fputs("; it may be ", to);
	for (size_t i = 0; i < s->measured && told < CANDIDATES_TOLD; i++) {
		if (!may_be_fastest(s, i))
			continue;
		if (told++)
			fputs(told == all ? " or " : ", ", to);
		fputs(s->rank[i].cell->label, to);
	}
	if (all > told)
		fprintf(to, " or one of %zu more", all - told);
}

static const struct rep_spot *first_compared(const struct rep_verdict *v)
{
	size_t i = 0;

	while (v->map[i].measured < 2)
		i++;
	return &v->map[i];
}

static void put_known(FILE *to, const struct rep_verdict *v,
		      const struct uses *u)
{
	fputs("Which mechanism is the fastest is ", to);
	if (u->all == 1 && u->known)
		fputs("decided", to);
	else if (u->all == 1)
		fputs("not decided", to);
	else if (u->known == u->all)
		fprintf(to, "decided in all %zu conditions", u->all);
	else if (u->known == 0)
		fprintf(to, "decided in none of %zu conditions", u->all);
	else
		fprintf(to, "decided in %zu of %zu conditions", u->known,
			u->all);
	if (u->all == 1 && !u->known)
		put_candidates(to, first_compared(v));
}

/* For a run in which mechanisms are compared in one condition. */
static void put_only_use(FILE *to, const struct rep_verdict *v,
			 const struct uses *u)
{
	char where[160];

	if (u->n > 0) {
		fprintf(to, ": it is %s, ", u->use[0].label);
		put_gain(to, &u->use[0], true);
		fprintf(to, " (%s)",
			where_of(v, &u->use[0], where, sizeof(where)));
	}
	if (u->equal)
		fputs(": all are equally fast", to);
	if (u->tied)
		fputs(". Another mechanism is as fast", to);
}

static void put_all_uses(FILE *to, const struct rep_verdict *v,
			 const struct uses *u)
{
	size_t more = 0;

	for (size_t i = 0; i < u->n; i++) {
		if (i >= USES_TOLD) {
			more += u->use[i].first;
			continue;
		}
		fputs(i ? "; " : ": ", to);
		put_use(to, v, &u->use[i], i == 0);
	}
	if (more)
		fprintf(to, "; other mechanisms in %zu", more);
	if (u->equal)
		fprintf(to, "%s all are equally fast in %zu", u->n ? ";" : ":",
			u->equal);
	if (u->tied)
		fprintf(to,
			". In %zu of these conditions another mechanism is "
			"as fast",
			u->tied);
}

static void put_uses(FILE *to, const struct rep_verdict *v,
		     const struct uses *u)
{
	put_known(to, v, u);
	if (u->all == 1)
		put_only_use(to, v, u);
	else
		put_all_uses(to, v, u);
	fputc('.', to);
}

bool rep_any_measured(const struct rep_verdict *v)
{
	for (size_t i = 0; i < v->spots; i++)
		if (v->map[i].measured > 0)
			return true;
	return false;
}

void rep_put_use(FILE *to, const struct rep_verdict *v)
{
	struct uses u = { .use = calloc(v->spots + 1, sizeof(*u.use)) };

	if (!u.use)
		return;
	find_uses(v, &u);
	if (u.all > 0)
		put_uses(to, v, &u);
	else if (rep_any_measured(v))
		fputs("Nothing is compared: no condition has two mechanisms "
		      "that were measured.",
		      to);
	else
		fputs("Nothing is decided: nothing was measured.", to);
	free(u.use);
}

/* --- start-up ------------------------------------------------------------- */

static const char *start_words(const struct rep_verdict *v,
			       const struct rep_spot *s, char *buf, size_t size)
{
	char where[160];

	snprintf(buf, size, "%s against %s: %s", s->rank[0].cell->label,
		 s->starter->label,
		 run_condition_words(&v->condition[s->condition], where,
				     sizeof(where)));
	return buf;
}

/* "23.6 MiB (shm futex against unix: stream 64K, deep, core)" */
static void put_case_of_start(FILE *to, const struct rep_verdict *v,
			      const struct rep_spot *s)
{
	char size[32], words[400];

	fprintf(to, "%s (%s)",
		size_human(s->pays_from_bytes, size, sizeof(size)),
		start_words(v, s, words, sizeof(words)));
}

/* The conditions in which another mechanism than the fastest is ready first. */
struct starts {
	const struct rep_spot *least, *most; /* from the least size on, ... */
	size_t known, late;
};

static struct starts find_starts(const struct rep_verdict *v)
{
	struct starts a = { 0 };

	for (size_t i = 0; i < v->spots; i++) {
		const struct rep_spot *s = &v->map[i];

		if (s->measured < 2 || isnan(s->pays_from_bytes))
			continue;
		a.known++;
		if (s->pays_from_bytes <= 0)
			continue;
		a.late++;
		if (!a.most || s->pays_from_bytes > a.most->pays_from_bytes)
			a.most = s;
		if (!a.least || s->pays_from_bytes < a.least->pays_from_bytes)
			a.least = s;
	}
	return a;
}

void rep_put_start(FILE *to, const struct rep_verdict *v)
{
	struct starts a = find_starts(v);

	if (a.late == 0)
		return;
	fputs("With start-up counted, the fastest is ahead only from some size "
	      "on",
	      to);
	if (a.known > 1 && a.late == a.known)
		fprintf(to, " in all %zu conditions", a.known);
	else if (a.known > 1)
		fprintf(to, " in %zu of %zu conditions", a.late, a.known);
	fputs(", since another mechanism is ready first. The size is ", to);
	if (a.least != a.most) {
		fputs("between ", to);
		put_case_of_start(to, v, a.least);
		fputs(" and ", to);
	}
	put_case_of_start(to, v, a.most);
	fputc('.', to);
}
