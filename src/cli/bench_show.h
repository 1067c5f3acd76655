/* What bench shows: a schedule before, a line meanwhile, a table afterwards. */
#ifndef CLI_BENCH_SHOW_H
#define CLI_BENCH_SHOW_H

#include "measure/bench.h"
#include "text/table.h"

/*
 * For people the cells in the order of the first round, what cannot run and
 * why, and an estimate; for programs every cell of every round that runs for
 * certain. To be freed; NULL: no memory.
 */
char *bench_schedule(const struct meas_plan *plan, uint64_t seed,
		     enum table_format format);

/* Where a run stands, for one line of a terminal. */
void bench_line(const struct meas_plan *plan, const struct bench_progress *p,
		char *buf, size_t size);

/* What every cell came to, for people: to be freed; NULL: no memory. */
char *bench_results(const struct meas_bench *b);

/* "1m 20s", "45s" */
const char *bench_time(int64_t ms, char *buf, size_t size);

#endif
