/* copies.csv: how often each mechanism of a plan copies a byte. */
#ifndef MEASURE_COPIES_H
#define MEASURE_COPIES_H

#include "measure/bench.h"

/*
 * Counts each mechanism once, with its own settings and defaults for all
 * others, and writes copies.csv into the folder of the run. Never call it while
 * anything is timed. A mechanism that cannot be counted gets a line with the
 * reason. -EINTR: this process was asked to stop, and nothing was written.
 */
int meas_copies(struct meas_bench *b, struct err *e);

#endif
