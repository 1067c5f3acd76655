/*
 * The same transfers by a mechanism's own hooks, in the plainest loops, without
 * a supervisor, signs of life or a library. The difference between this and
 * ipcopy-cell is the cost of the harness. The difference between this and
 * bench/bare.h is the cost of the hooks.
 */
#ifndef BENCH_SEAM_H
#define BENCH_SEAM_H

#include "bare.h"

/* As bare_run, with this mechanism and its settings. */
int64_t seam_run(const char *via, const struct bare *b, const int cpu[2]);

#endif
