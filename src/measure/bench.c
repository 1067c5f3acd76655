/* Measures a plan: finds transfer sizes, runs sweeps, decides when to stop. */
#include "measure/bench.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/stop.h"
#include "measure/bench_inside.h"
#include "measure/find.h"

#define WITNESS_STEPS 2000000

/*
 * Guesses: the time that a generation takes besides its transfers, and how many
 * of its transfers are not timed.
 */
#define SETUP_MS       15 /* for a cell: forking, connecting, touching pages */
#define GENERATION_MS  30 /* for the process of a generation, and its files */
#define WARM_TRANSFERS 6

int64_t meas_guess_ms(const struct meas_plan *plan, size_t cells)
{
	int64_t transfers = plan->rounds + WARM_TRANSFERS;

	return GENERATION_MS +
	       (int64_t)cells * (SETUP_MS + transfers * plan->transfer_ms);
}

static int64_t budget_left_ns(const struct meas_bench *b)
{
	return b->plan->budget_ms * MS_IN_NS - meas_bench_ns(b);
}

/* --- progress ------------------------------------------------------------- */

static void tell(const struct meas_bench *b, const struct bench_condition *now,
		 size_t done, size_t all)
{
	struct bench_progress p = {
		.sweep = b->sweep,
		.done = done,
		.all = all,
		.now = now,
		.left_ms = budget_left_ns(b) / MS_IN_NS,
	};

	for (size_t k = 0; k < b->conditions; k++) {
		p.open += b->condition[k].open;
		p.decided += !b->condition[k].open;
	}
	if (b->watch)
		b->watch(b->arg, &p);
}

/* --- sizes ---------------------------------------------------------------- */

static int size_conditions(struct meas_bench *b, struct err *e)
{
	int rc = 0;

	for (size_t k = 0; k < b->conditions && rc == 0; k++) {
		struct bench_condition *c = &b->condition[k];

		if (c->sized)
			continue;
		tell(b, c, k, b->conditions);
		rc = bench_size(b, c, e);
		if (rc == 0 && !c->sized)
			c->stop = MEAS_FAILED;
	}
	return rc;
}

/* --- the machine, now ----------------------------------------------------- */

/*
 * The work that bench_witness() times. It uses only registers, so its time
 * does not depend on caches. A compiler cannot shorten it.
 */
static uint64_t work(uint64_t x)
{
	for (int i = 0; i < WITNESS_STEPS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x;
}

int64_t bench_witness(const struct meas_plan *plan)
{
	static volatile uint64_t result = 88172645463325252;
	struct err unused = { 0 };
	cpu_set_t before;
	int64_t t0_ns, ns;

	if (sched_getaffinity(0, sizeof(before), &before) < 0)
		CPU_ZERO(&before);
	for (size_t i = 0; i < plan->cells; i++)
		if (!*plan->cell[i].reason && plan->cell[i].place != RUN_FREE) {
			cpu_bind(plan->cell[i].cpu[0][0], &unused);
			break;
		}
	t0_ns = clock_ns();
	result = work(result);
	ns = clock_ns() - t0_ns;
	if (CPU_COUNT(&before))
		sched_setaffinity(0, sizeof(before), &before);
	return ns;
}

/* --- sweeps --------------------------------------------------------------- */

/*
 * After the first generations_min sweeps, every second sweep measures only the
 * conditions that are not decided, as long as one of them is still measured.
 */
static bool is_for_open_ones(const struct meas_bench *b)
{
	if (b->sweep % 2 != 0 || b->sweep <= b->plan->generations_min)
		return false;
	for (size_t k = 0; k < b->conditions; k++)
		if (b->condition[k].open &&
		    bench_is_active(b, &b->condition[k]))
			return true;
	return false;
}

static bool is_due(const struct meas_bench *b, const struct bench_condition *k)
{
	return bench_is_active(b, k) && (!is_for_open_ones(b) || k->open);
}

/*
 * True for the first generations_min generations, and then while the budget is
 * enough for another one.
 */
static bool fits(const struct meas_bench *b, const struct bench_condition *k)
{
	return k->generations < b->plan->generations_min ||
	       k->took_ns <= budget_left_ns(b);
}

static int measure_one(struct meas_bench *b, struct bench_condition *k,
		       struct err *e)
{
	int rc = 0;

	if (!fits(b, k)) {
		k->stop = MEAS_BUDGET;
		return 0;
	}
	/* repeat a generation once if it had too few rounds to count */
	for (int tries = 0; rc == 0 && !k->done && tries < 2; tries++) {
		b->generation++;
		b->witness_ns = bench_witness(b->plan);
		rc = bench_measure(b, k, e);
	}
	if (rc == 0 && !k->done)
		rc = err_say(e, EPROTO,
			     "the condition %s: the measuring program made "
			     "fewer than %d rounds in each of two generations, "
			     "which are too few to compare",
			     k->words, RUN_ROUNDS_LEAST);
	return rc;
}

static void tell_pilot(const struct meas_bench *b, struct bench_condition *k)
{
	size_t open = bench_pilot_open(b, k);

	if (open)
		snprintf(k->race, sizeof(k->race),
			 "picking the best of %zu settings", open);
}

static int run_sweep(struct meas_bench *b, size_t *order, bool *due,
		     struct err *e)
{
	size_t n, done = 0;
	int rc = 0;

	for (size_t k = 0; k < b->conditions; k++)
		due[k] = is_due(b, &b->condition[k]);
	n = meas_sweep_order(b->seed, b->sweep, b->conditions, due, order);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct bench_condition *k = &b->condition[order[i]];

		tell_pilot(b, k);
		tell(b, k, done++, n);
		if (!k->done)
			rc = measure_one(b, k, e);
	}
	return rc;
}

static bool any_active(const struct meas_bench *b)
{
	for (size_t k = 0; k < b->conditions; k++)
		if (bench_is_active(b, &b->condition[k]))
			return true;
	return false;
}

/* In a resumed run, first finishes the sweep that was interrupted. */
static int run_sweeps(struct meas_bench *b, struct err *e)
{
	size_t *order = calloc(b->conditions + 1, sizeof(*order));
	bool *due = calloc(b->conditions + 1, sizeof(*due));
	int rc = order && due ? 0 : err_say(e, ENOMEM, "out of memory");

	if (b->sweep == 0)
		b->sweep = 1;
	while (rc == 0 && any_active(b)) {
		rc = run_sweep(b, order, due, e);
		meas_folder_sync(&b->run);
		if (rc == 0)
			rc = bench_end_sweep(b, e);
	}
	free(order);
	free(due);
	return rc;
}

/* It is an error if all cells are skipped, but not if all are done already. */
static int check_any(const struct meas_bench *b, struct err *e)
{
	for (size_t i = 0; i < b->plan->cells; i++)
		if (!*b->plan->cell[i].reason)
			return 0;
	return err_say(e, ENOTSUP,
		       "none of the %zu cells can run here; the first one "
		       "cannot run for this reason: %.200s",
		       b->plan->cells, b->plan->cell[0].reason);
}

int meas_bench_run(struct meas_bench *b, struct err *e)
{
	struct err later = { 0 };
	int rc = size_conditions(b, e), put;

	if (rc == 0)
		rc = check_any(b, e);
	if (rc == 0)
		rc = bench_manifest_put(b, NULL, NULL, e);
	if (rc == 0)
		rc = run_sweeps(b, e);
	if (rc == -EINTR)
		put = bench_manifest_put(b, "interrupted", NULL, &later);
	else
		put = bench_manifest_put(b, rc < 0 ? "failed" : "done",
					 rc < 0 ? e->text : NULL, &later);
	if (rc == 0 && put < 0)
		*e = later;
	return rc < 0 ? rc : put;
}

/* --- beginning ------------------------------------------------------------ */

static int make_cells(struct meas_bench *b, struct err *e)
{
	b->cell = calloc(b->plan->cells + 1, sizeof(*b->cell));
	b->t0_ns = clock_ns();
	return b->cell ? bench_pilot_begin(b, e)
		       : err_say(e, ENOMEM, "out of memory");
}

/*
 * Each generation of a pilot tries half as many settings as the one before it.
 * So all of them together take about twice as long as the first.
 */
static int64_t pilot_guess_ms(const struct meas_bench *b,
			      const struct bench_condition *k)
{
	size_t open = bench_pilot_open(b, k);

	return open ? 2 * meas_guess_ms(b->plan, open) : 0;
}

/* Checks that the budget is enough for one generation of each condition. */
static int check_budget(const struct meas_bench *b, struct err *e)
{
	int64_t need_ms = 0;

	for (size_t k = 0; k < b->conditions; k++)
		need_ms += meas_guess_ms(b->plan, b->condition[k].cells) +
			   pilot_guess_ms(b, &b->condition[k]);
	if (need_ms <= b->plan->budget_ms)
		return 0;
	return err_say(e, EINVAL,
		       "the budget of %.3g s is too short to measure one "
		       "generation of each of the %zu conditions, which takes "
		       "about %.3g s (with the trials for \"best\", if any); "
		       "give more with --budget, or leave out conditions",
		       (double)b->plan->budget_ms / 1000, b->conditions,
		       (double)need_ms / 1000);
}

int meas_bench_lay_out(struct meas_bench *b, struct err *e)
{
	int rc = make_cells(b, e);

	b->pilot_ns = b->plan->budget_ms * MS_IN_NS / 2;
	return rc < 0 ? rc : bench_manifest_new(b, e);
}

int meas_bench_begin(struct meas_bench *b, const char *dir, struct err *e)
{
	int rc = find_cell(b->program, sizeof(b->program), e);

	if (rc == 0)
		rc = meas_bench_lay_out(b, e);
	if (rc == 0)
		rc = check_any(b, e);
	if (rc == 0)
		rc = check_budget(b, e);
	if (rc == 0)
		rc = meas_folder_create(&b->run, dir, e);
	if (rc == 0)
		meas_beside_begin(&b->beside, b->run.dir);
	return rc < 0 ? rc : bench_manifest_put(b, NULL, NULL, e);
}

int meas_bench_resume(struct meas_bench *b, const char *dir,
		      struct bench_found *found, struct err *e)
{
	int rc;

	*found = (struct bench_found){ 0 };
	rc = meas_folder_open(&b->run, dir, &found->cut_bytes, e);
	if (rc == 0)
		rc = bench_manifest_load(b, e);
	if (rc == 0)
		rc = bench_replay(b, found, e);
	if (rc < 0)
		return rc;
	bench_manifest_resumed(b, found->samples);
	b->t0_ns = clock_ns();
	meas_beside_begin(&b->beside, b->run.dir);
	return bench_manifest_put(b, NULL, NULL, e);
}

void meas_bench_free(struct meas_bench *b)
{
	bench_pilot_free(b);
	free(b->cell);
	b->cell = NULL;
	bench_conditions_free(b);
	json_decref(b->manifest);
	b->manifest = NULL;
	meas_beside_end(&b->beside);
	meas_folder_close(&b->run);
}
