/*
 * Reads plans, which are JSON, key by key. An error names its line in the plan,
 * unless options have changed the plan.
 */
#include "measure/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cpu.h"
#include "base/words.h"
#include "measure/plan_read.h"

/* --- objects -------------------------------------------------------------- */

static const char *key_name(size_t i, const void *keys)
{
	return ((const struct plan_key *)keys)[i].name;
}

static int take_member(struct plan_reader *r, const struct plan_key *keys,
		       const char *name, const json_t *value, void *to)
{
	struct err e = { 0 };

	for (const struct plan_key *k = keys; k->name; k++)
		if (!strcmp(k->name, name))
			return k->take(r, k, value, to);
	words_refuse(&e, "key", name, key_name, keys);
	return plan_refuse(r, "%s", e.text);
}

static int take_object(struct plan_reader *r, const struct plan_key *keys,
		       const char *what, json_t *object, void *to)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return plan_refuse(r, "%s must be an object: { … }", what);
	json_object_foreach(object, name, value)
	{
		size_t where = plan_enter(r, name);
		int rc = take_member(r, keys, name, value, to);

		if (rc < 0)
			return rc;
		plan_leave(r, where);
	}
	return 0;
}

#define KEY(key, how, whose, field)                                        \
	{                                                                  \
		.name = (key), .take = (how), .at = offsetof(whose, field) \
	}

#define LIST(key, field, how, of)                                    \
	{                                                            \
		.name = (key), .take = plan_take_list, .one = (how), \
		.at = offsetof(struct grid, field), .words = (of)    \
	}

static const struct plan_key grid_keys[] = {
	{ .name = "mechanisms", .take = plan_take_mechanisms },
	LIST("sizes", sizes, plan_one_size, NULL),
	LIST("depths", depths, plan_one_depth, NULL),
	LIST("workloads", workloads, plan_one_word, copy_workload_names),
	LIST("sinks", sinks, plan_one_word, copy_sink_names),
	LIST("caches", caches, plan_one_word, run_cache_names),
	LIST("waits", waits, plan_one_wait, tr_wait_names),
	LIST("places", places, plan_one_word, run_place_names),
	LIST("pairs", pairs, plan_one_pairs, NULL),
	{ .name = "cpus", .take = plan_take_cpus },
	LIST("extra_copies", doses[DOSE_COPIES], plan_one_dose, NULL),
	LIST("extra_kernel_copies", doses[DOSE_KERNEL_COPIES], plan_one_dose,
	     NULL),
	LIST("extra_calls", doses[DOSE_CALLS], plan_one_dose, NULL),
	LIST("extra_wakes", doses[DOSE_WAKES], plan_one_dose, NULL),
	LIST("extra_pages", doses[DOSE_PAGES], plan_one_dose, NULL),
	LIST("extra_far_copies", doses[DOSE_FAR_COPIES], plan_one_dose, NULL),
	LIST("extra_passes", doses[DOSE_PASSES], plan_one_dose, NULL),
	LIST("extra_contents", doses[DOSE_CONTENTS], plan_one_dose, NULL),
	LIST("extra_crossings", doses[DOSE_CROSSINGS], plan_one_dose, NULL),
	LIST("lags", lags, plan_one_lag, NULL),
	KEY("bytes", plan_take_bytes, struct grid, bytes),
	KEY("messages", plan_take_bytes, struct grid, messages),
	KEY("transfer", plan_take_ms, struct grid, transfer_ms),
	KEY("timeout", plan_take_ms, struct grid, timeout_ms),
	{ .name = NULL },
};

static const struct plan_key generations_keys[] = {
	KEY("min", plan_take_number, struct meas_plan, generations_min),
	KEY("max", plan_take_number, struct meas_plan, generations_max),
	{ .name = NULL },
};

static int take_generations(struct plan_reader *r, const struct plan_key *k,
			    const json_t *value, void *to)
{
	struct meas_plan *plan = to;
	int rc = take_object(r, generations_keys, k->name, (json_t *)value,
			     plan);

	if (rc < 0 || plan->generations_min <= plan->generations_max)
		return rc;
	return plan_refuse(r, "generations: min %d is more than max %d",
			   plan->generations_min, plan->generations_max);
}

static const struct plan_key plan_keys[] = {
	{ .name = "name", .take = plan_take_name },
	{ .name = "about", .take = plan_take_about },
	{ .name = "generations", .take = take_generations },
	KEY("rounds", plan_take_rounds, struct meas_plan, rounds),
	KEY("budget", plan_take_budget, struct meas_plan, budget_ms),
	KEY("precision", plan_take_share, struct meas_plan, precision),
	KEY("margin", plan_take_share, struct meas_plan, margin),
	KEY("level", plan_take_share, struct meas_plan, level),
	KEY("alpha", plan_take_share, struct meas_plan, alpha),
	KEY("transfer", plan_take_ms, struct meas_plan, transfer_ms),
	KEY("timeout", plan_take_ms, struct meas_plan, timeout_ms),
	/* grids are read later, since they use the values of the other keys */
	{ .name = "grids", .take = plan_take_nothing },
	{ .name = NULL },
};

/* --- grids ---------------------------------------------------------------- */

static void set_default(struct grid_list *list, uint64_t value)
{
	if (list->n == 0)
		list->value[list->n++] = value;
}

/*
 * If the grid gives two CPUs by their numbers, finds their place: core, smt or
 * same.
 */
static int check_tied(struct plan_reader *r, struct grid *g)
{
	static const enum run_place places[CPU_PLACES] = {
		[CPU_SAME] = RUN_SAME,
		[CPU_SMT] = RUN_SMT,
		[CPU_CORE] = RUN_CORE,
		[CPU_PACKAGE] = RUN_CORE,
	};

	if (!g->tied)
		return 0;
	if (g->places.given || g->pairs.given)
		return plan_refuse(
			r, "cpus gives the CPUs of a single pair; leave out %s",
			g->places.given ? "places" : "pairs");
	set_default(&g->places, places[cpu_place_of(g->cpu[0], g->cpu[1])]);
	return 0;
}

static int complete_grid(struct plan_reader *r, struct grid *g)
{
	bool files = false;

	if (!g->mechanisms || !g->sizes.given)
		return plan_refuse(r, "a grid needs %s",
				   g->mechanisms ? "sizes" : "mechanisms");
	if (check_tied(r, g) < 0)
		return -EINVAL;
	set_default(&g->depths, DEPTH_DEEP);
	set_default(&g->workloads, COPY_STREAM);
	set_default(&g->sinks, COPY_NEW);
	set_default(&g->caches, RUN_HOT);
	set_default(&g->waits, WAIT_DEFAULT);
	set_default(&g->places, RUN_CORE);
	set_default(&g->pairs, 1);
	set_default(&g->lags, 0);
	for (int i = 0; i < g->workloads.n; i++)
		files |= g->workloads.value[i] == COPY_FILE;
	if (g->sinks.given && !files)
		return plan_refuse(r, "sinks is only for the workload file, "
				      "which this grid does not have");
	return 0;
}

static int read_grid(struct plan_reader *r, json_t *object, size_t index,
		     struct meas_plan *plan)
{
	struct grid g = { .index = (int)index,
			  .transfer_ms = plan->transfer_ms,
			  .timeout_ms = plan->timeout_ms };
	int rc = take_object(r, grid_keys, "a grid", object, &g);

	if (rc == 0)
		rc = complete_grid(r, &g);
	return rc < 0 ? rc : plan_lay_out(r, &g, plan);
}

static int read_grids(struct plan_reader *r, struct meas_plan *plan)
{
	json_t *grids = json_object_get(plan->json, "grids"), *grid;
	size_t i;
	int rc;

	if (!grids)
		return plan_refuse(
			r, "grids is missing; this list says what to measure");
	plan_enter(r, "grids");
	if (!json_array_size(grids))
		return plan_refuse(
			r, "grids must be a list of at least one object");
	json_array_foreach(grids, i, grid)
	{
		size_t where = plan_enter_at(r, i);

		rc = read_grid(r, grid, i, plan);
		if (rc < 0)
			return rc;
		plan_leave(r, where);
	}
	return 0;
}

int meas_plan_parse(const char *origin, const char *text,
		    struct meas_plan *plan, struct err *e)
{
	struct plan_reader r = { .origin = origin, .text = text, .e = e };
	json_error_t error;
	int rc;

	plan->json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!plan->json)
		return err_say(e, EINVAL, "%s:%d: %s (column %d)", origin,
			       error.line, error.text, error.column);
	rc = take_object(&r, plan_keys, "a plan", plan->json, plan);
	plan_leave(&r, 0);
	return rc < 0 ? rc : read_grids(&r, plan);
}
