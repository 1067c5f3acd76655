/* Between the files that read a plan: where one is in it, and its grids. */
#ifndef MEASURE_PLAN_READ_H
#define MEASURE_PLAN_READ_H

#include "measure/plan.h"

#define GRID_LIST_MAX 64
#define DEPTH_DEEP    UINT64_MAX
#define DEPTH_BEST    (UINT64_MAX - 1) /* to be found out by the pilot */
#define WAIT_OWN      UINT64_MAX       /* as the mechanism waits by itself */
#define WAIT_BEST     (UINT64_MAX - 1)

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
	bool all; /* mechanisms there are; those that cannot take part do not */
	int mechanisms;
	const char *mechanism[GRID_LIST_MAX];
	struct grid_list sizes, depths, workloads, sinks, caches, waits, places,
		pairs, lags, doses[DOSE_KINDS];
	bool tied; /* to these, the server's CPU and the client's */
	int cpu[2];
	uint64_t bytes, messages;
	int transfer_ms, timeout_ms;
};

/* "PLAN:12: what is wrong"; -EINVAL. */
int plan_refuse(const struct plan_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Goes down by ".key" or "[3]"; back by cutting the path where it was. */
size_t plan_enter(struct plan_reader *r, const char *key);
size_t plan_enter_at(struct plan_reader *r, size_t index);
void plan_leave(struct plan_reader *r, size_t where);

/* A key of an object in a plan, and how its value is read. */
struct plan_key;

/* A dose of each side as one value. */
#define DOSE_VALUE(server, client) ((uint64_t)(server) << 16 | (client))
#define DOSE_SERVER(value)         ((int)((value) >> 16))
#define DOSE_CLIENT(value)         ((int)((value)&0xffff))

/* Puts the value at the reader's place into `to`. 0 or -EINVAL. */
typedef int plan_take(struct plan_reader *r, const struct plan_key *k,
		      const json_t *value, void *to);

/* The same for one of a list. */
typedef int plan_one(struct plan_reader *r, const struct plan_key *k,
		     const json_t *value, uint64_t *to);

struct plan_key {
	const char *name;
	plan_take *take;
	size_t at;                /* of the field, by offsetof */
	const char *const *words; /* of a list of words */
	plan_one *one;            /* of a list */
};

plan_take plan_take_nothing, plan_take_name, plan_take_about, plan_take_share,
	plan_take_budget, plan_take_ms, plan_take_number, plan_take_rounds,
	plan_take_bytes, plan_take_list, plan_take_mechanisms, plan_take_cpus;
plan_one plan_one_size, plan_one_depth, plan_one_wait, plan_one_pairs,
	plan_one_lag, plan_one_dose, plan_one_word;

/* One point of a grid, on its way to a cell. */
struct point {
	const struct grid *g;
	struct tr_spec base; /* as the plan writes the mechanism */
	uint64_t size, depth, wait;
	size_t lag;   /* which of the grid's */
	bool derived; /* a pipe's capacity, which the plan does not give */
};

/*
 * Whether a setting is the mechanism's own and told in its name. A ring's sync
 * is told even if it is the default.
 */
bool plan_is_told(const struct tr_spec *base, int i);

/*
 * Sets the cell's via, spec, depth, wait and candidates. `shown` (TR_SPEC_MAX)
 * is the via for its name, where what is open is called "best". 0, -EINVAL
 * (makes no sense) or another code (not here), and why.
 */
int plan_settle(struct point *at, struct meas_plan *plan, struct meas_cell *c,
		char *shown, struct err *e);

/* Appends the cells of a grid to the plan; none twice. */
int plan_lay_out(struct plan_reader *r, const struct grid *g,
		 struct meas_plan *plan);

#endif
