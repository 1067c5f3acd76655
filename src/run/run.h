/*
 * A run as it lies in its folder (doc/RUN): cells, and the samples of each in
 * groups of which every one counts as one value. Nothing here is measured.
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
	RUN_SPEED, /* bytes, or round trips, in a second */
	RUN_WALL,
	RUN_CPU,      /* seconds for a GiB, both sides */
	RUN_SWITCHES, /* for a message */
	RUN_FAULTS,   /* for a GiB */
	RUN_P50,
	RUN_P90,
	RUN_P99,
	RUN_P999,
	RUN_MAX,
	RUN_STARTUP, /* nanoseconds, once for each pair */
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
	double trip_ns[5]; /* p50, p90, p99, p99.9, most */

	/* Derived from the above. */
	bool ok, timed;
	double value[RUN_VALUES]; /* NaN where there is none */
};

/* The phase of a transfer of a pilot, which no comparison takes. */
#define RUN_PILOT "pilot"

/* A generation with fewer rounds is not counted. */
#define RUN_ROUNDS_LEAST 3
#define RUN_ROUNDS_MOST  1000

/* A generation, which is one pair of processes and counts as one value. */
struct run_group {
	int number;        /* that of the generation */
	size_t first, all; /* of the cell's samples, of all phases */
	/*
	 * The median of its good timed transfers; NaN where one of them has
	 * none. Of RUN_STARTUP what its first transfer took more.
	 */
	double value[RUN_VALUES];
};

/* The facts about a mechanism that are needed to judge and to draw it. */
struct run_mechanism {
	bool control, carries_nothing;
	enum tr_family family;
	int nth; /* of its family */
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

	/* Derived from the samples. */
	struct run_mechanism is;
	struct stats_interval speed;
	struct stats_interval startup; /* nanoseconds */
	const char *unit;
	double middle[RUN_VALUES]; /* medians of the groups */
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
	struct run_group *group; /* those with a good sample, in their order */
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
	json_t *manifest, *verdict; /* NULL where there is none */
	struct run_sample *sample;
	size_t samples;
	struct run_cell **cell; /* as planned, else as they came */
	size_t cells;
	struct run_copies *copies;
	size_t mechanisms;       /* of copies.csv */
	struct run_cell **index; /* by name (cell.c) */
	size_t places;
	size_t strange; /* lines of samples.csv that were not understood */
	char flaw[300]; /* of the first of these; "" */
	double level, alpha, margin;
	uint64_t seed;
	int until; /* the last generation that is read; 0: all are */
	/* own all texts */
	struct run_table samples_csv, summary_csv, copies_csv;
};

/*
 * Reads manifest.json, samples.csv and, where it is there, copies.csv.
 * -EINVAL: this is no run. run_free is due in any case.
 */
int run_read(struct run *r, const char *dir, struct err *e);

/* The same as if nothing had been measured after that generation. */
int run_read_until(struct run *r, const char *dir, int generation,
		   struct err *e);

/*
 * Reads what was made of a run: its cells from summary.csv, samples.csv, and
 * the rest where it is there.
 */
int run_read_made(struct run *r, const char *dir, struct err *e);

/* As run_read from a manifest alone, before anything is measured. */
int run_plan(struct run *r, json_t *manifest, struct err *e);
void run_free(struct run *r);

/*
 * An object from a file of a run's folder. As csv_read: -ENOENT without words
 * where there is no such file.
 */
int run_read_json(const char *dir, const char *name, json_t **to,
		  struct err *e);

/* What samples.csv is, told by its length and its hash (XXH3, in hex). */
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
 * A control is measured to know the machine, not to be compared. So is a cell
 * with a dose of extra work: it knows the price of that.
 */
bool run_is_control(const struct run_cell *c);
bool run_is_ring(const struct run_cell *c);
bool run_is_dosed(const struct run_cell *c);

/* Has a speed, is no control, and does not beat the machine's own copy. */
bool run_is_believed(const struct run_cell *c);

/* The measured setting as --via takes it; "best" has its value there. */
const char *run_via(const struct run_cell *c);

/* The condition that a cell is under by itself. */
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

/* As the manifest tells, else as this program knows it; NULL: no manifest. */
struct run_mechanism run_mechanism(const json_t *manifest, const char *name);
void run_know_mechanisms(struct run *r);

/* --- samples (sort.c) ----------------------------------------------------- */

/* The lines of samples.csv; those that make no sense are only counted. */
int run_take_samples(struct run *r, struct err *e);

/* Sorts them into cells; those not planned are added as they come. */
int run_sort_samples(struct run *r, struct err *e);

#endif
