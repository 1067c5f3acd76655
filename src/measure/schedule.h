/*
 * In which order cells run, and when a cell has run often enough. The same
 * seed gives the same order.
 */
#ifndef MEASURE_SCHEDULE_H
#define MEASURE_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "measure/plan.h"
#include "stats/stats.h"

/* A seed from the kernel, for whoever gave none; small enough to be typed. */
uint64_t meas_seed_new(void);

/*
 * Puts into `order` the cells (by number) that run in that round, from 1, in
 * the order in which they do; `runs` tells which. Returns how many. Cells of
 * one block, which are compared with each other, run one after the other, so
 * that what disturbs the machine for seconds disturbs them alike; blocks, and
 * cells within them, are in an order drawn from the seed.
 */
size_t meas_order(uint64_t seed, int round, const struct meas_cell *cell,
		  size_t cells, const bool *runs, size_t *order);

/*
 * What differs from round to round so that no layout of memory is measured in
 * place of a mechanism: bytes to add to the environment, and how far buffers
 * begin behind a page.
 */
#define MEAS_ENV_MOST 4096
int meas_env_bytes(uint64_t seed, int round, size_t cell);
int meas_align_bytes(uint64_t seed, int round, size_t cell);

enum meas_stop {
	MEAS_GOES_ON,
	MEAS_PRECISE,
	MEAS_BUDGET,
	MEAS_ROUNDS,
	MEAS_FAILED
};

/* "" while it goes on, then as in summary.csv. */
extern const char *const meas_stop_names[];

/* What is known of a cell so far: one speed for each good round. */
struct meas_track {
	double *speed;
	int good, room;
	int failures, failed_in_a_row;
	struct stats_interval median;
	enum meas_stop stop;
};

/* 0 or -ENOMEM. */
int meas_track_add(struct meas_track *t, double speed);
void meas_track_fail(struct meas_track *t);
void meas_track_free(struct meas_track *t);

/* Half the interval's width over the median; infinite while unknown. */
double meas_track_width(const struct meas_track *t);

/* After `round`: looks whether it is enough. */
void meas_track_judge(struct meas_track *t, const struct meas_plan *plan,
		      int round, uint64_t seed);

/* About how many more rounds it wants, at its present width. */
int meas_track_wants(const struct meas_track *t, const struct meas_plan *plan);

#endif
