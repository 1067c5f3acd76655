/* A run's files as arrays, for what is drawn and told of it (doc/RUN). */
#ifndef FIGURE_DRAWN_H
#define FIGURE_DRAWN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "judge/csv.h"

/* Texts belong to the run; numbers are NaN where a file says nothing. */
struct run_cell {
	const char *name, *mechanism, *label;
	const char *workload, *sink, *cache, *depth, *wait, *place;
	double size_bytes, pairs;
	const char *status, *reason;
	double rounds, failures;
	double speed, low, high;
	const char *unit;
	double wall_ns, switches_per_message, calls_per_message;
	double faults_per_gib;
	double percentile[5]; /* p50, p90, p99, p99.9, most; in ns */
	double copies_predicted, copies_counted;
	bool over_ceiling;
};

struct run_sample {
	const char *cell, *label;
	double round, order, speed; /* NaN where it failed */
	double steal_ns, witness_ns;
	bool failed;
};

struct run {
	char *folder;
	struct run_cell *cell;
	struct run_sample *sample;
	size_t cells, samples;
	json_t *verdict; /* NULL where there is none */
	struct csv cells_csv, samples_csv;
};

/*
 * Reads summary.csv, samples.csv and, if it is there, verdict.json. 0 or
 * -errno; run_free is due only after 0.
 */
int run_read(struct run *r, const char *folder, struct err *e);
void run_free(struct run *r);

/* "FOLDER/NAME", to be freed; NULL: no memory. */
char *run_path(const char *folder, const char *name);

/*
 * Has this cell a speed to believe and to compare? Controls are measured to
 * know the machine, and the null mechanism moves nothing.
 */
bool run_cell_counts(const struct run_cell *c);

/* By its name, NULL if there is none. */
const struct run_cell *run_find(const struct run *r, const char *name);

#endif
