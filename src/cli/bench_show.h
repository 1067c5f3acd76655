/* What bench shows: a schedule before, a line meanwhile, a table afterwards. */
#ifndef CLI_BENCH_SHOW_H
#define CLI_BENCH_SHOW_H

#include "measure/plan.h"
#include "report/table.h"

/*
 * For people the cells in the order of the first round, what cannot run and
 * why, and an estimate; for programs every cell of every round that runs for
 * certain. To be freed; NULL: no memory.
 */
char *bench_schedule(const struct meas_plan *plan, uint64_t seed,
		     enum table_format format);

/* "1m 20s", "45 s" */
const char *bench_time(int64_t ms, char *buf, size_t size);

#endif
