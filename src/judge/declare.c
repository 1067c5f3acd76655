/* Which comparisons a plan asks for: from its cells alone. */
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"

const char *const rep_family_names[] = {
	[REP_CLAIM] = "claim",
	[REP_ALL] = "all",
	NULL,
};

/* --- who takes part where ------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* A ring that can do nothing but spin takes part with whoever waits else. */
static const char *wait_of(const struct rep_cell *c)
{
	char sync[32];

	if (rep_is_ring(c) &&
	    same(rep_setting(c, "sync", sync, sizeof(sync), ""), "spin"))
		return "-";
	return c->wait;
}

/* What has no such setting, or a condition that no one sets: any will do. */
static bool fits(const char *a, const char *b)
{
	return same(a, b) || same(a, "-") || same(b, "-");
}

static bool same_place(const struct rep_condition *a,
		       const struct rep_condition *b)
{
	return same(a->workload, b->workload) && same(a->sink, b->sink) &&
	       same(a->cache, b->cache) && same(a->place, b->place) &&
	       a->size_bytes == b->size_bytes && a->pairs == b->pairs;
}

struct rep_condition rep_condition_of(const struct rep_cell *c)
{
	return (struct rep_condition){
		.workload = c->workload,
		.sink = c->sink,
		.cache = c->cache,
		.place = c->place,
		.depth = c->depth,
		.wait = wait_of(c),
		.size_bytes = c->size_bytes,
		.pairs = c->pairs,
	};
}

bool rep_takes_part(const struct rep_cell *c, const struct rep_condition *k)
{
	struct rep_condition own = rep_condition_of(c);

	return same_place(&own, k) && fits(own.depth, k->depth) &&
	       fits(own.wait, k->wait);
}

static bool can_take_part(const struct rep_cell *c)
{
	return !c->skipped && !rep_is_control(c);
}

/* --- conditions ----------------------------------------------------------- */

static int rank_in(const char *word, const char *const *words)
{
	int i = 0;

	while (words[i] && !same(words[i], word))
		i++;
	return i;
}

static long depth_rank(const char *depth)
{
	static const long deep = 1L << 40;

	if (same(depth, "-"))
		return deep + 1;
	return same(depth, "deep") ? deep : atol(depth);
}

static int three_way(long a, long b)
{
	return a < b ? -1 : a > b;
}

/* As people would list them; strings where we know no order. */
static int by_order(const void *x, const void *y)
{
	static const char *const workloads[] = { "file", "stream", "pingpong",
						 NULL };
	static const char *const places[] = { "core", "smt", "same", "free",
					      NULL };
	static const char *const waits[] = { "block", "batch",
					     "spin-then-block", "spin", NULL };
	const struct rep_condition *a = x, *b = y;
	const int order[] = {
		rank_in(a->workload, workloads) -
			rank_in(b->workload, workloads),
		strcmp(a->workload, b->workload),
		strcmp(a->sink, b->sink),
		-strcmp(a->cache, b->cache), /* hot first */
		rank_in(a->place, places) - rank_in(b->place, places),
		strcmp(a->place, b->place),
		three_way(a->pairs, b->pairs),
		rank_in(a->wait, waits) - rank_in(b->wait, waits),
		strcmp(a->wait, b->wait),
		three_way(depth_rank(a->depth), depth_rank(b->depth)),
		strcmp(a->depth, b->depth),
		three_way((long)a->size_bytes, (long)b->size_bytes),
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i])
			return order[i];
	return 0;
}

/* Whether `b` says all that `a` says and more: then `a` is not needed. */
static bool says_more(const struct rep_condition *b,
		      const struct rep_condition *a)
{
	if (!same_place(a, b) || !fits(a->depth, b->depth) ||
	    !fits(a->wait, b->wait))
		return false;
	return (same(a->depth, "-") && !same(b->depth, "-") &&
		(same(a->wait, "-") || !same(b->wait, "-"))) ||
	       (same(a->wait, "-") && !same(b->wait, "-") &&
		(same(a->depth, "-") || !same(b->depth, "-")));
}

/* Those in order, each once, and none that another one covers. */
static void thin_out(struct rep_verdict *v)
{
	struct rep_condition *k = v->condition;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < v->conditions; i++)
		if (i == 0 || by_order(&k[i], &k[i - 1]) != 0)
			k[n++] = k[i];
	/* no pairs: it goes. Whatever covers one that goes covers the rest, too
	 */
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (says_more(&k[j], &k[i]))
				k[i].pairs = 0;
	for (size_t i = 0; i < n; i++)
		if (k[i].pairs > 0)
			k[kept++] = k[i];
	v->conditions = kept;
}

static void find_conditions(struct rep_verdict *v)
{
	const struct rep_run *r = v->run;

	v->condition = malloc((r->cells + 1) * sizeof(*v->condition));
	v->broken = !v->condition;
	for (size_t i = 0; !v->broken && i < r->cells; i++)
		if (can_take_part(r->cell[i]))
			v->condition[v->conditions++] =
				rep_condition_of(r->cell[i]);
	if (v->broken)
		return;
	qsort(v->condition, v->conditions, sizeof(*v->condition), by_order);
	thin_out(v);
}

/* --- comparisons ---------------------------------------------------------- */

static void compare(struct rep_verdict *v, enum rep_family family,
		    size_t condition, const struct rep_cell *a,
		    const struct rep_cell *b)
{
	if (v->comparisons == v->room) {
		size_t more = v->room ? 2 * v->room : 64;
		struct rep_comparison *larger =
			realloc(v->comparison, more * sizeof(*larger));

		v->broken = v->broken || !larger;
		if (!larger)
			return;
		v->comparison = larger;
		v->room = more;
	}
	v->comparison[v->comparisons++] = (struct rep_comparison){
		.family = family, .condition = condition, .a = a, .b = b
	};
}

/* The ring of the textbook, as plain as it is there. */
static bool is_semaphore_ring(const struct rep_cell *c)
{
	char word[32];

	return rep_is_ring(c) &&
	       same(rep_setting(c, "sync", word, sizeof(word), "sem"), "sem") &&
	       same(rep_setting(c, "buffers", word, sizeof(word), "slot"),
		    "slot");
}

static bool has_default_region(const struct rep_cell *c)
{
	char word[32];

	return same(rep_setting(c, "region", word, sizeof(word), "posix"),
		    "posix");
}

static bool is_rival(const struct rep_cell *c)
{
	return same(c->mechanism, "pipe") || same(c->mechanism, "fifo") ||
	       same(c->mechanism, "mq");
}

/* One for each condition: the first that is plainest. */
static const struct rep_cell *claimant(struct rep_cell *const *cell, size_t n)
{
	const struct rep_cell *found = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!is_semaphore_ring(cell[i]))
			continue;
		if (has_default_region(cell[i]))
			return cell[i];
		if (!found)
			found = cell[i];
	}
	return found;
}

static void compare_all(struct rep_verdict *v, size_t condition,
			struct rep_cell *const *cell, size_t n)
{
	const struct rep_cell *first = claimant(cell, n);

	for (size_t i = 0; first && i < n; i++)
		if (is_rival(cell[i]))
			compare(v, REP_CLAIM, condition, first, cell[i]);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n && rep_is_ring(cell[i]); j++) {
			/* two rings once, and nothing of the claim's again */
			if (i == j || (rep_is_ring(cell[j]) && j < i) ||
			    (cell[i] == first && is_rival(cell[j])))
				continue;
			compare(v, REP_ALL, condition, cell[i], cell[j]);
		}
	}
}

void rep_declare(struct rep_verdict *v, const struct rep_run *r)
{
	struct rep_cell **there = malloc((r->cells + 1) * sizeof(*there));

	*v = (struct rep_verdict){ .run = r, .broken = !there };
	if (there)
		find_conditions(v);
	for (size_t k = 0; k < v->conditions; k++) {
		size_t n = 0;

		for (size_t i = 0; i < r->cells; i++)
			if (can_take_part(r->cell[i]) &&
			    rep_takes_part(r->cell[i], &v->condition[k]))
				there[n++] = r->cell[i];
		compare_all(v, k, there, n);
	}
	free(there);
}

size_t rep_family_size(const struct rep_verdict *v, enum rep_family family)
{
	size_t n = 0;

	for (size_t i = 0; i < v->comparisons; i++)
		n += v->comparison[i].family == family;
	return n;
}

static json_t *family_json(const struct rep_verdict *v, enum rep_family family)
{
	size_t n = rep_family_size(v, family);

	return json_pack("{s:I, s:I}", "comparisons", (json_int_t)n,
			 "rounds_needed",
			 (json_int_t)stats_rounds_needed(n, v->run->alpha));
}

static json_t *claim_json(const struct rep_verdict *v)
{
	json_t *family = family_json(v, REP_CLAIM), *pairs = json_array();

	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];

		if (c->family == REP_CLAIM)
			json_array_append_new(
				pairs,
				json_pack("[s, s]", c->a->name, c->b->name));
	}
	json_object_set_new(family, "pairs", pairs);
	return family;
}

json_t *rep_hypotheses(json_t *manifest)
{
	struct err e = { 0 };
	struct rep_run r;
	struct rep_verdict v;
	json_t *all = NULL;

	if (rep_run_plan(&r, manifest, &e) == 0) {
		rep_declare(&v, &r);
		if (!v.broken)
			all = json_pack(
				"{s:o, s:o}", rep_family_names[REP_CLAIM],
				claim_json(&v), rep_family_names[REP_ALL],
				family_json(&v, REP_ALL));
		rep_verdict_free(&v);
	}
	rep_run_free(&r);
	return all;
}
