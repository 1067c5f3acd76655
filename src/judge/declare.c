/* The comparisons that a plan asks for. They follow from its cells alone. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "judge/judge.h"
#include "run/name.h"

const char *const rep_family_names[] = {
	[REP_CLAIM] = "claim",
	[REP_ALL] = "all",
	NULL,
};

/* --- conditions ----------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

bool rep_can_take_part(const struct run_cell *c)
{
	return !c->skipped && !run_is_control(c);
}

/*
 * True if `b` names a depth or a wait that `a` leaves open ("-"), and leaves
 * nothing open that `a` names. The cells without such a setting take part in
 * `b`, too, so `a` is not needed.
 */
static bool says_more(const struct run_condition *b,
		      const struct run_condition *a)
{
	if (!run_same_place(a, b) || !run_fits(a->depth, b->depth) ||
	    !run_fits(a->wait, b->wait))
		return false;
	return (same(a->depth, "-") && !same(b->depth, "-") &&
		(same(a->wait, "-") || !same(b->wait, "-"))) ||
	       (same(a->wait, "-") && !same(b->wait, "-") &&
		(same(a->depth, "-") || !same(b->depth, "-")));
}

/*
 * Sorts the conditions, and removes duplicates and the conditions that another
 * condition covers.
 */
static void thin_out(struct rep_verdict *v)
{
	struct run_condition *k = v->condition;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < v->conditions; i++)
		if (i == 0 || run_condition_order(&k[i], &k[i - 1]) != 0)
			k[n++] = k[i];
	/*
	 * 0 pairs mark a condition that is to be removed. Such a k[j] covers no
	 * k[i] any more, but the condition that covers k[j] does.
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
	const struct run *r = v->run;

	v->condition = malloc((r->cells + 1) * sizeof(*v->condition));
	v->broken = !v->condition;
	for (size_t i = 0; !v->broken && i < r->cells; i++)
		if (rep_can_take_part(r->cell[i]))
			v->condition[v->conditions++] =
				run_condition_of(r->cell[i]);
	if (v->broken)
		return;
	qsort(v->condition, v->conditions, sizeof(*v->condition),
	      run_condition_order);
	thin_out(v);
}

/* --- comparisons ---------------------------------------------------------- */

static void declare_comparison(struct rep_verdict *v, enum rep_family family,
			       size_t condition, const struct run_cell *a,
			       const struct run_cell *b)
{
	struct rep_comparison *larger = array_grow(
		v->comparison, v->comparisons, &v->room, sizeof(*larger));

	v->broken = v->broken || !larger;
	if (!larger)
		return;
	v->comparison = larger;
	v->comparison[v->comparisons++] = (struct rep_comparison){
		.family = family, .condition = condition, .a = a, .b = b
	};
}

/* The plain ring of the textbook: semaphores, and messages in the slots. */
static bool is_semaphore_ring(const struct run_cell *c)
{
	char word[32];

	return run_is_ring(c) &&
	       same(run_setting(c, "sync", word, sizeof(word), "sem"), "sem") &&
	       same(run_setting(c, "buffers", word, sizeof(word), "slot"),
		    "slot");
}

static bool has_default_region(const struct run_cell *c)
{
	char word[32];

	return same(run_setting(c, "region", word, sizeof(word), "posix"),
		    "posix");
}

static bool is_rival(const struct run_cell *c)
{
	return c->is.claim == TR_CLAIM_RIVAL;
}

/* The claim's ring: a semaphore ring, with the default region if possible. */
static const struct run_cell *claimant(struct run_cell *const *cell, size_t n)
{
	const struct run_cell *found = NULL;

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

static void declare_against_all(struct rep_verdict *v, size_t condition,
				struct run_cell *const *cell, size_t n)
{
	const struct run_cell *first = claimant(cell, n);

	for (size_t i = 0; first && i < n; i++)
		if (is_rival(cell[i]))
			declare_comparison(v, REP_CLAIM, condition, first,
					   cell[i]);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n && run_is_ring(cell[i]); j++) {
			/*
			 * compare two rings only once, and do not repeat the
			 * pairs of the claim
			 */
			if (i == j || (run_is_ring(cell[j]) && j < i) ||
			    (cell[i] == first && is_rival(cell[j])))
				continue;
			declare_comparison(v, REP_ALL, condition, cell[i],
					   cell[j]);
		}
	}
}

/* --- twins, which show whether the statistics are right ------------------- */

static bool is_twin(const struct run_cell *c)
{
	return run_name_lag(c->name) || run_name_twin(c->name);
}

static bool has_twins(const struct run *r)
{
	for (size_t i = 0; i < r->cells; i++)
		if (is_twin(r->cell[i]))
			return true;
	return false;
}

static bool is_twin_of(const struct run_cell *c, const struct run_cell *first)
{
	size_t n = run_name_base(c->name);

	return is_twin(c) && !is_twin(first) &&
	       n == run_name_base(first->name) &&
	       !strncmp(c->name, first->name, n);
}

/* A run with twins asks only whether each twin differs from its original. */
static void compare_twins(struct rep_verdict *v, size_t condition,
			  struct run_cell *const *cell, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (is_twin_of(cell[i], cell[j]))
				declare_comparison(v, REP_ALL, condition,
						   cell[i], cell[j]);
}

void rep_declare(struct rep_verdict *v, const struct run *r)
{
	bool twins = has_twins(r);
	struct run_cell **there = malloc((r->cells + 1) * sizeof(*there));

	*v = (struct rep_verdict){ .run = r, .broken = !there };
	if (there)
		find_conditions(v);
	for (size_t k = 0; k < v->conditions; k++) {
		size_t n = 0;

		for (size_t i = 0; i < r->cells; i++)
			if (rep_can_take_part(r->cell[i]) &&
			    run_takes_part(r->cell[i], &v->condition[k]))
				there[n++] = r->cell[i];
		if (twins)
			compare_twins(v, k, there, n);
		else
			declare_against_all(v, k, there, n);
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

size_t rep_generations_needed(const struct rep_verdict *v, size_t comparisons)
{
	return stats_sequence_least(
		v->run->alpha / (2.0 * (double)(comparisons + !comparisons)));
}

static json_t *family_json(const struct rep_verdict *v, enum rep_family family)
{
	size_t n = rep_family_size(v, family);

	return json_pack("{s:I, s:I}", "comparisons", (json_int_t)n,
			 "generations_needed",
			 (json_int_t)rep_generations_needed(v, n));
}

static json_t *claim_family_json(const struct rep_verdict *v)
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

json_t *rep_hypotheses(const struct rep_verdict *v)
{
	if (v->broken)
		return NULL;
	return json_pack("{s:o, s:o}", rep_family_names[REP_CLAIM],
			 claim_family_json(v), rep_family_names[REP_ALL],
			 family_json(v, REP_ALL));
}
