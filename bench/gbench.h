/*
 * Google Benchmark for C: registers a function with its fixture, runs it, and
 * reports each result to a callback. It works with version 1.7 and later. No
 * exception leaves it.
 *
 * A function of type int returns 0 or a negative errno: -ENOMEM; -EINVAL for a
 * value that the library does not accept; -ENOSPC if a list is full. Strings
 * are copied.
 */
#ifndef BENCH_GBENCH_H
#define BENCH_GBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* a registered benchmark, which lives to the end of the program */
struct gbench;
struct gbench_state; /* one run of it, valid within its callbacks */

/* --- registration --------------------------------------------------------- */

struct gbench_case {
	const char *name;
	/*
	 * Called before and after each run; their time does not count. Either
	 * may be NULL. If set_up returns a reason and not NULL, the run is an
	 * error: `run` is not called, but tear_down is.
	 */
	const char *(*set_up)(struct gbench_state *state, void *user,
			      void **fixture);
	void (*tear_down)(struct gbench_state *state, void *user,
			  void *fixture);
	/* must loop while gbench_next or gbench_next_batch returns true */
	void (*run)(struct gbench_state *state, void *user, void *fixture);
	void *user; /* passed to each of these functions */
};

/* NULL: out of memory, or `name` or `run` is missing. */
struct gbench *gbench_register(const struct gbench_case *c);

/* Adds arguments: the case runs once for each argument. */
int gbench_arg(struct gbench *b, int64_t arg);
int gbench_range(struct gbench *b, int64_t low, int64_t high, int factor);
int gbench_dense_range(struct gbench *b, int64_t low, int64_t high, int step);

int gbench_arg_names(struct gbench *b, const char *const *name, size_t n);

/* The clock that times an iteration. */
enum gbench_clock {
	GBENCH_CPU,    /* CPU time of this process, the library's default */
	GBENCH_REAL,   /* wall-clock time */
	GBENCH_MANUAL, /* the time that gbench_set_time is given */
};

enum gbench_unit { GBENCH_NS, GBENCH_US, GBENCH_MS, GBENCH_S };

int gbench_clock(struct gbench *b, enum gbench_clock clock);
int gbench_unit(struct gbench *b, enum gbench_unit unit);
/* Sets the number of iterations, so that the library makes no trial runs. */
int gbench_iterations(struct gbench *b, int64_t n);
int gbench_min_time(struct gbench *b, double seconds);
int gbench_repetitions(struct gbench *b, int n);
int gbench_threads(struct gbench *b, int n);

/* Adds a statistic over the repetitions. A process can have at most eight. */
int gbench_statistic(struct gbench *b, const char *name,
		     double (*of)(const double *value, size_t n, void *user),
		     void *user);

/* --- within a run --------------------------------------------------------- */

/* True: make one more iteration. After an error the result is false. */
bool gbench_next(struct gbench_state *s);
/* True: make n more iterations. After an error the result is false. */
bool gbench_next_batch(struct gbench_state *s, int64_t n);
/* How many iterations are wanted, and how many are done. */
int64_t gbench_wanted(const struct gbench_state *s);
int64_t gbench_done(const struct gbench_state *s);
/* The i-th argument of this run, which must have more than i arguments. */
int64_t gbench_arg_at(const struct gbench_state *s, size_t i);
/* With GBENCH_MANUAL: sets the time of this iteration. */
void gbench_set_time(struct gbench_state *s, double seconds);

/* Makes the run an error and ends its loop. Only the first reason is kept. */
void gbench_fail(struct gbench_state *s, const char *reason);
bool gbench_failed(const struct gbench_state *s);

int gbench_set_bytes(struct gbench_state *s, int64_t bytes);
int gbench_set_items(struct gbench_state *s, int64_t items);
int gbench_set_label(struct gbench_state *s, const char *label);

enum gbench_counter_kind {
	GBENCH_PLAIN,
	GBENCH_PER_SECOND,
	GBENCH_PER_ITERATION, /* divided by the number of iterations */
};

/* -EINVAL if the value is not finite, since JSON has no such numbers. */
int gbench_counter(struct gbench_state *s, const char *name, double value,
		   enum gbench_counter_kind kind);

/* --- the process ---------------------------------------------------------- */

/* Takes the library's options --benchmark_... out of argv. */
int gbench_init(int *argc, char **argv);

/* Adds a line to what the library reports about the machine. */
int gbench_context(const char *key, const char *value);

struct gbench_counter_value {
	const char *name;
	double value;
};

/* A result. Its pointers are valid during the callback. */
struct gbench_result {
	const char *name;
	const char *label; /* NULL: none */
	/* NULL for one run; the name of an aggregate of runs, as "mean" */
	const char *aggregate;
	const char *error; /* NULL: none */
	int64_t iterations;
	int64_t repetition;
	/* time of an iteration; with GBENCH_MANUAL, the run sets real_s */
	double real_s, cpu_s;
	const struct gbench_counter_value *counter;
	size_t counters;
};

typedef void gbench_report(const struct gbench_result *r, void *user);

struct gbench_summary {
	size_t matched; /* cases that the filter matches, run or only listed */
	size_t results;
	size_t errors;
};

/*
 * Runs the cases that --benchmark_filter matches. If `show` is true, the
 * library prints as its own options say. `report`, if not NULL, is called for
 * each result.
 */
int gbench_run(bool show, gbench_report *report, void *user,
	       struct gbench_summary *sum);

/*
 * Runs one registered case, whatever the filter is, and prints nothing. It is
 * for callers that decide the order themselves.
 */
int gbench_run_one(const struct gbench *b, gbench_report *report, void *user);

void gbench_end(void);

#ifdef __cplusplus
}
#endif
#endif
