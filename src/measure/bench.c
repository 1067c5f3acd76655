/* Measuring a plan: sizes, rounds, when to stop. */
#include "measure/bench.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/stop.h"
#include "measure/find.h"

#define WITNESS_STEPS 20000000

int64_t meas_bench_ns(const struct meas_bench *b)
{
	return b->used_ns + clock_ns() - b->t0_ns;
}

/* --- which cells run ------------------------------------------------------ */

static bool is_active(const struct meas_bench *b, size_t i)
{
	return !*b->plan->cell[i].reason &&
	       b->cell[i].track.stop == MEAS_GOES_ON;
}

static size_t active_cells(const struct meas_bench *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->plan->cells; i++)
		n += is_active(b, i);
	return n;
}

static int64_t round_ns(const struct meas_bench *b)
{
	int64_t ns = 0;

	for (size_t i = 0; i < b->plan->cells; i++)
		if (is_active(b, i))
			ns += b->cell[i].took_ns;
	return ns;
}

/* --- progress ------------------------------------------------------------- */

static double widest(const struct meas_bench *b)
{
	double most = 0;

	for (size_t i = 0; i < b->plan->cells; i++)
		if (!*b->plan->cell[i].reason)
			most = fmax(most, meas_track_width(&b->cell[i].track));
	return most;
}

/* What the cells want, but no more than the budget has once all had enough. */
static int64_t left_ms(const struct meas_bench *b)
{
	int64_t wanted = 0, least = 0, budget;

	for (size_t i = 0; i < b->plan->cells; i++) {
		const struct bench_cell *c = &b->cell[i];
		int rounds = b->plan->rounds_min - b->round + !c->done;

		if (!is_active(b, i))
			continue;
		if (rounds < 0)
			rounds = 0;
		wanted += meas_track_wants(&c->track, b->plan) * c->took_ns;
		least += rounds * c->took_ns;
	}
	budget = b->plan->budget_ms * MS_IN_NS - meas_bench_ns(b);
	if (wanted > budget)
		wanted = budget;
	return (wanted > least ? wanted : least) / MS_IN_NS;
}

static void tell(const struct meas_bench *b, size_t done, size_t all)
{
	struct bench_progress p = {
		.round = b->round,
		.done = done,
		.all = all,
		.active = active_cells(b),
		.widest = widest(b),
		.left_ms = b->round > 1 ? left_ms(b) : -1,
	};

	if (b->watch)
		b->watch(b->arg, &p);
}

/* --- sizes ---------------------------------------------------------------- */

static int size_cells(struct meas_bench *b, struct err *e)
{
	size_t n = b->plan->cells;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		if (*b->plan->cell[i].reason || b->cell[i].sized)
			continue;
		tell(b, i, n);
		rc = bench_size_cell(b, i, e);
	}
	return rc;
}

/* --- rounds --------------------------------------------------------------- */

/* Arithmetic that no compiler can shorten and no other process can help. */
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

void bench_judge(struct meas_bench *b)
{
	for (size_t i = 0; i < b->plan->cells; i++)
		if (is_active(b, i))
			meas_track_judge(&b->cell[i].track, b->plan, b->round,
					 b->seed);
}

static void stop_all(struct meas_bench *b, enum meas_stop why)
{
	for (size_t i = 0; i < b->plan->cells; i++)
		if (is_active(b, i))
			b->cell[i].track.stop = why;
}

/* Between rounds only: so every cell has had as many as the others. */
static bool budget_is_spent(const struct meas_bench *b)
{
	return b->round >= b->plan->rounds_min &&
	       meas_bench_ns(b) + round_ns(b) > b->plan->budget_ms * MS_IN_NS;
}

static int run_round(struct meas_bench *b, size_t *order, bool *runs,
		     struct err *e)
{
	size_t n, done = 0;
	int rc = 0;

	for (size_t i = 0; i < b->plan->cells; i++)
		runs[i] = is_active(b, i) || b->cell[i].done;
	n = meas_order(b->seed, b->round, b->plan->cell, b->plan->cells, runs,
		       order);
	b->witness_ns = bench_witness(b->plan);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct bench_cell *c = &b->cell[order[i]];

		tell(b, done++, n);
		if (c->done)
			continue;
		rc = bench_sample_cell(b, order[i], e);
		c->done = rc == 0;
	}
	return rc;
}

/* A round that was interrupted is finished first. */
static int run_rounds(struct meas_bench *b, struct err *e)
{
	size_t *order = calloc(b->plan->cells, sizeof(*order));
	bool *runs = calloc(b->plan->cells, sizeof(*runs));
	int rc = order && runs ? 0 : err_say(e, ENOMEM, "no memory left");

	if (b->round == 0)
		b->round = 1;
	while (rc == 0 && active_cells(b)) {
		rc = run_round(b, order, runs, e);
		if (rc < 0)
			break;
		bench_judge(b);
		meas_run_sync(&b->run);
		if (!active_cells(b))
			break;
		if (budget_is_spent(b)) {
			stop_all(b, MEAS_BUDGET);
			break;
		}
		b->round++;
		for (size_t i = 0; i < b->plan->cells; i++)
			b->cell[i].done = false;
	}
	free(order);
	free(runs);
	return rc;
}

/* Cells of a run that is gone on with may all have had enough: that is well. */
static int check_any(const struct meas_bench *b, struct err *e)
{
	for (size_t i = 0; i < b->plan->cells; i++)
		if (!*b->plan->cell[i].reason)
			return 0;
	return err_say(e, ENOTSUP,
		       "none of the %zu cells can run here; the "
		       "first because: %.200s",
		       b->plan->cells, b->plan->cell[0].reason);
}

int meas_bench_run(struct meas_bench *b, struct err *e)
{
	struct err later = { 0 };
	int rc = size_cells(b, e), put;

	if (rc == 0)
		rc = check_any(b, e);
	if (rc == 0)
		rc = bench_manifest_put(b, NULL, NULL, e);
	if (rc == 0)
		rc = run_rounds(b, e);
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
	if (!b->cell)
		return err_say(e, ENOMEM, "no memory left");
	return find_cell(b->program, sizeof(b->program), e);
}

int meas_bench_begin(struct meas_bench *b, const char *dir, struct err *e)
{
	int rc = make_cells(b, e);

	if (rc == 0)
		rc = check_any(b, e);
	if (rc == 0)
		rc = meas_run_create(&b->run, dir, e);
	if (rc == 0)
		rc = bench_manifest_new(b, e);
	return rc < 0 ? rc : bench_manifest_put(b, NULL, NULL, e);
}

int meas_bench_resume(struct meas_bench *b, const char *dir,
		      struct bench_found *found, struct err *e)
{
	int rc;

	*found = (struct bench_found){ 0 };
	rc = meas_run_open(&b->run, dir, &found->cut_bytes, e);
	if (rc == 0)
		rc = bench_manifest_load(b, e);
	if (rc == 0)
		rc = bench_replay(b, found, e);
	if (rc < 0)
		return rc;
	bench_manifest_resumed(b, found->samples);
	b->t0_ns = clock_ns();
	return bench_manifest_put(b, NULL, NULL, e);
}

void meas_bench_free(struct meas_bench *b)
{
	for (size_t i = 0; b->cell && i < b->plan->cells; i++)
		meas_track_free(&b->cell[i].track);
	free(b->cell);
	b->cell = NULL;
	json_decref(b->manifest);
	b->manifest = NULL;
	meas_run_close(&b->run);
}
