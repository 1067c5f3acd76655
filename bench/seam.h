/*
 * The transfers of bare.h, made by a mechanism's own hooks in bare loops,
 * without a supervisor, signs of life or a library. ipcopy-cell takes longer
 * than these transfers by the cost of the harness. These transfers take longer
 * than those of bare.h by the cost of the hooks.
 */
#ifndef BENCH_SEAM_H
#define BENCH_SEAM_H

#include "bare.h"

/*
 * As bare_run, with the mechanism `via`, which may have settings, in place of
 * b->channel. If `via` has wait=batch, both processes are SCHED_BATCH. Trips
 * are not timed, whatever b->timed is.
 */
int64_t seam_run(const char *via, const struct bare *b, const int cpu[2]);

#endif
