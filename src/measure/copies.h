/* copies.csv: how often each mechanism of a plan copies a byte. */
#ifndef MEASURE_COPIES_H
#define MEASURE_COPIES_H

#include "measure/bench.h"

/*
 * Counts each mechanism once for each workload and sink, and writes copies.csv
 * into the folder of the run. A mechanism has the settings that the plan writes
 * with its name. All others, such as size and depth, have their defaults. Never
 * call this function while anything is timed. A mechanism that cannot be
 * counted gets a line with the reason. -EINTR: this process was asked to stop,
 * and nothing was written.
 */
int meas_copies(struct meas_bench *b, struct err *e);

#endif
