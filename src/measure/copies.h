/* copies.csv: how often each mechanism of a plan copies a byte. */
#ifndef MEASURE_COPIES_H
#define MEASURE_COPIES_H

#include "measure/bench.h"

/*
 * Counts each mechanism once, with its own settings and otherwise by default,
 * and writes copies.csv into the run's folder. Never while anything is timed. A
 * mechanism that cannot be counted is there with the reason. -EINTR: asked to
 * stop, and nothing was written.
 */
int meas_copies(struct meas_bench *b, struct err *e);

#endif
