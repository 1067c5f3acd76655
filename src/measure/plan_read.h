/* Between the files that read a plan: where one is in it, and its grids. */
#ifndef MEASURE_PLAN_READ_H
#define MEASURE_PLAN_READ_H

#include "measure/plan.h"

#define GRID_LIST_MAX 64
#define DEPTH_DEEP    UINT64_MAX
#define WAIT_OWN      UINT64_MAX /* as the mechanism waits by itself */

/* Where in the plan, so that a refusal can say the line. */
struct plan_reader {
	const char *origin, *text;
	char path[160];
	struct err *e;
};

struct grid_list {
	bool given;
	int n;
	uint64_t value[GRID_LIST_MAX];
};

struct grid {
	int index; /* in the plan */
	int mechanisms;
	const char *mechanism[GRID_LIST_MAX];
	struct grid_list sizes, depths, workloads, sinks, caches, waits, places,
		pairs, lags;
	uint64_t bytes, messages;
	int sample_ms, timeout_ms;
};

/* "PLAN:12: what is wrong"; -EINVAL. */
int plan_refuse(const struct plan_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Goes down by ".key" or "[3]"; back by cutting the path where it was. */
size_t plan_enter(struct plan_reader *r, const char *key);
size_t plan_enter_at(struct plan_reader *r, size_t index);
void plan_leave(struct plan_reader *r, size_t where);

/* Appends the cells of a grid to the plan; none twice. */
int plan_lay_out(struct plan_reader *r, const struct grid *g,
		 struct meas_plan *plan);

#endif
