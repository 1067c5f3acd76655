/*
 * ipcopy-cell: mechanisms under one condition, measured in turns by pairs of
 * processes that stay connected from one transfer to the next.
 *
 *   cell_opts.c   the command line
 *   cell_check.c  whether this can be measured here, and sizes for hot and cold
 *   cell_files.c  the files that are copied
 *   cell_run.c    the set-up of a runner's pairs, one transfer, and the end
 *   cell_turns.c  a generation: set-up, warm-up, rounds
 *   cell_size.c   the number of bytes that make a transfer long enough
 *   cell_show.c   samples as lines of JSON
 *   cell_bench.c  the measurement by Google Benchmark
 */
#ifndef BENCH_CELL_H
#define BENCH_CELL_H

#include <limits.h>

#include "base/lease.h"
#include "copy/pair.h"

#define RUNNERS_MAX 128
#define PAIRS_MAX   COPY_PAIRS_MAX

enum cell_cache { CELL_HOT, CELL_COLD };
enum cell_payload { CELL_TOUCH, CELL_WRITE, CELL_NONE };

/* One --via, with the --lag and the --dose that follow it. */
struct cell_via {
	const char *text;
	uint64_t lag;
	struct dose dose;
};

/*
 * The options. A number that is not given is 0, but timeout_ms and rounds have
 * defaults. A text that is not given is NULL.
 */
struct cell_opts {
	struct cell_via via[RUNNERS_MAX];
	int vias;
	int workload, sink, cache, payload;
	struct {
		int cpu[COPY_ROLES * PAIRS_MAX];
		int count;
	} cpus;
	uint64_t pairs, bytes, messages, rounds, align, seed;
	bool aligned, seeded, bytes_given;
	int64_t calibrate_ms;
	int timeout_ms;
	const char *dir;
	bool samples, acknowledged, trial;
};

/*
 * A mechanism that takes part, and its pairs, which all run at the same time in
 * a transfer.
 */
struct runner {
	int number; /* the place of its --via, from 0 */
	struct tr_spec spec;
	uint64_t lag;
	struct dose dose;
	struct copy_job *job;
	struct copy_pair **pair;
	struct copy_outcome *outcome;
	struct histogram *trips; /* one for each pair */
	int position;            /* in the order of set-up, from 1 */
	int64_t setup_ns;
	bool out_of_it;       /* the runner cannot run here, or has failed */
	struct gbench *bench; /* its case of Google Benchmark */
	struct entry *entry;
};

struct cell {
	struct cell_opts opts;
	struct lease lease;
	uint64_t seed;
	/* bytes of one pair's transfer: of the file, or of all messages */
	uint64_t bytes;
	/*
	 * All runners use the same files. If each had its own, the way its
	 * pages lie in memory would favour one of them.
	 */
	char in[PATH_MAX], out[PAIRS_MAX][PATH_MAX];
	struct runner runner[RUNNERS_MAX];
	int runners;
	int cannot;     /* the exit code for an error */
	int failures;   /* number of runners that failed during the run */
	struct err why; /* why a runner was left out; of the latest one */
};

/* The kind of a pair's transfer. */
enum cell_phase {
	PHASE_FIRST, /* the first transfer; a file is verified */
	/*
	 * transfers until their time no longer falls; also those of the trial
	 * and, with doses, one before each timed transfer
	 */
	PHASE_WARM,
	PHASE_TIMED, /* one transfer in each round; these are compared */
};

/* One transfer of all pairs of a runner. */
struct cell_sample {
	const struct runner *runner;
	enum cell_phase phase;
	/* both from 1, or 0 if not timed; turn: the place in the round */
	int round, turn;
	int64_t wall_ns;
	uint64_t bytes, messages;
	struct copy_usage side[COPY_ROLES];
	int64_t steal_ns;
	bool yielded;
	bool has_trips;
	int64_t p50_ns, p90_ns, p99_ns, p999_ns, max_ns;
	struct histogram trips; /* round trips of all pairs */
};

/* --- functions; an int result is 0, or -errno with the reason in `e` ------ */

/*
 * Reads the command line. Returns CELL_HELP if the help was printed, since
 * --help was given. `argv` is main's, ended by NULL.
 */
int cell_opts_read(struct cell_opts *o, char **argv, struct err *e);
#define CELL_HELP 1

/*
 * Fills in the options that were not given. Returns -EINVAL if options
 * contradict each other. A runner that cannot take part is left out and
 * reported by cell_show_skipped. But if it is the only one, and neither
 * --samples nor --calibrate is given, the result is its error.
 */
int cell_check(struct cell *c, struct err *e);
/* Returns the size of the last level of cache, or a guess. */
uint64_t cell_cache_bytes(void);
size_t cell_message_bytes(const struct runner *r);

/*
 * Makes the source and, with --sink over, a destination for each pair. The
 * lease of the cell removes the files at the end.
 */
int cell_files_make(struct cell *c, struct err *e);
/*
 * Changes words all over each destination before a verified transfer, so that a
 * missing write is found. Does nothing unless the destinations exist before.
 */
int cell_files_spoil(struct cell *c, struct err *e);

int runner_make(struct cell *c, struct runner *r, struct err *e);
int runner_open(struct cell *c, struct runner *r, struct err *e);
/*
 * Makes one transfer. In PHASE_FIRST, verifies a file. Fills in `s`, except
 * phase, round and turn.
 */
int runner_transfer(struct cell *c, struct runner *r, struct cell_sample *s,
		    struct err *e);
/*
 * Ends the first `pairs` pairs of a runner. Returns -errno if a pair did not
 * end well, or if its channel still held bytes that nobody had read.
 */
int runner_close(struct runner *r, int pairs);
void runner_free(struct runner *r, int pairs);

/*
 * The functions that cell_generation calls. `turn` makes a timed transfer; if
 * it is NULL, runner_transfer does. `tell` gets every transfer; if the transfer
 * failed, `why` is the reason.
 */
struct cell_course {
	int (*turn)(struct cell *c, struct runner *r, struct cell_sample *s,
		    struct err *e);
	int (*tell)(struct cell *c, const struct cell_sample *s,
		    const struct err *why);
};

/*
 * Sets up and warms up all runners, and makes the rounds. A runner that fails
 * is left out. Returns -EPIPE if no runner is left.
 */
int cell_generation(struct cell *c, const struct cell_course *course,
		    struct err *e);
/* Makes the first and the warm transfers of a runner that is open. */
int cell_warm_up(struct cell *c, struct runner *r, struct cell_sample *s,
		 const struct cell_course *course, struct err *e);

int cell_calibrate(struct cell *c, struct err *e);

/*
 * Prints one line of JSON on standard output. `why` is NULL if all went well.
 */
int cell_show_sample(struct cell *c, const struct cell_sample *s,
		     const struct err *why);
int cell_show_skipped(const struct runner *r, const struct err *why);
int cell_show_size(const struct cell *c);

/* Measures with Google Benchmark. `argv` has only that library's options. */
int cell_measure(struct cell *c, int argc, char **argv, struct err *e);

#endif
