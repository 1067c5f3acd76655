/*
 * Google Benchmark for C: register a function with its fixture, run, and be
 * told each result. Works with 1.7 and later; no exception leaves it.
 *
 * A function of type int returns 0 or a negative errno: -ENOMEM, -EINVAL for a
 * value that the library does not take, -ENOSPC for one too many. Strings are
 * copied.
 */
#ifndef BENCH_GBENCH_H
#define BENCH_GBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gbench; /* a registered benchmark; it lives till the program ends */
struct gbench_state; /* one run of it, valid within its callbacks */

/* --- registration --------------------------------------------------------- */

struct gbench_case {
	const char *name;
	/*
	 * Before and after each run, neither timed; both optional. With a
	 * reason instead of NULL the run is an error and `run` not called, but
	 * tear_down is.
	 */
	const char *(*set_up)(struct gbench_state *state, void *user,
			      void **fixture);
	void (*tear_down)(struct gbench_state *state, void *user,
			  void *fixture);
	/* Loops while gbench_next says so. */
	void (*run)(struct gbench_state *state, void *user, void *fixture);
	void *user; /* handed to each of them */
};

/* NULL: no memory, or no name or no function to run. */
struct gbench *gbench_register(const struct gbench_case *c);

/* Arguments: the case runs once for every one of these. */
int gbench_arg(struct gbench *b, int64_t arg);
int gbench_args(struct gbench *b, const int64_t *arg, size_t n);
int gbench_range(struct gbench *b, int64_t low, int64_t high, int factor);
int gbench_dense_range(struct gbench *b, int64_t low, int64_t high, int step);
int gbench_arg_names(struct gbench *b, const char *const *name, size_t n);

/* The clock that times an iteration. */
enum gbench_clock {
	GBENCH_CPU,    /* of this process: the library's own default */
	GBENCH_REAL,   /* on the wall */
	GBENCH_MANUAL, /* as gbench_set_time says */
};

enum gbench_unit { GBENCH_NS, GBENCH_US, GBENCH_MS, GBENCH_S };

int gbench_clock(struct gbench *b, enum gbench_clock clock);
int gbench_unit(struct gbench *b, enum gbench_unit unit);
/* Exactly so many: the library does not run the fixture to find a number. */
int gbench_iterations(struct gbench *b, int64_t n);
int gbench_min_time(struct gbench *b, double seconds);
int gbench_repetitions(struct gbench *b, int n);
/* Reports only mean, median and the like of the repetitions. */
int gbench_aggregates_only(struct gbench *b);
int gbench_threads(struct gbench *b, int n);

/* Adds a statistic over the repetitions; a process can have eight of them. */
int gbench_statistic(struct gbench *b, const char *name,
		     double (*of)(const double *value, size_t n, void *user),
		     void *user);

/* --- within a run --------------------------------------------------------- */

/* True: one more iteration. False from the start after an error. */
bool gbench_next(struct gbench_state *s);
/* The same for n at once: one call for all of them. */
bool gbench_next_batch(struct gbench_state *s, int64_t n);
/* How many there are to be, and how many there have been. */
int64_t gbench_wanted(const struct gbench_state *s);
int64_t gbench_done(const struct gbench_state *s);
/* The i-th argument of this run, which must have so many. */
int64_t gbench_arg_at(const struct gbench_state *s, size_t i);
int gbench_thread(const struct gbench_state *s);

void gbench_pause(struct gbench_state *s);
void gbench_resume(struct gbench_state *s);
/* GBENCH_MANUAL: how long this iteration took. */
void gbench_set_time(struct gbench_state *s, double seconds);

/* The run is an error: the first reason stays. The loop ends by itself. */
void gbench_fail(struct gbench_state *s, const char *reason);
bool gbench_failed(const struct gbench_state *s);

int gbench_set_bytes(struct gbench_state *s, int64_t bytes);
int gbench_set_items(struct gbench_state *s, int64_t items);
int gbench_set_label(struct gbench_state *s, const char *label);

enum gbench_counter_kind {
	GBENCH_PLAIN,
	GBENCH_PER_SECOND,
	GBENCH_PER_ITERATION, /* divided by how many there were */
};

/* -EINVAL for what is not finite: no JSON reader would take it. */
int gbench_counter(struct gbench_state *s, const char *name, double value,
		   enum gbench_counter_kind kind);

/* --- the process ---------------------------------------------------------- */

/* Takes the library's --benchmark_... out of argv. */
int gbench_init(int *argc, char **argv);

/* A line of its own in what is reported about the machine. */
int gbench_context(const char *key, const char *value);

struct gbench_counter_value {
	const char *name;
	double value;
};

/* A result; what it points to is valid during the callback. */
struct gbench_result {
	const char *name;
	const char *label;     /* NULL: none */
	const char *aggregate; /* NULL: a run, not an aggregate of several */
	const char *error;     /* NULL: none */
	int64_t iterations;
	int64_t repetition;
	double real_s, cpu_s; /* of an iteration; real is manual's where used */
	const struct gbench_counter_value *counter;
	size_t counters;
};

typedef void gbench_report(const struct gbench_result *r, void *user);

struct gbench_summary {
	size_t matched; /* by the filter; 0 where only a list was asked for */
	size_t results;
	size_t errors;
};

/*
 * Runs what --benchmark_filter matches. `show`: as the library would, where
 * its options say. `report` is called for every result; optional.
 */
int gbench_run(bool show, gbench_report *report, void *user,
	       struct gbench_summary *sum);

/*
 * Runs one that is registered and nothing else, whatever the filter, and shows
 * nothing: for callers that decide the order themselves.
 */
int gbench_run_one(const struct gbench *b, gbench_report *report, void *user);

void gbench_end(void);

#ifdef __cplusplus
}
#endif
#endif
