/*
 * The output of bench before and during a run: with --dry-run the schedule,
 * else warnings and a line of progress.
 */
#ifndef CLI_BENCH_SHOW_H
#define CLI_BENCH_SHOW_H

#include "measure/bench.h"
#include "text/table.h"

/*
 * Shows a bench that is ready to run. People get the conditions in the order of
 * the first sweep, the cells that cannot run with the reason, and an estimate.
 * Programs get a row for each cell in each of the sweeps that every run makes
 * (the generations_min of the plan), and a row for each cell that cannot run.
 * The caller frees the text; NULL: no memory.
 */
char *bench_schedule(const struct meas_bench *b, enum table_format format);

/* The progress of a run, in one line of a terminal. */
void bench_line(const struct meas_plan *plan, const struct bench_progress *p,
		char *buf, size_t size);

/* Warns if another ipcopy bench measures at the same time. */
void bench_show_beside(const struct meas_beside *b);

/* Says what was found in a run that is continued. */
void bench_show_found(const struct bench_found *f, const char *dir);

#endif
