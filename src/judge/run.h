/*
 * A run as it lies in its folder (doc/RUN), read and summed up: cells, and for
 * each of its rounds one value of every kind. Nothing here is measured.
 */
#ifndef JUDGE_RUN_H
#define JUDGE_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/csv.h"
#include "stats/stats.h"

enum rep_value {
	REP_SPEED, /* bytes, or round trips, in a second */
	REP_WALL,
	REP_CPU,      /* seconds for a GiB, both sides */
	REP_SWITCHES, /* for a message */
	REP_FAULTS,   /* for a GiB */
	REP_P50,
	REP_P90,
	REP_P99,
	REP_P999,
	REP_MAX,
	REP_VALUES
};

/* One process pair: each value is the median of its good samples. */
struct rep_round {
	int round;
	double value[REP_VALUES]; /* NaN where there is none */
};

struct rep_cell {
	/* As in samples.csv; these strings belong to the run. */
	const char *name, *mechanism, *label;
	const char *workload, *sink, *cache, *depth, *wait, *place;
	uint64_t size_bytes;
	int pairs;
	char *spec;          /* the first part of its name */
	bool skipped;        /* could not run here */
	const char *reason;  /* why it was skipped, or failed first; "" */
	const char *stopped; /* "" where nobody knows */
	size_t *row;         /* of samples.csv, good and bad */
	size_t rows, room;
	struct rep_round *round; /* the good ones, in their order */
	size_t rounds, failures;

	/* What is made of them. */
	struct stats_interval speed;
	double middle[REP_VALUES]; /* medians of the rounds */
	double copies_predicted, copies_counted, calls_per_message;
	size_t outliers;
	double autocorrelation;
	bool bimodal, over_ceiling;
};

struct rep_run {
	const char *dir;
	json_t *manifest;
	struct csv samples, copies;
	struct rep_cell **cell; /* as planned, else as they came */
	size_t cells;
	struct rep_cell **index; /* by name (run_rows.c) */
	size_t places;
	size_t strange; /* lines of samples.csv that were not understood */
	double level, alpha, margin;
	uint64_t seed;
};

/*
 * Reads manifest.json, samples.csv and, where it is there, copies.csv. `dir`
 * must outlive the run. -EINVAL: this is no run. rep_run_free is due in any
 * case.
 */
int rep_run_read(struct rep_run *r, const char *dir, struct err *e);

/* The same from a manifest alone, before anything is measured. */
int rep_run_plan(struct rep_run *r, json_t *manifest, struct err *e);
void rep_run_free(struct rep_run *r);

/* A control is measured to know the machine, not to be compared. */
bool rep_is_control(const struct rep_cell *c);
bool rep_is_ring(const struct rep_cell *c);

/* Has rounds, is no control, and does not beat the machine's own copy. */
bool rep_is_believed(const struct rep_cell *c);

/* The value of a key in a cell's spec, or `fallback`. */
const char *rep_setting(const struct rep_cell *c, const char *key, char *buf,
			size_t size, const char *fallback);

/* "DIR/name", to be freed; NULL: no memory. */
char *rep_path(const char *dir, const char *name);

/* --- made of it ----------------------------------------------------------- */

/* Fills in what is made of the rounds (summary.c); rep_run_read calls it. */
void rep_sum_up(struct rep_run *r);

/* summary.csv as a text to be freed; NULL: no memory. */
char *rep_summary(const struct rep_run *r);

/* A double with so many digits that two builds agree on them. */
double rep_round_off(double value);

#endif
