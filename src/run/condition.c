/* A condition: everything that is the same for the cells that are compared. */
#include "run/condition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/size.h"

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

const char *const run_cache_names[] = { "hot", "cold", NULL };
const char *const run_place_names[] = { "core", "smt", "same", "free", NULL };

const char *run_sink_word(enum copy_sink sink)
{
	return sink < COPY_SINKS ? copy_sink_names[sink] : "-";
}

bool run_moves(const struct run_condition *k, enum copy_workload what)
{
	return same(k->workload, copy_workload_names[what]);
}

bool run_goes(const struct run_condition *k, enum copy_sink where)
{
	return same(k->sink, run_sink_word(where));
}

bool run_is_cache(const struct run_condition *k, enum run_cache cache)
{
	return same(k->cache, run_cache_names[cache]);
}

bool run_is_place(const struct run_condition *k, enum run_place place)
{
	return same(k->place, run_place_names[place]);
}

bool run_is_pingpong(const struct run_condition *k)
{
	return run_moves(k, COPY_PINGPONG);
}

bool run_fits(const char *a, const char *b)
{
	return same(a, b) || same(a, "-") || same(b, "-");
}

bool run_same_place(const struct run_condition *a,
		    const struct run_condition *b)
{
	return same(a->workload, b->workload) && same(a->sink, b->sink) &&
	       same(a->cache, b->cache) && same(a->place, b->place) &&
	       a->size_bytes == b->size_bytes && a->pairs == b->pairs;
}

/* --- order ---------------------------------------------------------------- */

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
		return deep + 3;
	if (same(depth, "own"))
		return deep + 2;
	if (same(depth, "best"))
		return deep + 1;
	return same(depth, "deep") ? deep : atol(depth);
}

static int three_way(long a, long b)
{
	return a < b ? -1 : a > b;
}

int run_condition_order(const void *x, const void *y)
{
	static const char *const waits[] = {
		"block", "batch", "spin-then-block", "spin", "best", "own", NULL
	};
	const struct run_condition *a = x, *b = y;
	const int order[] = {
		rank_in(a->workload, copy_workload_names) -
			rank_in(b->workload, copy_workload_names),
		strcmp(a->workload, b->workload),
		strcmp(a->sink, b->sink),
		-strcmp(a->cache, b->cache), /* hot first */
		rank_in(a->place, run_place_names) -
			rank_in(b->place, run_place_names),
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

/* --- JSON ----------------------------------------------------------------- */

json_t *run_condition_json(const struct run_condition *k)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:i}", "workload",
			 k->workload, "sink", k->sink, "cache", k->cache,
			 "size_bytes", (json_int_t)k->size_bytes, "depth",
			 k->depth, "wait", k->wait, "place", k->place, "pairs",
			 k->pairs);
}

static const char *text_or_dash(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

static json_int_t count_member(const json_t *object, const char *key,
			       double most)
{
	double x = json_number_value(json_object_get(object, key));

	return x >= 0 && x <= most ? (json_int_t)x : 0;
}

struct run_condition run_condition_of_json(const json_t *object, char depth[24])
{
	const json_t *number = json_object_get(object, "depth");

	snprintf(depth, 24, "%" JSON_INTEGER_FORMAT,
		 count_member(object, "depth", 1e9));
	return (struct run_condition){
		.workload = text_or_dash(object, "workload"),
		.sink = text_or_dash(object, "sink"),
		.cache = text_or_dash(object, "cache"),
		.place = text_or_dash(object, "place"),
		.depth = json_is_number(number) ? depth
						: text_or_dash(object, "depth"),
		.wait = text_or_dash(object, "wait"),
		.size_bytes =
			(uint64_t)count_member(object, "size_bytes", 9e15),
		.pairs = (int)count_member(object, "pairs", 1e9),
	};
}

/* --- words ---------------------------------------------------------------- */

static void add_pairs(const struct run_condition *k, char *buf, size_t size)
{
	if (k->pairs > 1)
		text_append(buf, size, ", %d pairs", k->pairs);
}

static void add_depth(const struct run_condition *k, char *buf, size_t size)
{
	if (same(k->depth, "deep"))
		text_append(buf, size, ", %s", k->depth);
	else if (same(k->depth, "best") || same(k->depth, "own"))
		text_append(buf, size, ", %s depth", k->depth);
	else if (!same(k->depth, "-"))
		text_append(buf, size, ", depth %s", k->depth);
}

/* Adds the wait, unless it is "-", or "block", which is the usual one. */
static void add_wait(const struct run_condition *k, char *buf, size_t size)
{
	if (same(k->wait, "best") || same(k->wait, "own"))
		text_append(buf, size, ", %s wait", k->wait);
	else if (!same(k->wait, "-") && !same(k->wait, "block"))
		text_append(buf, size, ", %s", k->wait);
}

const char *run_condition_phrase(const struct run_condition *k, int parts,
				 char *buf, size_t size)
{
	char word[32];

	snprintf(buf, size, "%s", k->workload);
	if (!same(k->sink, "-"))
		text_append(buf, size, " %s", k->sink);
	if (parts & RUN_TELL_SIZE)
		text_append(buf, size, " %s",
			    size_word(k->size_bytes, word, sizeof(word)));
	if (parts & RUN_TELL_DEPTH)
		add_depth(k, buf, size);
	text_append(buf, size, ", %s", k->place);
	if (!run_is_cache(k, RUN_HOT))
		text_append(buf, size, ", %s", k->cache);
	add_wait(k, buf, size);
	if (parts & RUN_TELL_PAIRS)
		add_pairs(k, buf, size);
	return buf;
}

const char *run_condition_words(const struct run_condition *k, char *buf,
				size_t size)
{
	return run_condition_phrase(
		k, RUN_TELL_SIZE | RUN_TELL_DEPTH | RUN_TELL_PAIRS, buf, size);
}

const char *run_speed_words(const struct run_condition *k, double speed,
			    char *buf, size_t size)
{
	static const char *const units[] = { "", "k", "M", "G", NULL };
	char bytes[32];
	int unit = 0;

	if (!run_is_pingpong(k)) {
		snprintf(buf, size, "%s/s",
			 size_human(speed, bytes, sizeof(bytes)));
		return buf;
	}
	for (; speed >= 1000 && units[unit + 1]; unit++)
		speed /= 1000;
	snprintf(buf, size, "%.*f%s trips/s", size_decimals(speed, 3), speed,
		 units[unit]);
	return buf;
}
