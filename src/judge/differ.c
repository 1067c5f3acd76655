/* The differences between the manifests of two runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "judge/compare.h"

/* Keys that tell machines apart, unless same_boot() is true. */
static const char *const identity[] = {
	"machine.architecture",
	"machine.cpu",
	"machine.cpus",
	"machine.host",
	"machine.memory_bytes",
	"machine.virtual.product",
	"machine.virtual.vendor",
	"machine.virtual.hypervisor",
	NULL,
};

/* Keys that may differ between any two runs, or that are reported elsewhere. */
static const char *const expected[] = { "machine.boot_id",
					"machine.cgroup.path",
					"machine.file_system.free_bytes",
					"plan.json", NULL };

static bool is_among(const char *word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

/*
 * A value for people: a string without quotes, "unknown" for null or a missing
 * value, anything else as JSON.
 */
static char *text_of_value(const json_t *v)
{
	if (!v || json_is_null(v))
		return strdup("unknown");
	if (json_is_string(v))
		return strdup(json_string_value(v));
	return json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS |
				     JSON_REAL_PRECISION(9));
}

static void note(struct rep_compare *c, const char *what, const json_t *a,
		 const json_t *b)
{
	struct rep_difference *d;

	if (!array_reach(&c->difference, &c->differences, c->differences + 1,
			 sizeof(*d))) {
		c->broken = true;
		return;
	}
	d = &c->difference[c->differences - 1];
	*d = (struct rep_difference){
		.what = strdup(what),
		.a = text_of_value(a),
		.b = text_of_value(b),
		.identity = is_among(what, identity),
	};
	c->broken = c->broken || !d->what || !d->a || !d->b;
}

static bool values_alike(const json_t *a, const json_t *b)
{
	bool no_a = !a || json_is_null(a), no_b = !b || json_is_null(b);

	return (no_a && no_b) || json_equal(a, b);
}

static void differ(struct rep_compare *c, const char *what, json_t *a,
		   json_t *b);

static void differ_inside(struct rep_compare *c, const char *what, json_t *a,
			  json_t *b)
{
	json_t *keys = json_object();
	const char *key;
	json_t *unused;
	char *inner;

	/* the keys of both objects, each key only once */
	if (!keys || json_object_update(keys, a) < 0 ||
	    json_object_update(keys, b) < 0)
		c->broken = true;
	json_object_foreach(keys, key, unused)
	{
		if (asprintf(&inner, "%s.%s", what, key) < 0) {
			c->broken = true;
			break;
		}
		differ(c, inner, json_object_get(a, key),
		       json_object_get(b, key));
		free(inner);
	}
	json_decref(keys);
}

static void differ(struct rep_compare *c, const char *what, json_t *a,
		   json_t *b)
{
	if (values_alike(a, b) || is_among(what, expected))
		return;
	if (json_is_object(a) && json_is_object(b))
		differ_inside(c, what, a, b);
	else
		note(c, what, a, b);
}

void rep_compare_init(struct rep_compare *c, const struct run *a,
		      const struct run *b, double gate)
{
	static const char *const parts[] = { "machine", "program", "plan",
					     NULL };

	*c = (struct rep_compare){ .a = a, .b = b, .gate = gate };
	for (int i = 0; parts[i]; i++)
		differ(c, parts[i], json_object_get(a->manifest, parts[i]),
		       json_object_get(b->manifest, parts[i]));
}

/*
 * True if both runs were made during one boot, and therefore on one machine.
 * The name of that machine may differ even so, since each container may have
 * its own name for it.
 */
static bool same_boot(const struct rep_compare *c)
{
	const json_t *a = json_object_get(
		json_object_get(c->a->manifest, "machine"), "boot_id");
	const json_t *b = json_object_get(
		json_object_get(c->b->manifest, "machine"), "boot_id");

	return json_is_string(a) && json_equal(a, b);
}

bool rep_other_machine(const struct rep_compare *c)
{
	for (size_t i = 0; i < c->differences; i++)
		if (c->difference[i].identity)
			return !same_boot(c);
	return false;
}

void rep_compare_free(struct rep_compare *c)
{
	for (size_t i = 0; i < c->differences; i++) {
		free(c->difference[i].what);
		free(c->difference[i].a);
		free(c->difference[i].b);
	}
	free(c->difference);
	free(c->pair);
	free(c->only_a);
	free(c->only_b);
	*c = (struct rep_compare){ 0 };
}
