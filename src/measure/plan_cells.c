/* Turns the grids of a plan into cells, and refuses what is impossible. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/cpu.h"
#include "base/grow.h"
#include "base/size.h"
#include "measure/plan_read.h"
#include "run/name.h"

#define CELLS_MAX 20000

/* --- the mechanism as the plan writes it ---------------------------------- */

/* True if the grid leaves this setting to the mechanism, by the word "own". */
static bool is_own(const struct point *at, const char *setting)
{
	if (!strcmp(setting, "wait"))
		return at->wait == WAIT_OWN;
	return strcmp(setting, "size") != 0 && at->depth == DEPTH_OWN;
}

/*
 * Refuses settings that a plan gives in lists of their own, such as the size,
 * if they are given with the mechanism.
 */
static int check_own(struct plan_reader *r, const struct point *at,
		     const struct tr_spec *spec)
{
	static const char *const elsewhere[][2] = {
		{ "size", "sizes" },
		{ "depth", "depths" },
		{ "capacity", "depths (a pipe holds depth times size)" },
		{ "wait", "waits" },
	};

	for (int i = 0; spec->ops->params[i].name; i++)
		for (size_t j = 0; j < 4; j++)
			if (spec->given[i] && !is_own(at, elsewhere[j][0]) &&
			    !strcmp(spec->ops->params[i].name, elsewhere[j][0]))
				return plan_refuse(
					r,
					"%s: a plan does not allow the setting "
					"%s in mechanisms; move it to %s",
					spec->ops->name, elsewhere[j][0],
					elsewhere[j][1]);
	return 0;
}

static int read_mechanism(struct plan_reader *r, const char *text,
			  struct point *at)
{
	struct err e = { 0 };

	if (tr_spec_parse(text, &at->base, &e) < 0)
		return plan_refuse(r, "%s", e.text);
	return check_own(r, at, &at->base);
}

static void put_label(const struct tr_spec *base, char *buf, size_t size)
{
	const struct tr_param *p = base->ops->params;
	char word[32];

	snprintf(buf, size, "%s", base->ops->name);
	for (int i = 0; p[i].name; i++) {
		if (!plan_is_told(base, i))
			continue;
		if (p[i].kind == TR_CHOICE)
			text_append(buf, size, " %s",
				    p[i].choices[base->value[i]]);
		else
			text_append(
				buf, size, " %s=%s", p[i].name,
				size_word(base->value[i], word, sizeof(word)));
	}
}

/* --- cells ---------------------------------------------------------------- */

static bool is_there(const struct meas_plan *plan, const struct meas_cell *c)
{
	for (size_t i = 0; i < plan->cells; i++)
		if (!strcmp(plan->cell[i].name, c->name))
			return true;
	return false;
}

static int append_cell(struct plan_reader *r, struct meas_plan *plan,
		       const struct meas_cell *c)
{
	if (is_there(plan, c))
		return 0;
	if (plan->cells == CELLS_MAX)
		return plan_refuse(r, "a plan has at most %d cells", CELLS_MAX);
	if (!array_reach(&plan->cell, &plan->cells, plan->cells + 1,
			 sizeof(*c)))
		return err_say(r->e, ENOMEM, "out of memory");
	plan->cell[plan->cells - 1] = *c;
	return 0;
}

/* Asks for the CPUs of a place only once, since finding them takes time. */
static bool place_as_before(const struct meas_plan *plan, struct meas_cell *c)
{
	for (size_t i = 0; i < plan->cells; i++) {
		const struct meas_cell *b = &plan->cell[i];

		if (!b->placed || b->place != c->place || b->pairs != c->pairs)
			continue;
		memcpy(c->cpu, b->cpu, sizeof(c->cpu));
		memcpy(c->reason, b->reason, sizeof(c->reason));
		return true;
	}
	return false;
}

static void place(const struct meas_plan *plan, const struct grid *g,
		  struct meas_cell *c)
{
	static const enum cpu_place places[] = {
		[RUN_CORE] = CPU_CORE,
		[RUN_SMT] = CPU_SMT,
		[RUN_SAME] = CPU_SAME,
	};
	struct err e = { 0 };

	c->placed = true;
	if (g->tied)
		memcpy(c->cpu[0], g->cpu, sizeof(g->cpu));
	else if (c->place != RUN_FREE && !place_as_before(plan, c) &&
		 cpu_find_pairs(places[c->place], c->pairs, c->cpu, &e) < 0)
		snprintf(c->reason, sizeof(c->reason), "%s", e.text);
}

/* Why the cell is impossible on every machine; NULL: it is possible on some. */
static const char *impossible(const struct meas_cell *c)
{
	const struct transport *ops = c->spec.ops;

	if (c->workload != COPY_FILE && !tr_has_message_form(ops))
		return "moves whole files, so it takes part only in the "
		       "workload file";
	if (c->workload == COPY_PINGPONG && ops->carries_nothing)
		return "carries nothing, so in pingpong no answer would come";
	return NULL;
}

/* Returned for a mechanism that cannot take part, which "all" leaves out. */
enum { NOT_THIS_ONE = 1 };

static int make_cell(struct plan_reader *r, struct point *at,
		     struct meas_plan *plan, struct meas_cell *c)
{
	char shown[TR_SPEC_MAX];
	struct err e = { 0 };
	const char *why;
	int rc;

	c->spec = at->base;
	why = impossible(c);
	if (why && at->g->all)
		return NOT_THIS_ONE;
	if (why)
		return plan_refuse(r, "%s %s", c->spec.ops->name, why);
	rc = plan_settle(at, plan, c, shown, &e);
	if (rc == -EINVAL && !at->derived && !at->g->all)
		return plan_refuse(r, "%s", e.text);
	if (rc < 0)
		snprintf(c->reason, sizeof(c->reason), "%s", e.text);
	else
		place(plan, at->g, c);
	run_name_put(c->name, sizeof(c->name), shown,
		     &(struct run_condition){
			     .workload = copy_workload_names[c->workload],
			     .sink = run_sink_word(c->sink),
			     .cache = run_cache_names[c->cache],
			     .place = run_place_names[c->place],
			     .pairs = c->pairs });
	put_label(&at->base, c->label, sizeof(c->label));
	return 0;
}

/* How often this lag occurs before its place in the list of the grid. */
static int lags_before(const struct point *at)
{
	const struct grid_list *lags = &at->g->lags;
	int n = 0;

	for (size_t i = 0; i < at->lag; i++)
		n += lags->value[i] == lags->value[at->lag];
	return n;
}

/*
 * Adds the lag or the twin's number to a name; a twin is the same cell a second
 * time.
 */
static void set_lag(const struct point *at, struct meas_cell *c)
{
	int n = lags_before(at);

	c->lag_percent = (int)at->g->lags.value[at->lag];
	run_name_add_lag(c->name, sizeof(c->name), c->lag_percent);
	run_name_add_twin(c->name, sizeof(c->name), n);
	if (c->lag_percent)
		text_append(c->label, sizeof(c->label), " +%d %%",
			    c->lag_percent);
	if (n)
		text_append(c->label, sizeof(c->label), " twin %d", n);
}

/* Puts into `e` why the cell cannot have its dose; "" if it can. */
static void check_dose(const struct meas_cell *c, struct err *e)
{
	dose_check(&c->dose, c->spec.ops, e);
	/* with "best", different settings would change the price, too */
	if (!*e->text && c->candidates)
		err_say(e, EINVAL,
			"the mechanism %s with \"best\" could pick other "
			"settings for each dose of extra work; give a depth "
			"and a wait instead of \"best\"",
			c->spec.ops->name);
}

/*
 * Adds a cell with the dose, in addition to the cell without a dose. A side
 * that moves whole files cannot have a dose.
 */
static int append_dosed(struct plan_reader *r, const struct grid *g,
			struct meas_plan *plan, struct meas_cell c)
{
	char text[DOSE_TEXT_MAX];
	struct err e = { 0 };

	if (dose_is_none(&c.dose))
		return 0;
	check_dose(&c, &e);
	if (*e.text)
		return g->all ? 0 : plan_refuse(r, "%s", e.text);
	dose_text(&c.dose, text, sizeof(text));
	run_name_add_dose(c.name, sizeof(c.name), text);
	text_append(c.label, sizeof(c.label), " %s", text);
	return append_cell(r, plan, &c);
}

static int append_doses(struct plan_reader *r, const struct grid *g,
			struct meas_plan *plan, const struct meas_cell *without)
{
	int rc = 0;

	for (int k = 0; k < DOSE_KINDS; k++)
		for (int i = 0; i < g->doses[k].n && rc == 0; i++) {
			uint64_t value = g->doses[k].value[i];
			struct meas_cell c = *without;

			c.dose.times[k][COPY_SERVER] = DOSE_SERVER(value);
			c.dose.times[k][COPY_CLIENT] = DOSE_CLIENT(value);
			rc = append_dosed(r, g, plan, c);
		}
	return rc;
}

static int lay_out_mechanism(struct plan_reader *r, struct point *at,
			     const struct meas_cell *condition, int i,
			     struct meas_plan *plan)
{
	struct meas_cell c = *condition;
	size_t where = plan_enter(r, "mechanisms");
	int rc;

	/* if mechanisms is a single text, errors name the line of this key */
	plan_enter_at(r, (size_t)i);
	rc = read_mechanism(r, at->g->mechanism[i], at);
	if (rc == 0)
		rc = make_cell(r, at, plan, &c);
	for (at->lag = 0; rc == 0 && (int)at->lag < at->g->lags.n; at->lag++) {
		struct meas_cell one = c;

		set_lag(at, &one);
		rc = append_cell(r, plan, &one);
	}
	if (rc == 0)
		rc = append_doses(r, at->g, plan, &c);
	plan_leave(r, where);
	return rc < 0 ? rc : 0;
}

/*
 * Chooses combination number n of the values of all lists except lags and
 * doses. False: there are fewer combinations.
 */
static bool choose(const struct grid *g, size_t n, struct point *at,
		   struct meas_cell *c)
{
	const struct grid_list *lists[] = { &g->pairs, &g->places,
					    &g->waits, &g->depths,
					    &g->sizes, &g->caches,
					    &g->sinks, &g->workloads };
	uint64_t value[8];

	for (size_t i = 0; i < 8; i++) {
		value[i] = lists[i]->value[n % (size_t)lists[i]->n];
		n /= (size_t)lists[i]->n;
	}
	if (n > 0)
		return false;
	*at = (struct point){
		.g = g, .wait = value[2], .depth = value[3], .size = value[4]
	};
	*c = (struct meas_cell){
		.pairs = (int)value[0],
		.place = (enum run_place)value[1],
		.size_bytes = value[4],
		.cache = (enum run_cache)value[5],
		.sink = (enum copy_sink)value[6],
		.workload = (enum copy_workload)value[7],
		.bytes = g->bytes,
		.messages = g->messages,
		.transfer_ms = g->transfer_ms,
		.timeout_ms = g->timeout_ms,
	};
	if (c->workload != COPY_FILE)
		c->sink = COPY_SINKS;
	return true;
}

/* Refuses "best" in `list` if no mechanism has the setting (`found`). */
static int check_best(struct plan_reader *r, const struct grid_list *list,
		      uint64_t best, const char *key, bool found)
{
	for (int i = 0; i < list->n && !found; i++)
		if (list->value[i] == best)
			return plan_refuse(
				r,
				"%s: \"best\" needs a mechanism that has this "
				"setting, and no mechanism in this grid has it",
				key);
	return 0;
}

/*
 * Refuses "own" beside other values. Two cells of which only one has its own
 * wait could have the same name.
 */
static int check_own_alone(struct plan_reader *r, const struct grid_list *list,
			   uint64_t own, const char *key)
{
	for (int i = 0; i < list->n && list->n > 1; i++)
		if (list->value[i] == own)
			return plan_refuse(
				r, "%s: \"own\" must be the only value", key);
	return 0;
}

static int check_open(struct plan_reader *r, const struct grid *g,
		      const struct meas_plan *plan, size_t first)
{
	bool depth = false, wait = false;
	int rc;

	for (size_t i = first; i < plan->cells; i++) {
		depth |= !strcmp(plan->cell[i].depth, "best");
		wait |= !strcmp(plan->cell[i].wait, "best");
	}
	rc = check_best(r, &g->depths, DEPTH_BEST, "depths", depth);
	return rc < 0 ? rc : check_best(r, &g->waits, WAIT_BEST, "waits", wait);
}

int plan_lay_out(struct plan_reader *r, const struct grid *g,
		 struct meas_plan *plan)
{
	struct meas_cell condition;
	size_t first = plan->cells;
	struct point at;
	int rc = check_own_alone(r, &g->depths, DEPTH_OWN, "depths");

	if (rc == 0)
		rc = check_own_alone(r, &g->waits, WAIT_OWN, "waits");
	for (size_t n = 0; rc == 0 && choose(g, n, &at, &condition); n++)
		for (int i = 0; i < g->mechanisms && rc == 0; i++)
			rc = lay_out_mechanism(r, &at, &condition, i, plan);
	return rc < 0 ? rc : check_open(r, g, plan, first);
}
