/* For the files that read a plan: the reader's place, and the grids. */
#ifndef MEASURE_PLAN_READ_H
#define MEASURE_PLAN_READ_H

#include "measure/plan.h"

#define GRID_LIST_MAX 64
#define DEPTH_DEEP    UINT64_MAX
#define DEPTH_BEST    (UINT64_MAX - 1) /* the pilot finds it */
#define DEPTH_OWN     (UINT64_MAX - 2) /* a setting of the mechanism */
#define WAIT_DEFAULT  UINT64_MAX       /* the mechanism's default */
#define WAIT_BEST     (UINT64_MAX - 1)
#define WAIT_OWN      (UINT64_MAX - 2) /* a setting of the mechanism */

/* The place in the plan, so that a refusal can name the line. */
struct plan_reader {
	const char *origin; /* NULL: messages name no line */
	const char *text;
	char path[160];
	struct err *e;
};

struct grid_list {
	bool given;
	int n;
	uint64_t value[GRID_LIST_MAX];
};

struct grid {
	int index; /* its number in the plan */
	/* "all" mechanisms; those that cannot take part are left out */
	bool all;
	int mechanisms;
	const char *mechanism[GRID_LIST_MAX];
	struct grid_list sizes, depths, workloads, sinks, caches, waits, places,
		pairs, lags, doses[DOSE_KINDS];
	bool tied; /* to cpu[0], the server's CPU, and cpu[1], the client's */
	int cpu[2];
	uint64_t bytes, messages;
	int transfer_ms, timeout_ms;
};

/* "PLAN:12: what is wrong"; -EINVAL. */
int plan_refuse(const struct plan_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Adds ".key" or "[3]" to the path of the reader. Returns the length that the
 * path had before; plan_leave() restores this length.
 */
size_t plan_enter(struct plan_reader *r, const char *key);
size_t plan_enter_at(struct plan_reader *r, size_t index);
void plan_leave(struct plan_reader *r, size_t where);

/* A key of an object in a plan, and how its value is read. */
struct plan_key;

/* The doses of both sides, packed into one value of a list. */
#define DOSE_VALUE(server, client) ((uint64_t)(server) << 16 | (client))
#define DOSE_SERVER(value)         ((int)((value) >> 16))
#define DOSE_CLIENT(value)         ((int)((value)&0xffff))

/* Puts the value at the reader's place into `to`. 0 or -EINVAL. */
typedef int plan_take(struct plan_reader *r, const struct plan_key *k,
		      const json_t *value, void *to);

/* Puts one value of a list into `to`. 0 or -EINVAL. */
typedef int plan_one(struct plan_reader *r, const struct plan_key *k,
		     const json_t *value, uint64_t *to);

struct plan_key {
	const char *name;
	plan_take *take;
	size_t at;                /* offset of the field */
	const char *const *words; /* the words that the list allows */
	plan_one *one;            /* reads one value of a list */
};

plan_take plan_take_nothing, plan_take_name, plan_take_about, plan_take_share,
	plan_take_budget, plan_take_ms, plan_take_number, plan_take_rounds,
	plan_take_bytes, plan_take_list, plan_take_mechanisms, plan_take_cpus;
plan_one plan_one_size, plan_one_depth, plan_one_wait, plan_one_pairs,
	plan_one_lag, plan_one_dose, plan_one_word;

/* One point of a grid, from which a cell is made. */
struct point {
	const struct grid *g;
	struct tr_spec base; /* the mechanism as the plan writes it */
	uint64_t size, depth, wait;
	size_t lag;   /* the lag's number in the list of the grid */
	bool derived; /* the capacity of a pipe follows from depth and size */
};

/*
 * True if parameter i is a part of the mechanism's name: the plan gives the
 * parameter, or it is the sync of a ring, which every name of a ring has.
 */
bool plan_is_told(const struct tr_spec *base, int i);

/*
 * Sets via, spec, depth, wait and candidates of the cell. `shown` (TR_SPEC_MAX
 * bytes) gets the same text as via, but with "best" for an open setting.
 * Returns 0; -EINVAL: the settings make no sense; another code: this machine
 * does not allow them. The reason is in `e`.
 */
int plan_settle(struct point *at, struct meas_plan *plan, struct meas_cell *c,
		char *shown, struct err *e);

/* Appends the cells of a grid to the plan, each only once. */
int plan_lay_out(struct plan_reader *r, const struct grid *g,
		 struct meas_plan *plan);

#endif
