/*
 * The same transfers by a mechanism's own hooks, driven by the plainest loop:
 * no supervisor, no signs of life, no library. What is left of the distance to
 * ipcopy-cell is the harness; of that to bench/bare.h, the seam.
 */
#ifndef BENCH_SEAM_H
#define BENCH_SEAM_H

#include "bare.h"

/* As bare_run, by this mechanism and its settings. */
int64_t seam_run(const char *via, const struct bare *b, const int cpu[2]);

#endif
