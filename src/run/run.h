/*
 * A run, as it is stored in its folder (doc/RUN): the cells of the run, and the
 * samples of each cell in groups. Each group counts as one value. src/run reads
 * runs and measures nothing.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "copy/dose.h"
#include "run/columns.h"
#include "run/condition.h"
#include "run/csv.h"
#include "stats/stats.h"
#include "transport/transport.h"

enum run_value {
	RUN_SPEED, /* bytes or round trips per second */
	RUN_WALL,
	RUN_CPU,      /* CPU seconds per GiB, both sides together */
	RUN_SWITCHES, /* context switches per message */
	RUN_FAULTS,   /* page faults per GiB */
	RUN_P50,
	RUN_P90,
	RUN_P99,
	RUN_P999,
	RUN_MAX,
	RUN_STARTUP, /* nanoseconds; only for a whole group */
	RUN_VALUES
};

/* A line of samples.csv, with mechanism, label and condition of its cell. */
struct run_sample {
	const char *cell, *mechanism, *label;
	struct run_condition at;
	const char *status, *reason;
	const char *phase;
	const char *dose;    /* extra work as text; "": none */
	const char *setting; /* tried by a pilot; "" in a comparison */
	int sweep, generation, condition, position, round, turn;
	double at_ns, setup_ns;
	double wall_ns, bytes, messages;
	double server_user_ns, server_sys_ns, client_user_ns, client_sys_ns;
	double server_voluntary, server_involuntary;
	double client_voluntary, client_involuntary;
	double server_faults, client_faults;
	double steal_ns, witness_ns;
	double trip_ns[5]; /* p50, p90, p99, p99.9, maximum */

	/* Computed from the members above. */
	bool ok, timed;
	double value[RUN_VALUES]; /* NaN: the sample lacks this value */
};

/* The phase of transfers by which a pilot tries settings; never compared. */
#define RUN_PILOT "pilot"

/* A generation with fewer good rounds does not count. */
#define RUN_ROUNDS_LEAST 3
#define RUN_ROUNDS_MOST  1000

/*
 * The samples of a cell in one generation. The same processes made all of them,
 * so they count as one value.
 */
struct run_group {
	int number;        /* the number of the generation */
	size_t first, all; /* its first sample, and its number of samples */
	/*
	 * The median over the good timed transfers; NaN if one of these
	 * transfers has no such value. For RUN_STARTUP: the time of the set-up,
	 * plus the time by which the first transfer took longer than the median
	 * transfer.
	 */
	double value[RUN_VALUES];
};

/* The facts about a mechanism that judge and figure need. */
struct run_mechanism {
	bool control, carries_nothing;
	enum tr_family family;
	int nth; /* its number within the family, from 0 */
	enum tr_claim claim;
};

/* A cell: a line of summary.csv, and more. */
struct run_cell {
	const char *name, *mechanism, *label;
	struct run_condition at;
	const char *dose;   /* extra work as in its name; "": none */
	const char *status; /* "ok", "skipped", "failed" */
	const char *reason; /* why it was skipped, or failed the first time */
	/* why measuring it has ended; "": it has not, or this is not known */
	const char *stopped;
	size_t groups, failures;

	/* Computed from the samples, or taken from the other files. */
	struct run_mechanism is;
	struct stats_interval speed;
	struct stats_interval startup; /* nanoseconds */
	const char *unit;
	double middle[RUN_VALUES]; /* medians over the groups */
	double calls_per_message, copies_predicted, copies_counted;
	double outliers, autocorrelation;
	enum run_truth bimodal, over_ceiling;

	/* Members that are not in summary.csv. */
	char *spec;        /* the first part of its name */
	struct dose dosed; /* its dose in numbers */
	/*
	 * system calls for a message, without those that only sleep or wake;
	 * NaN: not known
	 */
	double steady_calls;
	const char *via; /* as --via takes it; see run_via */
	bool skipped;    /* the mechanism could not run here */
	/* by group; in a group in the order of the file */
	struct run_sample **sample;
	size_t samples, room;
	/* groups with enough good rounds, sorted by generation */
	struct run_group *group;
};

/* A line of copies.csv. */
struct run_copies {
	const char *spec, *mechanism, *label;
	const char *workload, *sink;
	double predicted_kernel, predicted_user;
	double counted_kernel, counted_user, counted;
	enum run_truth resolved, lower_bound, agrees;
	const char *reason;
	double calls_per_mib, calls_per_message, blocked_per_message;
	double steady_calls_per_mib, steady_calls_per_message;
};

struct run {
	char *dir;
	json_t *manifest, *verdict; /* NULL if there is none */
	struct run_sample *sample;
	size_t samples;
	/* in the order of the manifest or of summary.csv */
	struct run_cell **cell;
	size_t cells;
	struct run_copies *copies;
	size_t mechanisms;       /* lines of copies.csv */
	struct run_cell **index; /* the cells by name (cell.c) */
	size_t places;
	size_t strange; /* lines of samples.csv that make no sense */
	char flaw[300]; /* the fault of one of these lines; "": there is none */
	double level, alpha, margin;
	uint64_t seed;
	int until; /* the last generation to use; 0: all */
	/* The tables and the manifest own the texts of all structs above. */
	struct run_table samples_csv, summary_csv, copies_csv;
};

/*
 * Reads manifest.json, samples.csv and, if it exists, copies.csv. -EINVAL: the
 * folder is not a run, or not one that this version can read. Call run_free in
 * any case.
 */
int run_read(struct run *r, const char *dir, struct err *e);

/* Like run_read, but leaves out all generations after number `generation`. */
int run_read_until(struct run *r, const char *dir, int generation,
		   struct err *e);

/*
 * Reads a run that has a verdict: the cells from summary.csv, the samples from
 * samples.csv, and the other files if they exist.
 */
int run_read_made(struct run *r, const char *dir, struct err *e);

/* Like run_read, but from a manifest alone, before anything is measured. */
int run_plan(struct run *r, json_t *manifest, struct err *e);
void run_free(struct run *r);

/*
 * Reads a JSON object from a file of a run's folder. -ENOENT, with `e` empty,
 * if there is no such file.
 */
int run_read_json(const char *dir, const char *name, json_t **to,
		  struct err *e);

/*
 * The number of the word that an object has under a key, in a list that ends
 * with NULL; `none` if the list lacks the word.
 */
int run_word(const json_t *from, const char *key, const char *const *words,
	     int none);

/*
 * The terms of a plan or a verdict: level, alpha and margin. A term that is
 * missing or impossible gets its default.
 */
struct run_terms {
	double level, alpha, margin;
};

struct run_terms run_terms_of(const json_t *from);

/* Identifies samples.csv by its length and its hash (XXH3, in hex). */
struct run_print {
	uint64_t bytes;
	char hash[17];
};

/* False: samples.csv cannot be read. */
bool run_print_samples(const char *dir, struct run_print *print);

/* "DIR/name", to be freed; NULL: no memory. */
char *run_path(const char *dir, const char *name);

/* --- cells (cell.c) ------------------------------------------------------- */

struct run_cell *run_find(const struct run *r, const char *name);

/* NULL: no memory. `name` must outlive the run. */
struct run_cell *run_new_cell(struct run *r, const char *name);

/*
 * True if the cell is not compared with other mechanisms: it is a control,
 * which tells about the machine; it carries nothing; or it has a dose of extra
 * work, from which the price of this work follows.
 */
bool run_is_control(const struct run_cell *c);
bool run_is_ring(const struct run_cell *c);
bool run_is_dosed(const struct run_cell *c);
bool run_has_doses(const struct run *r);

/*
 * True if the cell has a speed, is not a control, and is not over the ceiling
 * (see run_ceiling).
 */
bool run_is_believed(const struct run_cell *c);

/*
 * The mechanism and settings that were measured, as --via takes them. If a
 * pilot picked a setting, this has the setting instead of "best".
 */
const char *run_via(const struct run_cell *c);

/* The condition to which a cell belongs. */
struct run_condition run_condition_of(const struct run_cell *c);

/* True if the cell takes part in the condition. */
bool run_takes_part(const struct run_cell *c, const struct run_condition *k);

/* The value of a setting in a cell's spec; `fallback` if there is none. */
const char *run_setting(const struct run_cell *c, const char *key, char *buf,
			size_t size, const char *fallback);

/*
 * True if these numbers of round trips are enough for a percentile (RUN_P50 to
 * RUN_P999). On average, at least 10 trips of a generation and at least one
 * trip of a transfer must be longer than the percentile; otherwise it would be
 * just the longest trip. Always true for other values.
 */
bool run_holds_percentile(enum run_value value, double trips_of_generation,
			  double trips_of_transfer);

/*
 * The highest speed at which one CPU copies memory, as measured by controls
 * (TR_CLAIM_CEILING) with the workload and cache of a condition; NaN: not
 * measured.
 */
struct stats_interval run_ceiling(const struct run *r,
				  const struct run_condition *k);

/* --- mechanisms (mechanism.c) --------------------------------------------- */

/*
 * The facts about a mechanism from the manifest. If the manifest is NULL or
 * lacks the mechanism, the facts that this program knows.
 */
struct run_mechanism run_mechanism(const json_t *manifest, const char *name);
void run_know_mechanisms(struct run *r);

/* --- samples (sort.c) ----------------------------------------------------- */

/* Reads the lines of samples.csv. Counts and skips lines that make no sense. */
int run_take_samples(struct run *r, struct err *e);

/* Sorts the samples into cells, and the samples of a cell into groups. */
int run_sort_samples(struct run *r, struct err *e);

#endif
