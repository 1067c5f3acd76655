/* In which order cells run, and when a cell has run often enough. */
#include "measure/schedule.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"

/* A cell that has failed so often in a row is not tried again. */
#define FAILURES_IN_A_ROW 3

const char *const meas_stop_names[] = {
	[MEAS_GOES_ON] = "",      [MEAS_PRECISE] = "precise",
	[MEAS_BUDGET] = "budget", [MEAS_ROUNDS] = "rounds",
	[MEAS_FAILED] = "failed",
};

/* --- order ---------------------------------------------------------------- */

uint64_t meas_seed_new(void)
{
	uint32_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint32_t)clock_ns();
	return seed;
}

/* splitmix64: seeds that differ in one bit give draws that have no likeness. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint64_t draw(uint64_t seed, int round, size_t cell, uint64_t what)
{
	return mix(mix(mix(seed ^ what) + (uint64_t)round) + cell);
}

/* Blocks by what is drawn for them; within each the order stays. */
static void gather_blocks(uint64_t seed, int round,
			  const struct meas_cell *cell, size_t cells,
			  size_t *order)
{
	for (size_t i = 1; i < cells; i++) {
		size_t moved = order[i], at = i;
		uint64_t key = draw(seed, round, cell[moved].block, 3);

		for (; at > 0 &&
		       draw(seed, round, cell[order[at - 1]].block, 3) > key;
		     at--)
			order[at] = order[at - 1];
		order[at] = moved;
	}
}

size_t meas_order(uint64_t seed, int round, const struct meas_cell *cell,
		  size_t cells, const bool *runs, size_t *order)
{
	size_t n = 0;

	/*
	 * all are shuffled: who has stopped does not change the others' order
	 */
	stats_shuffle(order, cells, mix(mix(seed) + (uint64_t)round));
	gather_blocks(seed, round, cell, cells, order);
	for (size_t i = 0; i < cells; i++)
		if (runs[order[i]])
			order[n++] = order[i];
	return n;
}

int meas_env_bytes(uint64_t seed, int round, size_t cell)
{
	return (int)(draw(seed, round, cell, 1) % MEAS_ENV_MOST);
}

int meas_align_bytes(uint64_t seed, int round, size_t cell)
{
	/* whole cache lines: a line torn in two would be another experiment */
	return (int)(draw(seed, round, cell, 2) % 64) * 64;
}

/* --- enough? -------------------------------------------------------------- */

int meas_track_add(struct meas_track *t, double speed)
{
	if (t->good == t->room) {
		int room = t->room ? 2 * t->room : 32;
		double *more = realloc(t->speed, (size_t)room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		t->speed = more;
		t->room = room;
	}
	t->speed[t->good++] = speed;
	t->failed_in_a_row = 0;
	return 0;
}

void meas_track_fail(struct meas_track *t)
{
	t->failures++;
	t->failed_in_a_row++;
}

void meas_track_free(struct meas_track *t)
{
	free(t->speed);
	*t = (struct meas_track){ 0 };
}

double meas_track_width(const struct meas_track *t)
{
	double half = (t->median.high - t->median.low) / 2;

	if (t->good < 2 || !isfinite(half) || !(t->median.value > 0))
		return INFINITY;
	return half / t->median.value;
}

void meas_track_judge(struct meas_track *t, const struct meas_plan *plan,
		      int round, uint64_t seed)
{
	if (t->stop != MEAS_GOES_ON)
		return;
	t->median = stats_median_interval(t->speed, (size_t)t->good,
					  STATS_PERCENTILE, plan->level, seed);
	if (t->failed_in_a_row >= FAILURES_IN_A_ROW)
		t->stop = MEAS_FAILED;
	else if (round >= plan->rounds_max)
		t->stop = MEAS_ROUNDS;
	else if (t->good >= plan->rounds_min &&
		 meas_track_width(t) <= plan->precision)
		t->stop = MEAS_PRECISE;
}

int meas_track_wants(const struct meas_track *t, const struct meas_plan *plan)
{
	double width = meas_track_width(t), n;

	if (t->stop != MEAS_GOES_ON)
		return 0;
	/* an interval narrows with the root of the rounds, or so */
	n = isfinite(width) && t->good >= 4
		    ? t->good * pow(width / plan->precision, 2)
		    : plan->rounds_min;
	n = fmax(n, plan->rounds_min);
	n = fmin(n, plan->rounds_max);
	return n > t->good + 1 ? (int)ceil(n) - t->good : 1;
}
