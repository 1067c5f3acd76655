/*
 * The order in which conditions are measured, and what is drawn for each
 * generation. The same seed gives the same order.
 */
#ifndef MEASURE_SCHEDULE_H
#define MEASURE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new seed from the kernel; it is small enough to be typed. */
uint64_t meas_seed_new(void);

/*
 * Writes into `order` the numbers of the conditions that take part, in the
 * order of sweep number `sweep` (from 1), and returns how many. A condition
 * that drops out does not change the order of the others.
 */
size_t meas_sweep_order(uint64_t seed, int sweep, size_t conditions,
			const bool *takes_part, size_t *order);

/* A seed for the order of set-up and of turns; small enough for JSON. */
uint64_t meas_generation_seed(uint64_t seed, int generation);

/*
 * The number of bytes to add to the environment of a generation. These bytes
 * move the stack, so that no single layout of the stack favours a mechanism in
 * the whole run.
 */
#define MEAS_ENV_MOST 4096
int meas_env_bytes(uint64_t seed, int generation);

/* Why a condition is not measured any more. */
enum meas_stop {
	MEAS_GOES_ON,
	MEAS_DECIDED,
	MEAS_BUDGET,
	MEAS_GENERATIONS,
	MEAS_FAILED
};

/* The words of summary.csv; "" while the condition is measured. */
extern const char *const meas_stop_names[];

#endif
