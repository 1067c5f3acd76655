/* Takes good JSON and spoils it as a script says. */
#include <math.h>

#include "fuzz_twist.h"

#define MANY       3000
#define DEPTH_MOST 2040 /* jansson writes nothing deeper */

/* A value and its place in an array or object. */
struct twig {
	json_t *parent;
	size_t index;
	const char *key;
	json_t *value; /* borrowed */
};

static size_t children(const json_t *of)
{
	return json_is_object(of) ? json_object_size(of) : json_array_size(of);
}

static void go_down(struct twig *at, size_t n)
{
	json_t *of = at->value;
	void *i;

	*at = (struct twig){ .parent = of, .index = n };
	if (json_is_array(of)) {
		at->value = json_array_get(of, n);
		return;
	}
	i = json_object_iter(of);
	while (n-- > 0)
		i = json_object_iter_next(of, i);
	at->key = json_object_iter_key(i);
	at->value = json_object_iter_value(i);
}

static struct twig pick(json_t *top, struct script *s)
{
	struct twig at = { .value = top };

	while (children(at.value) > 0) {
		if (at.parent && script_u8(s) % 8 == 0)
			break;
		go_down(&at, script_u(s, 2) % children(at.value));
	}
	return at;
}

static json_t *deep(size_t depth, bool objects)
{
	json_t *top = json_integer(1);

	for (; depth > 0; depth--)
		top = objects ? json_pack("{s:o}", "a", top)
			      : json_pack("[o]", top);
	return top;
}

/* Makes fewer copies of a large value, since the tree would grow too fast. */
static json_t *many(json_t *of, size_t n)
{
	json_t *list = json_array();

	if (children(of) > 0)
		n %= 8;
	while (n-- > 0)
		json_array_append(list, of);
	return list;
}

static json_t *odd_number(struct script *s, const json_t *was)
{
	double value = json_number_value(was);

	switch (script_u8(s) % 6) {
	case 0:
		return json_integer((json_int_t)script_odd(s, 0));
	case 1:
		return json_integer((json_int_t)script_odd(
			s, (uint64_t)(int64_t)fmod(value, 1e18)));
	case 2:
		return json_real(-value);
	case 3:
		return json_real(1e308);
	case 4:
		return json_real(1e-308);
	default:
		return json_real(value * ldexp(1, (int)script_u8(s) - 128));
	}
}

static json_t *odd_value(struct script *s, json_t *was, json_t *top)
{
	json_t *value;

	switch (script_u8(s) % 12) {
	case 0:
		return json_null();
	case 1:
		return json_boolean(script_u8(s) & 1);
	case 2:
	case 3:
		value = odd_number(s, was);
		return value ? value : json_null();
	case 4:
	case 5:
	case 6:
		value = json_string(twist_odd_text(s));
		return value ? value : json_string("?");
	case 7:
		return json_array();
	case 8:
		return json_object();
	case 9:
		return deep(script_u(s, 2) % DEPTH_MOST, script_u8(s) & 1);
	case 10:
		return many(was, script_u(s, 2) % MANY);
	default:
		return json_deep_copy(pick(top, s).value);
	}
}

static void drop(const struct twig *at)
{
	if (at->key)
		json_object_del(at->parent, at->key);
	else
		json_array_remove(at->parent, at->index);
}

static void put(const struct twig *at, json_t *value)
{
	if (at->key)
		json_object_set_new(at->parent, at->key, value);
	else
		json_array_set_new(at->parent, at->index, value);
}

void twist_json(json_t **top, struct script *s)
{
	struct twig at = pick(*top, s);
	uint8_t how = script_u8(s);
	json_t *value;

	if (at.parent && how % 8 == 7) {
		drop(&at);
		return;
	}
	/* a copy, since the tree must not contain itself */
	value = json_deep_copy(at.value);
	if (at.parent && json_is_array(at.parent) && how % 8 == 6) {
		json_array_insert_new(at.parent, at.index, value);
		return;
	}
	at.value = value;
	if (at.parent) {
		put(&at, odd_value(s, value, *top));
	} else {
		json_t *was = *top;

		*top = odd_value(s, value, was);
		json_decref(was);
	}
	json_decref(value);
}
