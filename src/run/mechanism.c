/*
 * The facts about the mechanisms of a run. They are stored in the run, since
 * the program that measured the run may know other mechanisms than this
 * program.
 */
#include <limits.h>
#include <string.h>

#include "run/run.h"

int run_word(const json_t *from, const char *key, const char *const *words,
	     int none)
{
	const char *text = json_string_value(json_object_get(from, key));

	for (int i = 0; text && words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	return none;
}

/* The facts that this program knows, for runs that do not store them. */
static struct run_mechanism from_table(const struct transport *ops)
{
	if (!ops)
		return (struct run_mechanism){ .nth = 0 };
	return (struct run_mechanism){
		.control = ops->kind == TR_CONTROL,
		.carries_nothing = ops->carries_nothing,
		.family = ops->family,
		.nth = tr_nth_of_family(ops),
		.claim = ops->claim,
	};
}

/*
 * The mechanism's number in its family. If the run does not store the number,
 * the result is one that no mechanism has. Then the mechanism does not get the
 * marker of another mechanism.
 */
static int nth_of(const json_t *from)
{
	const json_t *stored = json_object_get(from, "nth_of_family");
	json_int_t n =
		json_is_integer(stored) ? json_integer_value(stored) : -1;

	return n >= 0 && n < INT_MAX ? (int)n : INT_MAX;
}

struct run_mechanism run_mechanism(const json_t *manifest, const char *name)
{
	const json_t *all = json_object_get(manifest, "mechanisms");
	const json_t *from = json_object_get(all, name);

	if (!from)
		return from_table(tr_find(name));
	return (struct run_mechanism){
		.control =
			run_word(from, "kind", tr_kind_names, 0) == TR_CONTROL,
		.carries_nothing =
			json_is_true(json_object_get(from, "carries_nothing")),
		.family = (enum tr_family)run_word(from, "family",
						   tr_family_names, 0),
		.nth = nth_of(from),
		.claim = (enum tr_claim)run_word(from, "claim", tr_claim_names,
						 0),
	};
}

void run_know_mechanisms(struct run *r)
{
	for (size_t i = 0; i < r->cells; i++)
		r->cell[i]->is =
			run_mechanism(r->manifest, r->cell[i]->mechanism);
}

bool run_is_control(const struct run_cell *c)
{
	return c->is.control || c->is.carries_nothing || run_is_dosed(c);
}

bool run_is_dosed(const struct run_cell *c)
{
	return *c->dose != '\0';
}

bool run_has_doses(const struct run *r)
{
	for (size_t i = 0; i < r->cells; i++)
		if (run_is_dosed(r->cell[i]))
			return true;
	return false;
}

bool run_is_ring(const struct run_cell *c)
{
	return c->is.claim == TR_CLAIM_RING;
}
