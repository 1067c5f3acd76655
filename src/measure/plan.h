/*
 * A plan says what to measure. It is read from JSON, and its grids are laid out
 * into cells before anything runs.
 *
 *	{ "name": "mine", "about": "…",
 *	  "generations": { "min": 8, "max": 40 }, "rounds": 12,
 *	  "budget": "5m", "precision": "2%", "margin": "3%",
 *	  "transfer": "3ms",
 *	  "grids": [ { "mechanisms": ["shm", "pipe"], "sizes": ["4K", "64K"],
 *	               "depths": [1, "deep"], "workloads": ["stream"],
 *	               "places": ["core", "same"] } ] }
 *
 * A grid needs only `mechanisms` and `sizes`. A list of one value may be
 * written as the value alone. A depth or wait of "best" is left open: before
 * the comparison, a pilot picks the value for each mechanism. The generations
 * of the pilot are not used for the comparison. With "own", each mechanism has
 * the depth or wait that is among its settings, or its default.
 */
#ifndef MEASURE_PLAN_H
#define MEASURE_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "copy/dose.h"
#include "run/condition.h"
#include "run/run.h"
#include "transport/transport.h"

#define MEAS_NAME_MAX  (TR_SPEC_MAX + 64)
#define MEAS_PAIRS_MAX 64

/*
 * The largest number of cells in a condition. They take turns in one process.
 */
#define MEAS_CELLS_TOGETHER 128

/* One mechanism with all its settings, under one condition. */
struct meas_cell {
	char name[MEAS_NAME_MAX]; /* unique in the run */
	char own[TR_SPEC_MAX];    /* the mechanism as the plan names it */
	/*
	 * the same with size and depth, and with a wait that is not the default
	 */
	char via[TR_SPEC_MAX];
	char label[96]; /* the name in figures */
	struct tr_spec spec;
	enum copy_workload workload;
	enum copy_sink sink;
	enum run_cache cache;
	enum run_place place;
	uint64_t size_bytes;
	char depth[24];   /* "1", "deep", "best", "own" or "-" */
	const char *wait; /* "block" …, "best", "own" or "-" */
	/*
	 * Index and number of the entries of plan->setting that a pilot tries
	 * for this cell; 0: the plan leaves no setting open.
	 */
	size_t candidate, candidates;
	int pairs;
	struct dose dose; /* the extra work of each side */
	int lag_percent;  /* makes the cell slower, to test the statistics */
	bool placed;
	int cpu[MEAS_PAIRS_MAX][2]; /* for each pair; unused with RUN_FREE */
	uint64_t bytes, messages;   /* the size of a transfer; 0: not given */
	int transfer_ms, timeout_ms;
	char reason[300]; /* why the cell cannot run here; "": it can */
};

struct meas_plan {
	char name[64];
	char about[300];
	int generations_min, generations_max; /* for each condition */
	int rounds;                           /* in each generation */
	double precision, margin, level, alpha;
	int64_t budget_ms;
	int transfer_ms, timeout_ms;
	json_t *json; /* as it was read */
	struct meas_cell *cell;
	size_t cells;
	/* all settings that pilots try, cell by cell */
	char (*setting)[TR_SPEC_MAX];
	size_t settings;
};

#define MEAS_PLAN_INIT                                                      \
	{                                                                   \
		.generations_min = 8, .generations_max = 200, .rounds = 12, \
		.precision = 0.05, .margin = 0.03, .level = 0.95,           \
		.alpha = 0.05, .budget_ms = 300000, .transfer_ms = 3,       \
		.timeout_ms = 30000                                         \
	}

/* Keys from options. They replace the keys of a plan and of all its grids. */
struct meas_choice {
	json_t *plan, *grid; /* objects */
};

/*
 * Reads a plan. `word` is a plan that comes with ipcopy ("quick") or a file; if
 * `word` is NULL, the plan has only the keys of `choice`. `plan` must be
 * MEAS_PLAN_INIT. -EINVAL: the plan is refused, and `e` says what is allowed
 * and, if no option changes the plan, in which line it is wrong. Free the plan
 * in any case.
 */
int meas_plan_load(const char *word, const struct meas_choice *choice,
		   struct meas_plan *plan, struct err *e);

/* The i-th plan that comes with ipcopy, NULL past the last. */
const char *meas_plan_builtin(size_t i);

/*
 * Reads a plan from a text. `origin` names the text in messages; if it is NULL,
 * they name neither the text nor its lines.
 */
int meas_plan_parse(const char *origin, const char *text,
		    struct meas_plan *plan, struct err *e);

void meas_plan_free(struct meas_plan *plan);

#endif
