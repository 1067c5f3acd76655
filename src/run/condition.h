/* A condition: everything that is the same for the cells that are compared. */
#ifndef RUN_CONDITION_H
#define RUN_CONDITION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "copy/workload.h"

/* The words as in samples.csv; "-" if there is no choice. */
struct run_condition {
	const char *workload, *sink, *cache, *place, *depth, *wait;
	uint64_t size_bytes;
	int pairs;
};

enum run_cache { RUN_HOT, RUN_COLD };
enum run_place {
	RUN_CORE, /* two CPUs that share no core */
	RUN_SMT,  /* two threads of a core */
	RUN_SAME, /* one CPU */
	RUN_FREE, /* the scheduler decides */
};

/* As in samples.csv, NULL at the end. */
extern const char *const run_cache_names[], *const run_place_names[];

/* COPY_SINKS means that there are no files: "-". */
const char *run_sink_word(enum copy_sink sink);

/* Questions about the words of a condition. */
bool run_moves(const struct run_condition *k, enum copy_workload what);
bool run_goes(const struct run_condition *k, enum copy_sink where);
bool run_is_cache(const struct run_condition *k, enum run_cache cache);
bool run_is_place(const struct run_condition *k, enum run_place place);

/* Whether the condition measures round trips, not bytes. */
bool run_is_pingpong(const struct run_condition *k);

/*
 * True if two words fit. "-" fits every word, since such a cell has no such
 * setting.
 */
bool run_fits(const char *a, const char *b);

/* True if two conditions are the same except for depth and wait. */
bool run_same_place(const struct run_condition *a,
		    const struct run_condition *b);

/* The order in which people would list them; for qsort. */
int run_condition_order(const void *a, const void *b);

json_t *run_condition_json(const struct run_condition *k);

/*
 * The texts belong to the object. If the depth is a number there, it is written
 * to `depth`.
 */
struct run_condition run_condition_of_json(const json_t *object,
					   char depth[24]);

/* "stream 64K, depth 1, core": what sets this condition apart. */
const char *run_condition_words(const struct run_condition *k, char *buf,
				size_t size);

/* "2.7 GiB/s"; for round trips "64.1k trips/s". */
const char *run_speed_words(const struct run_condition *k, double speed,
			    char *buf, size_t size);

/* Parts that can be left out if they stand beside the text already. */
enum { RUN_TELL_SIZE = 1, RUN_TELL_DEPTH = 2, RUN_TELL_PAIRS = 4 };

/* The same words with those parts only: "stream, depth 1, core" */
const char *run_condition_phrase(const struct run_condition *k, int parts,
				 char *buf, size_t size);

#endif
