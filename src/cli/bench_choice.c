/* Options of bench that replace keys of a plan. */
#include "cli/bench_choice.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/put_file.h"
#include "transport/transport.h"

/* Names of options, each with the key of a plan's grid that the option sets. */
static const char *const grid_keys[][2] = {
	{ "size", "sizes" },
	{ "workload", "workloads" },
	{ "sink", "sinks" },
	{ "cache", "caches" },
	{ "depth", "depths" },
	{ "wait", "waits" },
	{ "place", "places" },
	{ "pairs", "pairs" },
	{ "transfer", "transfer" },
	{ "extra-copies", "extra_copies" },
	{ "extra-kernel-copies", "extra_kernel_copies" },
	{ "extra-calls", "extra_calls" },
	{ "extra-wakes", "extra_wakes" },
	{ "extra-pages", "extra_pages" },
	{ "extra-far-copies", "extra_far_copies" },
	{ "extra-passes", "extra_passes" },
	{ "extra-contents", "extra_contents" },
	{ "extra-crossings", "extra_crossings" },
	{ NULL, NULL },
};

void choice_begin(struct meas_choice *c)
{
	c->plan = json_object();
	c->grid = json_object();
}

void choice_free(struct meas_choice *c)
{
	json_decref(c->plan);
	json_decref(c->grid);
	*c = (struct meas_choice){ 0 };
}

bool choice_is_plan(const struct meas_choice *c)
{
	return json_object_get(c->grid, "mechanisms") != NULL;
}

static const char *key_of(const char *option)
{
	for (int i = 0; grid_keys[i][0]; i++)
		if (!strcmp(grid_keys[i][0], option))
			return grid_keys[i][1];
	return option;
}

int choice_via(const struct opt *o, const char *value, void *field,
	       struct err *e)
{
	struct meas_choice *c = field;
	json_t *list = json_object_get(c->grid, "mechanisms");

	(void)o;
	(void)e;
	if (!list) {
		list = json_array();
		json_object_set_new(c->grid, "mechanisms", list);
	}
	json_array_append_new(list, json_string(value));
	return 0;
}

/* A word as JSON: a number if it is all digits, else a text. */
static json_t *word_json(const char *word, size_t len)
{
	char text[64];
	size_t digits = 0;

	while (digits < len && isdigit((unsigned char)word[digits]))
		digits++;
	if (digits == 0 || digits < len || len >= sizeof(text))
		return json_stringn(word, len);
	memcpy(text, word, len);
	text[len] = '\0';
	return json_integer(strtoll(text, NULL, 10));
}

int choice_words(const struct opt *o, const char *value, void *field,
		 struct err *e)
{
	struct meas_choice *c = field;
	json_t *list = json_array();

	for (const char *at = value;; at++) {
		size_t len = strcspn(at, ",");

		if (len == 0) {
			json_decref(list);
			return opt_refuse(o, value,
					  "a list of values with commas "
					  "between them, none of them empty",
					  e);
		}
		json_array_append_new(list, word_json(at, len));
		at += len;
		if (!*at)
			break;
	}
	json_object_set_new(c->grid, key_of(o->name), list);
	return 0;
}

int choice_cpus(const struct opt *o, const char *value, void *field,
		struct err *e)
{
	struct meas_choice *c = field;

	(void)e;
	json_object_set_new(c->grid, o->name, json_string(value));
	return 0;
}

int choice_text(const struct opt *o, const char *value, void *field,
		struct err *e)
{
	struct meas_choice *c = field;

	(void)e;
	json_object_set_new(c->plan, o->name, word_json(value, strlen(value)));
	return 0;
}

/* --- conditions that are typed as settings of a mechanism ----------------- */

/*
 * Takes the setting `name` out of `via`, such as "shm:sync=sem,depth=32", and
 * puts its value into `value`. False: the setting is not there.
 */
static bool cut_setting(char *via, const char *name, char *value, size_t size)
{
	size_t len = strlen(name), end;
	char *at = strchr(via, ':');

	for (; at; at = strchr(at + 1, ',')) {
		if (strncmp(at + 1, name, len) || at[1 + len] != '=')
			continue;
		end = 1 + strcspn(at + 1, ",");
		snprintf(value, size, "%.*s", (int)(end - len - 2),
			 at + len + 2);
		/* the colon stays if another setting follows */
		if (*at == ':' && at[end])
			memmove(at + 1, at + end + 1, strlen(at + end));
		else
			memmove(at, at + end, strlen(at + end) + 1);
		return true;
	}
	return false;
}

static bool is_spec(const char *via)
{
	struct err ignored = { 0 };
	struct tr_spec spec;

	return tr_spec_parse(via, &spec, &ignored) == 0;
}

/*
 * As cut_setting, for a mechanism of the grid: `via` becomes the text of the
 * mechanism without the setting. False: the mechanism has no such setting, or
 * the text does not name a mechanism.
 */
static bool cut_from(const json_t *mechanism, const char *name,
		     char via[TR_SPEC_MAX], char value[TR_SPEC_MAX])
{
	snprintf(via, TR_SPEC_MAX, "%s", json_string_value(mechanism));
	return is_spec(via) && cut_setting(via, name, value, TR_SPEC_MAX);
}

/* Takes the setting `name` out of all mechanisms, and makes it an option. */
static void move_setting(struct meas_choice *c, const char *name,
			 const char *value)
{
	json_t *list = json_object_get(c->grid, "mechanisms"), *one;
	char via[TR_SPEC_MAX], same[TR_SPEC_MAX];
	size_t i;

	json_array_foreach(list, i, one)
	{
		cut_from(one, name, via, same);
		json_array_set_new(list, i, json_string(via));
	}
	list = json_array();
	json_array_append_new(list, word_json(value, strlen(value)));
	json_object_set_new(c->grid, key_of(name), list);
}

static size_t mechanisms(const struct meas_choice *c)
{
	return json_array_size(json_object_get(c->grid, "mechanisms"));
}

/* True if the key of the grid is a list with this word alone. */
static bool is_word(const struct meas_choice *c, const char *key,
		    const char *word)
{
	const json_t *list = json_object_get(c->grid, key);
	const char *text = json_string_value(json_array_get(list, 0));

	return json_array_size(list) == 1 && text && !strcmp(text, word);
}

/*
 * The number of mechanisms that have the setting `name`. `via` and `value` get
 * the first of them without the setting, and its value; `same` gets whether all
 * values are equal.
 */
static size_t find_setting(const struct meas_choice *c, const char *name,
			   char via[TR_SPEC_MAX], char value[TR_SPEC_MAX],
			   bool *same)
{
	json_t *list = json_object_get(c->grid, "mechanisms"), *one;
	char other_via[TR_SPEC_MAX], other[TR_SPEC_MAX];
	size_t i, n = 0;

	*same = true;
	json_array_foreach(list, i, one)
	{
		if (!cut_from(one, name, other_via, other))
			continue;
		if (n++ > 0) {
			*same = *same && !strcmp(other, value);
			continue;
		}
		memcpy(via, other_via, TR_SPEC_MAX);
		memcpy(value, other, TR_SPEC_MAX);
	}
	return n;
}

/*
 * If all mechanisms have the setting `name` with the same value, the setting
 * becomes the option `option`. If only some mechanisms have it, or if values
 * differ, the option becomes "own": each mechanism keeps its setting. But the
 * size must be the same for all mechanisms. A setting beside an option with
 * another value than "own" is refused.
 */
static int settle_setting(struct meas_choice *c, const char *name,
			  const char *option, struct err *e)
{
	char via[TR_SPEC_MAX] = "", value[TR_SPEC_MAX] = "";
	const char *key = key_of(option);
	bool given = json_object_get(c->grid, key) != NULL, same;
	bool is_size = !strcmp(name, "size");
	size_t n = find_setting(c, name, via, value, &same);

	if (n == 0 || (!is_size && is_word(c, key, "own")))
		return 0;
	if (is_size && (given || !same || n < mechanisms(c)))
		return err_say(e, EINVAL,
			       "the size must be the same for all mechanisms; "
			       "give it once, as an option: --via %.100s "
			       "--size %.40s",
			       via, value);
	if (given)
		return err_say(e, EINVAL,
			       "--%s is for all mechanisms, but --via %.60s "
			       "has a setting %s of its own; leave out --%s or "
			       "the setting",
			       option, via, name, option);
	if (same && n == mechanisms(c) && !strcmp(name, option))
		move_setting(c, name, value);
	else
		json_object_set_new(c->grid, key, json_pack("[s]", "own"));
	return 0;
}

int choice_settle(struct meas_choice *c, const char *plan, struct err *e)
{
	/* a capacity is first, since its mechanisms have no setting depth */
	static const char *const names[][2] = { { "size", "size" },
						{ "capacity", "depth" },
						{ "depth", "depth" },
						{ "wait", "wait" } };
	int rc = 0;

	for (size_t i = 0; i < 4 && rc == 0; i++)
		rc = settle_setting(c, names[i][0], names[i][1], e);
	if (rc == 0 && !plan && choice_is_plan(c) &&
	    !json_object_get(c->grid, "sizes"))
		return err_say(e, EINVAL,
			       "--size is missing; give the size of a message, "
			       "such as --size 64K");
	return rc;
}

/*
 * If the text at `at` begins with a key of the plan, and the key's option was
 * given, puts the name of the option in place of the key.
 */
static void name_option(const struct meas_choice *c, char *text, size_t size,
			char *at)
{
	size_t len = strcspn(at, ": ");
	char key[40], rest[sizeof(((struct err *)0)->text)];
	const char *option = key;

	snprintf(key, sizeof(key), "%.*s", (int)len, at);
	if (!json_object_get(c->grid, key) && !json_object_get(c->plan, key))
		return;
	for (int i = 0; grid_keys[i][0]; i++)
		if (!strcmp(grid_keys[i][1], key))
			option = grid_keys[i][0];
	/* "places: 'x' is not known" becomes "--place 'x' is not known" */
	if (!strncmp(at + len, ": '", 3))
		len++;
	snprintf(rest, sizeof(rest), "%s", at + len);
	snprintf(at, size - (size_t)(at - text), "--%s%s", option, rest);
}

void choice_name_options(const struct meas_choice *c, struct err *e)
{
	static const char leave[] = "leave out ";
	char *at = strstr(e->text, leave);

	if (at)
		name_option(c, e->text, sizeof(e->text),
			    at + sizeof(leave) - 1);
	name_option(c, e->text, sizeof(e->text), e->text);
}

int choice_save(const struct meas_plan *plan, const char *path, struct err *e)
{
	char *text = json_dumps(plan->json, JSON_INDENT(1));
	int rc;

	if (!text)
		return err_say(e, ENOMEM, "out of memory");
	rc = put_file(path, text, strlen(text), e);
	free(text);
	return rc;
}
