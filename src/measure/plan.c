/* Plans: JSON read key by key, refused with the line of what is wrong. */
#include "measure/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/words.h"
#include "measure/find.h"
#include "measure/json_line.h"
#include "measure/plan_read.h"

const char *const meas_workload_names[] = { "file", "stream", "pingpong",
					    NULL };
const char *const meas_sink_names[] = { "new", "over", "null", "-", NULL };
const char *const meas_cache_names[] = { "hot", "cold", NULL };
const char *const meas_place_names[] = { "core", "smt", "same", "free", NULL };

/* What a plan may ask for: "-" is no sink that anybody can want. */
static const char *const sink_words[] = { "new", "over", "null", NULL };

/* --- where one is --------------------------------------------------------- */

int plan_refuse(const struct plan_reader *r, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_say(r->e, EINVAL, "%s:%d: %s", r->origin,
		       json_line(r->text, r->path), text);
}

size_t plan_enter(struct plan_reader *r, const char *key)
{
	size_t where = strlen(r->path);

	snprintf(r->path + where, sizeof(r->path) - where, "%s%.60s",
		 where ? "." : "", key);
	return where;
}

size_t plan_enter_at(struct plan_reader *r, size_t index)
{
	size_t where = strlen(r->path);

	snprintf(r->path + where, sizeof(r->path) - where, "[%zu]", index);
	return where;
}

void plan_leave(struct plan_reader *r, size_t where)
{
	r->path[where] = '\0';
}

/* --- values --------------------------------------------------------------- */

struct key;

/* Puts the value at the reader's place into `to`. 0 or -EINVAL. */
typedef int key_take(struct plan_reader *r, const struct key *k,
		     const json_t *value, void *to);

struct key {
	const char *name;
	key_take *take;
	size_t at;
	const char *const *words;        /* of a list of words */
	int (*one)(struct plan_reader *, /* of a list */
		   const struct key *, const json_t *, uint64_t *);
};

static int take_nothing(struct plan_reader *r, const struct key *k,
			const json_t *value, void *to)
{
	(void)r;
	(void)k;
	(void)value;
	(void)to;
	return 0;
}

#define NAME_CHARS                                                       \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"._-"

static int take_name(struct plan_reader *r, const struct key *k,
		     const json_t *value, void *to)
{
	const char *text = json_string_value(value);
	struct meas_plan *plan = to;

	(void)k;
	if (!text || !*text || strlen(text) >= sizeof(plan->name) ||
	    text[strspn(text, NAME_CHARS)])
		return plan_refuse(r,
				   "name is a text of 1 to %zu letters, "
				   "digits, dots, underscores or dashes",
				   sizeof(plan->name) - 1);
	snprintf(plan->name, sizeof(plan->name), "%s", text);
	return 0;
}

static int take_about(struct plan_reader *r, const struct key *k,
		      const json_t *value, void *to)
{
	struct meas_plan *plan = to;

	(void)k;
	if (!json_is_string(value))
		return plan_refuse(r, "about is a text");
	snprintf(plan->about, sizeof(plan->about), "%s",
		 json_string_value(value));
	return 0;
}

/* 0.02 or "2%" */
static int take_share(struct plan_reader *r, const struct key *k,
		      const json_t *value, void *to)
{
	const char *text = json_string_value(value);
	double share = json_number_value(value);
	char *end = NULL;

	if (text) {
		share = strtod(text, &end) / 100;
		if (end == text || strcmp(end, "%") != 0)
			share = 0;
	}
	if (!(share > 0 && share < 1))
		return plan_refuse(r,
				   "%s is a share between 0 and 1, such as "
				   "0.02 or \"2%%\"",
				   k->name);
	*(double *)((char *)to + k->at) = share;
	return 0;
}

static bool time_of(const json_t *value, int64_t *ms)
{
	if (json_is_integer(value)) {
		*ms = (int64_t)json_integer_value(value) * 1000;
		return *ms > 0 && *ms <= 31536000000;
	}
	return json_is_string(value) &&
	       duration_parse(json_string_value(value), ms) && *ms > 0;
}

static int take_budget(struct plan_reader *r, const struct key *k,
		       const json_t *value, void *to)
{
	if (!time_of(value, (int64_t *)((char *)to + k->at)))
		return plan_refuse(r, "budget is a time, such as \"5m\" or "
				      "\"90s\"");
	return 0;
}

/* sample, timeout: at most an hour */
static int take_ms(struct plan_reader *r, const struct key *k,
		   const json_t *value, void *to)
{
	int64_t ms;

	if (!time_of(value, &ms) || ms > 3600000)
		return plan_refuse(r,
				   "%s is a time up to 1h, such as \"50ms\" "
				   "or \"20s\"",
				   k->name);
	*(int *)((char *)to + k->at) = (int)ms;
	return 0;
}

static int take_rounds(struct plan_reader *r, const struct key *k,
		       const json_t *value, void *to)
{
	if (!json_is_integer(value) || json_integer_value(value) < 1 ||
	    json_integer_value(value) > 10000)
		return plan_refuse(r, "%s is a number of rounds, 1 to 10000",
				   k->name);
	*(int *)((char *)to + k->at) = (int)json_integer_value(value);
	return 0;
}

static int one_size(struct plan_reader *r, const struct key *k,
		    const json_t *value, uint64_t *to)
{
	bool ok = json_is_string(value) &&
		  size_parse(json_string_value(value), to);

	if (json_is_integer(value) && json_integer_value(value) > 0) {
		*to = (uint64_t)json_integer_value(value);
		ok = true;
	}
	if (!ok || *to < 1 || *to > 1ULL << 40)
		return plan_refuse(r,
				   "%s: a size is a number of bytes, such as "
				   "4096 or \"64K\"",
				   k->name);
	return 0;
}

static int one_depth(struct plan_reader *r, const struct key *k,
		     const json_t *value, uint64_t *to)
{
	(void)k;
	*to = DEPTH_DEEP;
	if (json_is_string(value) && !strcmp(json_string_value(value), "deep"))
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 1 ||
	    json_integer_value(value) > 65536)
		return plan_refuse(r, "a depth is a number of messages, 1 to "
				      "65536, or \"deep\"");
	*to = (uint64_t)json_integer_value(value);
	return 0;
}

static int one_pairs(struct plan_reader *r, const struct key *k,
		     const json_t *value, uint64_t *to)
{
	(void)k;
	if (!json_is_integer(value) || json_integer_value(value) < 1 ||
	    json_integer_value(value) > MEAS_PAIRS_MAX)
		return plan_refuse(r,
				   "pairs is how many copies run side by "
				   "side, 1 to %d",
				   MEAS_PAIRS_MAX);
	*to = (uint64_t)json_integer_value(value);
	return 0;
}

static int one_lag(struct plan_reader *r, const struct key *k,
		   const json_t *value, uint64_t *to)
{
	(void)k;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > 100)
		return plan_refuse(r, "lags is by how many per cent cells are "
				      "slowed down, 0 to 100");
	*to = (uint64_t)json_integer_value(value);
	return 0;
}

static int one_word(struct plan_reader *r, const struct key *k,
		    const json_t *value, uint64_t *to)
{
	struct err e = { 0 };
	char what[40];

	if (!json_is_string(value))
		return plan_refuse(r, "%s: a word in quotes is expected",
				   k->name);
	for (*to = 0; k->words[*to]; ++*to)
		if (!strcmp(k->words[*to], json_string_value(value)))
			return 0;
	snprintf(what, sizeof(what), "%s:", k->name);
	words_refuse(&e, what, json_string_value(value), words_in_array,
		     k->words);
	return plan_refuse(r, "%s", e.text);
}

static int take_bytes(struct plan_reader *r, const struct key *k,
		      const json_t *value, void *to)
{
	return one_size(r, k, value, (uint64_t *)((char *)to + k->at));
}

/* The i-th of a list, or the value itself where it is alone; NULL: no more. */
static const json_t *nth(const json_t *value, size_t i)
{
	if (json_is_array(value))
		return json_array_get(value, i);
	return i == 0 ? value : NULL;
}

static int refuse_count(const struct plan_reader *r, const struct key *k)
{
	return plan_refuse(r, "%s is a list of 1 to %d values", k->name,
			   GRID_LIST_MAX);
}

static int take_list(struct plan_reader *r, const struct key *k,
		     const json_t *value, void *to)
{
	struct grid_list *list = (void *)((char *)to + k->at);
	const json_t *v;
	int rc = 0;

	list->given = true;
	list->n = 0;
	for (size_t i = 0; (v = nth(value, i)) && rc == 0; i++) {
		size_t where = strlen(r->path);

		if (i == GRID_LIST_MAX)
			return refuse_count(r, k);
		if (json_is_array(value))
			plan_enter_at(r, i);
		rc = k->one(r, k, v, &list->value[list->n++]);
		plan_leave(r, where);
	}
	return rc < 0 || list->n ? rc : refuse_count(r, k);
}

/* What the texts mean is looked at when the cells are laid out. */
static int take_mechanisms(struct plan_reader *r, const struct key *k,
			   const json_t *value, void *to)
{
	struct grid *g = to;
	const json_t *v;

	for (size_t i = 0; (v = nth(value, i)); i++) {
		if (i == GRID_LIST_MAX || !json_is_string(v))
			return plan_refuse(r,
					   "mechanisms is a list of 1 to %d "
					   "texts, such as \"shm:sync=sem\"",
					   GRID_LIST_MAX);
		g->mechanism[g->mechanisms++] = json_string_value(v);
	}
	return g->mechanisms ? 0 : refuse_count(r, k);
}

/* --- objects -------------------------------------------------------------- */

static const char *key_name(size_t i, const void *keys)
{
	return ((const struct key *)keys)[i].name;
}

static int take_member(struct plan_reader *r, const struct key *keys,
		       const char *name, const json_t *value, void *to)
{
	struct err e = { 0 };

	for (const struct key *k = keys; k->name; k++)
		if (!strcmp(k->name, name))
			return k->take(r, k, value, to);
	words_refuse(&e, "key", name, key_name, keys);
	return plan_refuse(r, "%s", e.text);
}

static int take_object(struct plan_reader *r, const struct key *keys,
		       const char *what, json_t *object, void *to)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return plan_refuse(r, "%s is an object: { … }", what);
	json_object_foreach(object, name, value)
	{
		size_t where = plan_enter(r, name);
		int rc = take_member(r, keys, name, value, to);

		if (rc < 0)
			return rc;
		plan_leave(r, where);
	}
	return 0;
}

#define LIST(key, field, how, of)                                 \
	{                                                         \
		.name = (key), .take = take_list, .one = (how),   \
		.at = offsetof(struct grid, field), .words = (of) \
	}

static const struct key grid_keys[] = {
	{ .name = "mechanisms", .take = take_mechanisms },
	LIST("sizes", sizes, one_size, NULL),
	LIST("depths", depths, one_depth, NULL),
	LIST("workloads", workloads, one_word, meas_workload_names),
	LIST("sinks", sinks, one_word, sink_words),
	LIST("caches", caches, one_word, meas_cache_names),
	LIST("waits", waits, one_word, tr_wait_names),
	LIST("places", places, one_word, meas_place_names),
	LIST("pairs", pairs, one_pairs, NULL),
	LIST("lags", lags, one_lag, NULL),
	{ .name = "bytes",
	  .take = take_bytes,
	  .at = offsetof(struct grid, bytes) },
	{ .name = "messages",
	  .take = take_bytes,
	  .at = offsetof(struct grid, messages) },
	{ .name = "sample",
	  .take = take_ms,
	  .at = offsetof(struct grid, sample_ms) },
	{ .name = "timeout",
	  .take = take_ms,
	  .at = offsetof(struct grid, timeout_ms) },
	{ .name = NULL },
};

static const struct key rounds_keys[] = {
	{ .name = "min",
	  .take = take_rounds,
	  .at = offsetof(struct meas_plan, rounds_min) },
	{ .name = "max",
	  .take = take_rounds,
	  .at = offsetof(struct meas_plan, rounds_max) },
	{ .name = NULL },
};

static int take_rounds_object(struct plan_reader *r, const struct key *k,
			      const json_t *value, void *to)
{
	struct meas_plan *plan = to;
	int rc = take_object(r, rounds_keys, k->name, (json_t *)value, plan);

	if (rc < 0 || plan->rounds_min <= plan->rounds_max)
		return rc;
	return plan_refuse(r, "rounds: min %d is more than max %d",
			   plan->rounds_min, plan->rounds_max);
}

static const struct key plan_keys[] = {
	{ .name = "name", .take = take_name },
	{ .name = "about", .take = take_about },
	{ .name = "rounds", .take = take_rounds_object },
	{ .name = "budget",
	  .take = take_budget,
	  .at = offsetof(struct meas_plan, budget_ms) },
	{ .name = "precision",
	  .take = take_share,
	  .at = offsetof(struct meas_plan, precision) },
	{ .name = "margin",
	  .take = take_share,
	  .at = offsetof(struct meas_plan, margin) },
	{ .name = "level",
	  .take = take_share,
	  .at = offsetof(struct meas_plan, level) },
	{ .name = "alpha",
	  .take = take_share,
	  .at = offsetof(struct meas_plan, alpha) },
	{ .name = "sample",
	  .take = take_ms,
	  .at = offsetof(struct meas_plan, sample_ms) },
	{ .name = "timeout",
	  .take = take_ms,
	  .at = offsetof(struct meas_plan, timeout_ms) },
	/* read last, since they take the others' values */
	{ .name = "grids", .take = take_nothing },
	{ .name = NULL },
};

/* --- grids ---------------------------------------------------------------- */

static void set_default(struct grid_list *list, uint64_t value)
{
	if (list->n == 0)
		list->value[list->n++] = value;
}

static int complete_grid(struct plan_reader *r, struct grid *g)
{
	bool files = false;

	if (!g->mechanisms || !g->sizes.given)
		return plan_refuse(r, "a grid needs %s",
				   g->mechanisms ? "sizes" : "mechanisms");
	set_default(&g->depths, DEPTH_DEEP);
	set_default(&g->workloads, MEAS_STREAM);
	set_default(&g->sinks, MEAS_NEW);
	set_default(&g->caches, MEAS_HOT);
	set_default(&g->waits, WAIT_OWN);
	set_default(&g->places, MEAS_CORE);
	set_default(&g->pairs, 1);
	set_default(&g->lags, 0);
	for (int i = 0; i < g->workloads.n; i++)
		files |= g->workloads.value[i] == MEAS_FILE;
	if (g->sinks.given && !files)
		return plan_refuse(r, "sinks are of the workload file, which "
				      "this grid does not have");
	return 0;
}

static int read_grid(struct plan_reader *r, json_t *object, size_t index,
		     struct meas_plan *plan)
{
	struct grid g = { .index = (int)index,
			  .sample_ms = plan->sample_ms,
			  .timeout_ms = plan->timeout_ms };
	int rc = take_object(r, grid_keys, "a grid", object, &g);

	if (rc == 0)
		rc = complete_grid(r, &g);
	return rc < 0 ? rc : plan_lay_out(r, &g, plan);
}

static int read_grids(struct plan_reader *r, struct meas_plan *plan)
{
	json_t *grids = json_object_get(plan->json, "grids"), *grid;
	size_t i;
	int rc;

	if (!grids)
		return plan_refuse(r,
				   "grids is missing: what is to be measured");
	plan_enter(r, "grids");
	if (!json_array_size(grids))
		return plan_refuse(r, "grids is a list of one object or more");
	json_array_foreach(grids, i, grid)
	{
		size_t where = plan_enter_at(r, i);

		rc = read_grid(r, grid, i, plan);
		if (rc < 0)
			return rc;
		plan_leave(r, where);
	}
	return 0;
}

int meas_plan_parse(const char *origin, const char *text,
		    struct meas_plan *plan, struct err *e)
{
	struct plan_reader r = { .origin = origin, .text = text, .e = e };
	json_error_t error;
	int rc;

	plan->json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!plan->json)
		return err_say(e, EINVAL, "%s:%d: %s (column %d)", origin,
			       error.line, error.text, error.column);
	rc = take_object(&r, plan_keys, "a plan", plan->json, plan);
	plan_leave(&r, 0);
	return rc < 0 ? rc : read_grids(&r, plan);
}

/* --- files ---------------------------------------------------------------- */

static int read_file(const char *path, char **text, struct err *e)
{
	size_t size = 1 << 20, len;
	FILE *from = fopen(path, "re");

	*text = NULL;
	if (!from)
		return err_sys(e, "the plan %s", path);
	*text = malloc(size);
	if (!*text) {
		fclose(from);
		return err_say(e, ENOMEM, "no memory left");
	}
	len = fread(*text, 1, size - 1, from);
	(*text)[len] = '\0';
	if (ferror(from) || len == size - 1)
		err_say(e, EINVAL, "the plan %s %s", path,
			ferror(from) ? "cannot be read" : "is over 1 MiB long");
	else if (strlen(*text) != len)
		err_say(e, EINVAL, "the plan %s is no text", path);
	fclose(from);
	return -e->code;
}

static const char *const builtin_names[] = { "quick", "standard", "full",
					     "or a file's name with .json",
					     NULL };

static bool is_builtin(const char *word)
{
	return !strcmp(word, "quick") || !strcmp(word, "standard") ||
	       !strcmp(word, "full");
}

static int find_file(const char *word, char *path, size_t size, struct err *e)
{
	size_t len = strlen(word);

	if (strchr(word, '/') ||
	    (len > 5 && !strcmp(word + len - 5, ".json"))) {
		snprintf(path, size, "%s", word);
		return 0;
	}
	if (!is_builtin(word))
		return words_refuse(e, "plan", word, words_in_array,
				    builtin_names);
	return find_plan(word, path, size, e);
}

int meas_plan_load(const char *word, struct meas_plan *plan, struct err *e)
{
	char path[4096], name[sizeof(plan->name)];
	const char *base;
	char *text = NULL;
	int rc = find_file(word, path, sizeof(path), e);

	if (rc == 0)
		rc = read_file(path, &text, e);
	if (rc == 0) {
		base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(base, "."),
			 base);
		rc = meas_plan_parse(path, text, plan, e);
		if (!*plan->name)
			snprintf(plan->name, sizeof(plan->name), "%s",
				 *name ? name : "plan");
	}
	free(text);
	return rc;
}

void meas_plan_free(struct meas_plan *plan)
{
	json_decref(plan->json);
	plan->json = NULL;
	free(plan->cell);
	plan->cell = NULL;
	plan->cells = 0;
}
