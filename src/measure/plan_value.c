/*
 * Reads the values of a plan. The function for a key refuses a wrong value, and
 * says what is allowed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/size.h"
#include "base/words.h"
#include "measure/plan_read.h"

int plan_take_nothing(struct plan_reader *r, const struct plan_key *k,
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

int plan_take_name(struct plan_reader *r, const struct plan_key *k,
		   const json_t *value, void *to)
{
	const char *text = json_string_value(value);
	struct meas_plan *plan = to;

	(void)k;
	if (!text || !*text || strlen(text) >= sizeof(plan->name) ||
	    text[strspn(text, NAME_CHARS)])
		return plan_refuse(r,
				   "name must be a text of 1 to %zu letters, "
				   "digits, dots, underscores or dashes",
				   sizeof(plan->name) - 1);
	snprintf(plan->name, sizeof(plan->name), "%s", text);
	return 0;
}

int plan_take_about(struct plan_reader *r, const struct plan_key *k,
		    const json_t *value, void *to)
{
	struct meas_plan *plan = to;

	(void)k;
	if (!json_is_string(value))
		return plan_refuse(r, "about must be a text");
	snprintf(plan->about, sizeof(plan->about), "%s",
		 json_string_value(value));
	return 0;
}

/* 0.02 or "2%" */
int plan_take_share(struct plan_reader *r, const struct plan_key *k,
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
				   "%s must be a fraction between 0 and 1, "
				   "such as 0.02 or \"2%%\"",
				   k->name);
	*(double *)((char *)to + k->at) = share;
	return 0;
}

#define YEAR_S 31536000

static bool time_of(const json_t *value, int64_t *ms)
{
	json_int_t s = json_integer_value(value);

	if (json_is_integer(value)) {
		*ms = s > 0 && s <= YEAR_S ? (int64_t)s * 1000 : 0;
		return *ms > 0;
	}
	return json_is_string(value) &&
	       duration_parse(json_string_value(value), ms) && *ms > 0 &&
	       *ms <= YEAR_S * INT64_C(1000);
}

int plan_take_budget(struct plan_reader *r, const struct plan_key *k,
		     const json_t *value, void *to)
{
	if (!time_of(value, (int64_t *)((char *)to + k->at)))
		return plan_refuse(
			r, "budget must be a time above 0, up to 365 days, "
			   "such as \"5m\" or \"90s\"");
	return 0;
}

/* transfer, timeout: at most an hour */
int plan_take_ms(struct plan_reader *r, const struct plan_key *k,
		 const json_t *value, void *to)
{
	int64_t ms;

	if (!time_of(value, &ms) || ms > 3600000)
		return plan_refuse(r,
				   "%s must be a time up to 1h, such as "
				   "\"3ms\" or \"20s\"",
				   k->name);
	*(int *)((char *)to + k->at) = (int)ms;
	return 0;
}

static bool whole_within(const json_t *value, int least, int most, uint64_t *to)
{
	json_int_t n = json_integer_value(value);

	*to = (uint64_t)n;
	return json_is_integer(value) && n >= least && n <= most;
}

static int take_whole(struct plan_reader *r, const struct plan_key *k,
		      const json_t *value, void *to, int least, int most)
{
	uint64_t n;

	if (!whole_within(value, least, most, &n))
		return plan_refuse(r, "%s must be a number from %d to %d",
				   k->name, least, most);
	*(int *)((char *)to + k->at) = (int)n;
	return 0;
}

int plan_take_number(struct plan_reader *r, const struct plan_key *k,
		     const json_t *value, void *to)
{
	return take_whole(r, k, value, to, 1, 10000);
}

/* A generation with fewer rounds would have no useful median. */
int plan_take_rounds(struct plan_reader *r, const struct plan_key *k,
		     const json_t *value, void *to)
{
	return take_whole(r, k, value, to, RUN_ROUNDS_LEAST, 1000);
}

int plan_one_size(struct plan_reader *r, const struct plan_key *k,
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
				   "%s: a size must be a number of bytes from "
				   "1 to 1 TiB, such as 4096 or \"64K\"",
				   k->name);
	return 0;
}

int plan_one_depth(struct plan_reader *r, const struct plan_key *k,
		   const json_t *value, uint64_t *to)
{
	const char *word = json_string_value(value);

	(void)k;
	*to = !word                   ? 0
	      : !strcmp(word, "best") ? DEPTH_BEST
	      : !strcmp(word, "deep") ? DEPTH_DEEP
	      : !strcmp(word, "own")  ? DEPTH_OWN
				      : 0;
	if (*to || whole_within(value, 1, 65536, to))
		return 0;
	return plan_refuse(r, "a depth must be a number of messages, 1 to "
			      "65536, or \"deep\", \"best\" or \"own\"");
}

int plan_one_pairs(struct plan_reader *r, const struct plan_key *k,
		   const json_t *value, uint64_t *to)
{
	(void)k;
	if (whole_within(value, 1, MEAS_PAIRS_MAX, to))
		return 0;
	return plan_refuse(r,
			   "pairs must be a number from 1 to %d, the number of "
			   "pairs of processes that run side by side",
			   MEAS_PAIRS_MAX);
}

int plan_one_lag(struct plan_reader *r, const struct plan_key *k,
		 const json_t *value, uint64_t *to)
{
	(void)k;
	if (whole_within(value, 0, 100, to))
		return 0;
	return plan_refuse(r, "lags must be a whole number from 0 to 100, the "
			      "percentage by which a cell is slowed down");
}

int plan_one_dose(struct plan_reader *r, const struct plan_key *k,
		  const json_t *value, uint64_t *to)
{
	json_int_t n = json_integer_value(value);
	int times[COPY_ROLES] = { (int)n, (int)n };
	bool ok = json_is_integer(value)
			  ? n >= 0 && n <= DOSE_MOST
			  : json_is_string(value) &&
				    dose_sides_parse(json_string_value(value),
						     times);

	*to = DOSE_VALUE(times[COPY_SERVER], times[COPY_CLIENT]);
	if (ok)
		return 0;
	return plan_refuse(r,
			   "%s must be a number from 0 to %d for each side, or "
			   "a text with the numbers for the server and the "
			   "client, such as \"2,0\"",
			   k->name, DOSE_MOST);
}

int plan_one_word(struct plan_reader *r, const struct plan_key *k,
		  const json_t *value, uint64_t *to)
{
	struct err e = { 0 };
	char what[40];

	if (!json_is_string(value))
		return plan_refuse(r, "%s must be a word in quotes", k->name);
	for (*to = 0; k->words[*to]; ++*to)
		if (!strcmp(k->words[*to], json_string_value(value)))
			return 0;
	snprintf(what, sizeof(what), "%s:", k->name);
	words_refuse(&e, what, json_string_value(value), words_in_array,
		     k->words);
	return plan_refuse(r, "%s", e.text);
}

int plan_one_wait(struct plan_reader *r, const struct plan_key *k,
		  const json_t *value, uint64_t *to)
{
	const char *word = json_string_value(value);

	*to = word && !strcmp(word, "own") ? WAIT_OWN : WAIT_BEST;
	if (word && (*to == WAIT_OWN || !strcmp(word, "best")))
		return 0;
	return plan_one_word(r, k, value, to);
}

int plan_take_bytes(struct plan_reader *r, const struct plan_key *k,
		    const json_t *value, void *to)
{
	return plan_one_size(r, k, value, (uint64_t *)((char *)to + k->at));
}

/*
 * Element number i of a list. A value that is not a list counts as a list of
 * one value. NULL: the list has no such element.
 */
static const json_t *nth(const json_t *value, size_t i)
{
	if (json_is_array(value))
		return json_array_get(value, i);
	return i == 0 ? value : NULL;
}

static int refuse_count(const struct plan_reader *r, const struct plan_key *k)
{
	return plan_refuse(r, "%s must be a list of 1 to %d values", k->name,
			   GRID_LIST_MAX);
}

int plan_take_list(struct plan_reader *r, const struct plan_key *k,
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

int plan_take_cpus(struct plan_reader *r, const struct plan_key *k,
		   const json_t *value, void *to)
{
	const char *text = json_string_value(value);
	struct grid *g = to;
	int end = 0;

	if (!text ||
	    sscanf(text, "%5d,%5d%n", &g->cpu[0], &g->cpu[1], &end) < 2 ||
	    text[end] || text[strspn(text, "0123456789,")])
		return plan_refuse(r,
				   "%s must be a text with the server's CPU "
				   "and the client's, such as \"0,1\"",
				   k->name);
	for (int i = 0; i < 2; i++)
		if (!cpu_allowed(g->cpu[i]))
			return plan_refuse(
				r,
				"%s: this process is not allowed to use CPU %d",
				k->name, g->cpu[i]);
	g->tied = true;
	return 0;
}

static int take_all(struct grid *g)
{
	const struct transport *t;

	g->all = true;
	for_each_transport(t)
		if (t->kind == TR_MECHANISM && !t->carries_nothing &&
		    g->mechanisms < GRID_LIST_MAX)
			g->mechanism[g->mechanisms++] = t->name;
	return 0;
}

/* The texts are checked later, when the cells are made. */
int plan_take_mechanisms(struct plan_reader *r, const struct plan_key *k,
			 const json_t *value, void *to)
{
	struct grid *g = to;
	const json_t *v;

	if (json_is_string(value) && !strcmp(json_string_value(value), "all"))
		return take_all(g);
	for (size_t i = 0; (v = nth(value, i)); i++) {
		if (i == GRID_LIST_MAX || !json_is_string(v))
			return plan_refuse(
				r,
				"mechanisms must be \"all\", or a list of 1 to "
				"%d texts, such as \"shm:sync=sem\"",
				GRID_LIST_MAX);
		g->mechanism[g->mechanisms++] = json_string_value(v);
	}
	return g->mechanisms ? 0 : refuse_count(r, k);
}
