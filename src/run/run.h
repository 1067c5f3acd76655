/*
 * A run as it lies in its folder (doc/RUN): its cells, and the samples of each
 * cell in groups. Each group counts as one value. Nothing here is measured.
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
	RUN_CPU,      /* seconds per GiB, of both sides */
	RUN_SWITCHES, /* per message */
	RUN_FAULTS,   /* per GiB */
	RUN_P50,
	RUN_P90,
	RUN_P99,
	RUN_P999,
	RUN_MAX,
	RUN_STARTUP, /* nanoseconds; one value for each pair */
	RUN_VALUES
};

/* A line of samples.csv. */
struct run_sample {
	const char *cell, *mechanism, *label;
	struct run_condition at;
	const char *status, *reason;
	const char *phase;
	const char *dose;    /* of extra work; "" */
	const char *setting; /* that a pilot tries; "" in a comparison */
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
	double value[RUN_VALUES]; /* NaN if there is none */
};

/* The phase of transfers in a pilot, which are never compared. */
#define RUN_PILOT "pilot"

/* A generation with fewer rounds is not counted. */
#define RUN_ROUNDS_LEAST 3
#define RUN_ROUNDS_MOST  1000

/* A generation: one pair of processes, which counts as one value. */
struct run_group {
	int number;        /* the number of the generation */
	size_t first, all; /* its part of the cell's samples, with all phases */
	/*
	 * The median of its good timed transfers; NaN if one of them has no
	 * value. For RUN_STARTUP: how much longer its first transfer took.
	 */
	double value[RUN_VALUES];
};

/* The facts about a mechanism that judge and figure need. */
struct run_mechanism {
	bool control, carries_nothing;
	enum tr_family family;
	int nth; /* its number within the family */
	enum tr_claim claim;
};

/* A line of summary.csv. */
struct run_cell {
	const char *name, *mechanism, *label;
	struct run_condition at;
	const char *dose;    /* of extra work, from its name; "" */
	const char *status;  /* "ok", "skipped", "failed" */
	const char *reason;  /* why it was skipped, or failed first; "" */
	const char *stopped; /* "" where unknown */
	size_t groups, failures;

	/* Computed from the samples. */
	struct run_mechanism is;
	struct stats_interval speed;
	struct stats_interval startup; /* nanoseconds */
	const char *unit;
	double middle[RUN_VALUES]; /* medians over the groups */
	double calls_per_message, copies_predicted, copies_counted;
	double outliers, autocorrelation;
	enum run_truth bimodal, over_ceiling;

	/* Set where the samples were read, not only their summary. */
	char *spec;                 /* the first part of its name */
	struct dose dosed;          /* its dose in numbers */
	const char *via;            /* as --via takes it; see run_via */
	bool skipped;               /* could not run here */
	struct run_sample **sample; /* by group, then as they were written */
	size_t samples, room;
	/* groups that have a good sample, in their order */
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
	/* in the order of the plan, else as they came */
	struct run_cell **cell;
	size_t cells;
	struct run_copies *copies;
	size_t mechanisms;       /* lines of copies.csv */
	struct run_cell **index; /* by name (cell.c) */
	size_t places;
	size_t strange; /* lines of samples.csv that were not understood */
	char flaw[300]; /* what was wrong with the first of these; "" */
	double level, alpha, margin;
	uint64_t seed;
	int until; /* the last generation that is read; 0: all are read */
	/* These own all texts. */
	struct run_table samples_csv, summary_csv, copies_csv;
};

/*
 * Reads manifest.json, samples.csv and, if there is one, copies.csv. -EINVAL:
 * the folder is not a run. Call run_free in any case.
 */
int run_read(struct run *r, const char *dir, struct err *e);

/* The same, as if nothing had been measured after that generation. */
int run_read_until(struct run *r, const char *dir, int generation,
		   struct err *e);

/*
 * Reads what was made from a run: its cells from summary.csv, samples.csv, and
 * the other files that are there.
 */
int run_read_made(struct run *r, const char *dir, struct err *e);

/* As run_read, but from a manifest alone, before anything is measured. */
int run_plan(struct run *r, json_t *manifest, struct err *e);
void run_free(struct run *r);

/*
 * An object from a file of a run's folder. As csv_read: -ENOENT without words
 * where there is no such file.
 */
int run_read_json(const char *dir, const char *name, json_t **to,
		  struct err *e);

/*
 * The terms that a plan, or a verdict, states: an impossible one, or one that
 * is missing, is the default.
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

/* False: it cannot be read. */
bool run_print_samples(const char *dir, struct run_print *print);

/* "DIR/name", to be freed; NULL: no memory. */
char *run_path(const char *dir, const char *name);

/* --- cells (cell.c) ------------------------------------------------------- */

struct run_cell *run_find(const struct run *r, const char *name);

/* NULL: no memory. `name` must outlive the run. */
struct run_cell *run_new_cell(struct run *r, const char *name);

/*
 * A control is measured to know the machine, not to be compared. A cell with a
 * dose of extra work is not compared either: it gives the price of the work.
 */
bool run_is_control(const struct run_cell *c);
bool run_is_ring(const struct run_cell *c);
bool run_is_dosed(const struct run_cell *c);

/*
 * True if the cell has a speed, is not a control, and is not faster than the
 * machine's own copy.
 */
bool run_is_believed(const struct run_cell *c);

/*
 * The measured setting as --via takes it. "best" is replaced by what was
 * picked.
 */
const char *run_via(const struct run_cell *c);

/* The condition of a cell. */
struct run_condition run_condition_of(const struct run_cell *c);

/* Whether the cell takes part in the condition. */
bool run_takes_part(const struct run_cell *c, const struct run_condition *k);

/* The value of a key in a cell's spec, or `fallback`. */
const char *run_setting(const struct run_cell *c, const char *key, char *buf,
			size_t size, const char *fallback);

/*
 * Whether so many round trips say what a percentile (RUN_P50 to RUN_P999) is:
 * at least 10 trips of a generation lie beyond it, and one of each transfer, so
 * that it is not just the longest. Everything else always holds.
 */
bool run_holds_percentile(enum run_value value, double trips_of_generation,
			  double trips_of_transfer);

/*
 * How fast one CPU copies memory under a condition, by the control for it of
 * the same workload and cache; NaN where it was not measured.
 */
struct stats_interval run_ceiling(const struct run *r,
				  const struct run_condition *k);

/* --- mechanisms (mechanism.c) --------------------------------------------- */

/*
 * The facts as in the manifest, else as this program knows them. NULL: no
 * manifest.
 */
struct run_mechanism run_mechanism(const json_t *manifest, const char *name);
void run_know_mechanisms(struct run *r);

/* --- samples (sort.c) ----------------------------------------------------- */

/* Reads the lines of samples.csv. Lines that make no sense are only counted. */
int run_take_samples(struct run *r, struct err *e);

/* Sorts the samples into cells. A cell that was not planned is added. */
int run_sort_samples(struct run *r, struct err *e);

#endif
