/* A condition: everything that is the same for the cells that are compared. */
#ifndef RUN_CONDITION_H
#define RUN_CONDITION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "copy/workload.h"

/*
 * The members are words of manifest.json; "-": the cells have no such setting.
 */
struct run_condition {
	const char *workload, *sink, *cache, *place, *depth, *wait;
	uint64_t size_bytes;
	int pairs;
};

enum run_cache { RUN_HOT, RUN_COLD };
enum run_place {
	RUN_CORE, /* two CPUs of different cores */
	RUN_SMT,  /* two threads of a core */
	RUN_SAME, /* one CPU */
	RUN_FREE, /* the scheduler decides */
};

/* The words of manifest.json, with NULL at the end. */
extern const char *const run_cache_names[], *const run_place_names[];

/* The word for a sink; "-" for COPY_SINKS: no file is written. */
const char *run_sink_word(enum copy_sink sink);

/* True if the condition has this workload, sink, cache or place. */
bool run_moves(const struct run_condition *k, enum copy_workload what);
bool run_goes(const struct run_condition *k, enum copy_sink where);
bool run_is_cache(const struct run_condition *k, enum run_cache cache);
bool run_is_place(const struct run_condition *k, enum run_place place);

/* True if the condition measures round trips, not bytes. */
bool run_is_pingpong(const struct run_condition *k);

/*
 * True if two words for a depth or a wait are equal, or one of them is "-": a
 * cell without such a setting fits every word.
 */
bool run_fits(const char *a, const char *b);

/* True if two conditions are the same except for depth and wait. */
bool run_same_place(const struct run_condition *a,
		    const struct run_condition *b);

/* For qsort: puts conditions into an order that is easy to read in a list. */
int run_condition_order(const void *a, const void *b);

json_t *run_condition_json(const struct run_condition *k);

/*
 * Reads a condition from a JSON object, which owns the texts of the condition.
 * If the depth in the object is a number, writes the number as text to `depth`.
 */
struct run_condition run_condition_of_json(const json_t *object,
					   char depth[24]);

/* Describes a condition in words: "stream 64K, depth 1, core". */
const char *run_condition_words(const struct run_condition *k, char *buf,
				size_t size);

/* Writes a speed: "2.7 GiB/s", or for round trips "64.1k trips/s". */
const char *run_speed_words(const struct run_condition *k, double speed,
			    char *buf, size_t size);

/* Parts of the words that a caller can leave out. */
enum { RUN_TELL_SIZE = 1, RUN_TELL_DEPTH = 2, RUN_TELL_PAIRS = 4 };

/*
 * Describes a condition in words, but leaves out size, depth and pairs unless
 * they are in `parts`: "stream, depth 1, core".
 */
const char *run_condition_phrase(const struct run_condition *k, int parts,
				 char *buf, size_t size);

#endif
