/*
 * In which order conditions are measured, and what differs from generation to
 * generation. The same seed gives the same order.
 */
#ifndef MEASURE_SCHEDULE_H
#define MEASURE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A seed from the kernel, where none was given; small enough to be typed. */
uint64_t meas_seed_new(void);

/*
 * Puts into `order` the conditions (by number) that `takes_part` names, in the
 * order of that sweep, from 1. Returns how many. A condition that takes part no
 * more does not change the order of the others.
 */
size_t meas_sweep_order(uint64_t seed, int sweep, size_t conditions,
			const bool *takes_part, size_t *order);

/* The order of set-up and of turns is drawn from it; small enough for JSON. */
uint64_t meas_generation_seed(uint64_t seed, int generation);

/*
 * Bytes to add to the environment of a generation, so that no layout of the
 * stack is measured in place of a mechanism.
 */
#define MEAS_ENV_MOST 4096
int meas_env_bytes(uint64_t seed, int generation);

/* Why a condition is measured no more. */
enum meas_stop {
	MEAS_GOES_ON,
	MEAS_DECIDED,
	MEAS_BUDGET,
	MEAS_GENERATIONS,
	MEAS_FAILED
};

/* "" while it goes on, then as in summary.csv. */
extern const char *const meas_stop_names[];

#endif
