/* Takes facts from manifests; finds those that differ as the answers do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "fleet/fleet.h"

/* Facts that may differ between any two machines, or are reported elsewhere. */
static const char *const left_out[] = {
	"host",     "boot_id",   "cgroup.path", "file_system.free_bytes",
	"topology", "hugepages", NULL,
};

static bool is_left_out(const char *name)
{
	for (int i = 0; left_out[i]; i++)
		if (!strcmp(left_out[i], name))
			return true;
	return false;
}

/* --- taken from a manifest ------------------------------------------------ */

static int fact_number(struct fleet *f, const char *name)
{
	if (f->next_fact < f->facts &&
	    !strcmp(f->fact[f->next_fact].name, name))
		return (int)f->next_fact++;
	for (size_t i = 0; i < f->facts; i++)
		if (!strcmp(f->fact[i].name, name)) {
			f->next_fact = i + 1;
			return (int)i;
		}
	if (!array_reach(&f->fact, &f->facts, f->facts + 1, sizeof(*f->fact)))
		return -1;
	f->next_fact = f->facts;
	f->fact[f->facts - 1].name = strdup(name);
	return f->fact[f->facts - 1].name ? (int)f->facts - 1 : -1;
}

static void take_fact(struct fleet *f, struct fleet_host *h, const char *name,
		      const char *value)
{
	int n = fact_number(f, name);
	size_t before = h->facts;

	if (n < 0 || !array_reach(&h->fact, &h->facts, (size_t)n + 1,
				  sizeof(*h->fact))) {
		f->broken = true;
		return;
	}
	for (size_t i = before; i < h->facts; i++)
		h->fact[i] = -1;
	h->fact[n] = fleet_name(&f->fact[n].value, value);
	f->broken = f->broken || h->fact[n] < 0;
}

static void take_value(struct fleet *f, struct fleet_host *h, const char *name,
		       const json_t *value)
{
	char *text;

	if (json_is_null(value) || is_left_out(name))
		return;
	if (json_is_string(value)) {
		take_fact(f, h, name, json_string_value(value));
		return;
	}
	text = json_dumps(value,
			  JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	if (text)
		take_fact(f, h, name, text);
	else
		f->broken = true;
	free(text);
}

static void take_group(struct fleet *f, struct fleet_host *h, const char *group,
		       const json_t *values)
{
	const char *key;
	json_t *value;
	char *name;

	if (is_left_out(group))
		return;
	json_object_foreach((json_t *)values, key, value)
	{
		if (asprintf(&name, "%s.%s", group, key) < 0) {
			f->broken = true;
			return;
		}
		take_value(f, h, name, value);
		free(name);
	}
}

void fleet_take_facts(struct fleet *f, struct fleet_host *h,
		      const json_t *manifest)
{
	static const char *const of_program[] = { "compiler", "cflags",
						  "libraries" };
	json_t *program = json_object_get(manifest, "program");
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(manifest, "machine"), key, value)
	{
		if (json_is_object(value))
			take_group(f, h, key, value);
		else
			take_value(f, h, key, value);
	}
	for (size_t i = 0; i < sizeof(of_program) / sizeof(*of_program); i++) {
		value = json_object_get(program, of_program[i]);
		if (value)
			take_value(f, h, of_program[i], value);
	}
}

/* --- and compared with a difference --------------------------------------- */

/*
 * For each value of a fact, finds the most common answer among the hosts with
 * this value. Returns how many hosts have another answer or lack the fact.
 */
static size_t exceptions(const struct fleet *f, const struct fleet_condition *c,
			 size_t fact, size_t *of, size_t *values)
{
	size_t n = f->fact[fact].value.names, agree = 0;

	memset(of, 0, n * c->answers * sizeof(*of));
	for (size_t i = 0; i < f->hosts; i++) {
		int value = fleet_fact_of(f, i, fact);

		if (value >= 0 && c->of_host[i] >= 0)
			of[(size_t)value * c->answers +
			   (size_t)c->of_host[i]]++;
	}
	*values = 0;
	for (size_t v = 0; v < n; v++) {
		size_t most = 0;

		for (size_t a = 0; a < c->answers; a++)
			if (of[v * c->answers + a] > most)
				most = of[v * c->answers + a];
		agree += most;
		*values += most > 0;
	}
	return c->measured - agree;
}

/*
 * A fact that has another value on almost every host would go with any
 * difference. Therefore only a fact with few values counts. Between two hosts,
 * each fact that differs goes with their difference.
 */
static bool may_go_with(const struct fleet_condition *c, size_t values)
{
	size_t most = c->measured / 2;

	return values > 1 && (values <= most || values <= c->answers);
}

static bool add_tie(struct fleet_difference *d, size_t fact, size_t n)
{
	if (!array_reach(&d->tie, &d->ties, d->ties + 1, sizeof(*d->tie)))
		return false;
	d->tie[d->ties - 1] =
		(struct fleet_tie){ .fact = fact, .exceptions = n };
	return true;
}

static int fewer_first(const void *a, const void *b)
{
	const struct fleet_tie *x = a, *y = b;

	if (x->exceptions != y->exceptions)
		return x->exceptions < y->exceptions ? -1 : 1;
	return x->fact < y->fact ? -1 : x->fact > y->fact;
}

/*
 * Finds the facts that go with a difference. The exceptions may be at most a
 * quarter of the hosts that do not have the most common answer.
 */
static bool find_ties(const struct fleet *f, struct fleet_difference *d,
		      size_t *of)
{
	const struct fleet_condition *c = &f->condition[d->condition[0]];
	size_t rest = c->measured - c->answer[0].hosts;

	for (size_t i = 0; i < f->facts; i++) {
		size_t values, n;

		if (f->fact[i].value.names < 2)
			continue;
		n = exceptions(f, c, i, of, &values);
		if (may_go_with(c, values) && n <= rest / 4 &&
		    !add_tie(d, i, n))
			return false;
	}
	if (d->ties > 0)
		qsort(d->tie, d->ties, sizeof(*d->tie), fewer_first);
	return true;
}

/* True if two conditions split the hosts into the same groups, in one order. */
static bool part_alike(const struct fleet *f, const struct fleet_condition *a,
		       const struct fleet_condition *b)
{
	if (a->answers != b->answers || a->measured != b->measured)
		return false;
	for (size_t i = 0; i < f->hosts; i++)
		if (a->of_host[i] != b->of_host[i])
			return false;
	return true;
}

static bool add_condition(struct fleet *f, size_t k)
{
	struct fleet_difference *d = NULL;

	for (size_t i = 0; !d && i < f->differences; i++)
		if (part_alike(f, &f->condition[f->difference[i].condition[0]],
			       &f->condition[k]))
			d = &f->difference[i];
	if (!d) {
		if (!array_reach(&f->difference, &f->differences,
				 f->differences + 1, sizeof(*d)))
			return false;
		d = &f->difference[f->differences - 1];
	}
	if (!array_reach(&d->condition, &d->conditions, d->conditions + 1,
			 sizeof(*d->condition)))
		return false;
	d->condition[d->conditions - 1] = k;
	return true;
}

static int wider_first(const void *a, const void *b)
{
	const struct fleet_difference *x = a, *y = b;

	if (x->conditions != y->conditions)
		return x->conditions > y->conditions ? -1 : 1;
	return x->condition[0] < y->condition[0] ? -1 : 1;
}

/*
 * Room for a tally of the fact with the most values under the condition with
 * the most answers.
 */
static size_t *new_tally(const struct fleet *f)
{
	size_t values = 1, answers = 1;

	for (size_t i = 0; i < f->facts; i++)
		if (f->fact[i].value.names > values)
			values = f->fact[i].value.names;
	for (size_t k = 0; k < f->conditions; k++)
		if (f->condition[k].answers > answers)
			answers = f->condition[k].answers;
	return calloc(values * answers, sizeof(size_t));
}

void fleet_find_ties(struct fleet *f)
{
	size_t *of = new_tally(f);

	f->broken = f->broken || !of;
	for (size_t k = 0; !f->broken && k < f->conditions; k++)
		if (f->condition[k].agreement == FLEET_DIFFER &&
		    !add_condition(f, k))
			f->broken = true;
	for (size_t i = 0; !f->broken && i < f->differences; i++)
		if (!find_ties(f, &f->difference[i], of))
			f->broken = true;
	if (f->differences > 0)
		qsort(f->difference, f->differences, sizeof(*f->difference),
		      wider_first);
	free(of);
}
