/*
 * ipcopy-cell: one mechanism under one condition, measured.
 *
 *   cell_opts.c   the command line
 *   cell_check.c  whether this can be measured here, and what cold means
 *   cell_files.c  the files that are copied
 *   cell_run.c    one iteration: fresh processes, from start line to last byte
 *   cell_show.c   samples, calibration, what Google Benchmark shows
 */
#ifndef BENCH_CELL_H
#define BENCH_CELL_H

#include <limits.h>

#include "base/lease.h"
#include "copy/pair.h"

enum cell_cache { CELL_HOT, CELL_COLD };
enum cell_payload { CELL_TOUCH, CELL_WRITE, CELL_NONE };

/* An absent number is 0, an absent word NULL. */
struct cell_opts {
	const char *via;
	int workload, sink, cache, payload;
	struct {
		int cpu[COPY_ROLES * COPY_PAIRS_MAX];
		int count;
	} cpus;
	uint64_t pairs, bytes, messages, iterations, align, lag;
	int64_t calibrate_ms;
	int timeout_ms;
	const char *dir;
	bool samples;
};

struct cell_file {
	char path[PATH_MAX];
};

struct cell {
	struct cell_opts opts;
	struct tr_spec spec;
	struct lease lease;
	uint64_t seed;
	uint64_t bytes; /* of a pair: the file's length, or all its messages */
	struct cell_file in, out[COPY_PAIRS_MAX];
	struct copy_job job[COPY_PAIRS_MAX];
	struct copy_outcome outcome[COPY_PAIRS_MAX];
	struct histogram *trips; /* one for each pair, shared with it */
	int cannot;              /* how to end after an error: an exit code */
};

/* What one iteration came to, all pairs together. */
struct cell_sample {
	uint64_t iteration; /* from 1 */
	int64_t wall_ns;
	uint64_t bytes, messages;
	struct copy_usage side[COPY_ROLES];
	int64_t steal_ns;
	bool yielded;
	bool has_trips;
	int64_t p50_ns, p90_ns, p99_ns, p999_ns, max_ns;
	struct histogram trips; /* of all pairs */
};

/* --- all return 0 or -errno with the reason in `e`, unless they say other - */

/* CELL_HELP: it was asked for and shown. argv as main's, ended by NULL. */
int cell_opts_read(struct cell_opts *o, char **argv, struct err *e);
#define CELL_HELP 1

/* Fills in what was left out. -EINVAL: that makes no sense together. */
int cell_check(struct cell *c, struct err *e);
/* Bytes of the last level of cache. */
uint64_t cell_cache_bytes(void);

int cell_files_make(struct cell *c, struct err *e);
/* Before each iteration: no destination, or one with something else in it. */
int cell_files_reset(struct cell *c, struct err *e);
/* What the run leaves of them is removed by the lease. */

int cell_jobs_make(struct cell *c, struct err *e);
int cell_iterate(struct cell *c, struct cell_sample *s, struct err *e);
void cell_jobs_free(struct cell *c);

/* One line of JSON on standard output; `why` NULL: it went well. */
int cell_show_sample(const struct cell_sample *s, const struct err *why);
int cell_calibrate(struct cell *c, struct err *e);
/* With Google Benchmark; argv has its options only. An exit code. */
int cell_measure(struct cell *c, int argc, char **argv, struct err *e);

#endif
