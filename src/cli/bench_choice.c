/* Options of bench that replace keys of a plan. */
#include "cli/bench_choice.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/put_file.h"

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
			return err_say(
				e, EINVAL,
				"--%s '%.60s' is not allowed; its value is a "
				"list of words with commas between them",
				o->name, value);
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
