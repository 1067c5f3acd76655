/* Where in a plan a value is, in which order cells run, and when they stop. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/json_line.h"
#include "measure/machine.h"
#include "measure/schedule.h"
#include "tap.h"

#define CELLS  40
#define BLOCKS 4

/* --- lines ---------------------------------------------------------------- */

static const char json[] = "{\n"                         /* 1 */
			   " \"a\": [1, \"x]}\\\"y\",\n" /* 2 */
			   "  {\"k\": {},\n"             /* 3 */
			   "   \"grids\": [[],\n"        /* 4 */
			   "    2]}],\n"                 /* 5 */
			   " \"ab\"\n"                   /* 6 */
			   "  : true, \"b\": {\n"        /* 7 */
			   "   \"c\": null } }\n";       /* 8 */

static void test_lines(void)
{
	static const struct {
		const char *path;
		int line;
	} asked[] = {
		{ "", 1 },
		{ "a", 2 },
		{ "a[1]", 2 },
		{ "a[2]", 3 },
		{ "a[2].grids", 4 },
		{ "a[2].grids[1]", 5 },
		{ "ab", 6 },
		{ "b", 7 },
		{ "b.c", 8 },
		{ "b.missing", 7 },
		{ "missing", 1 },
		{ "a[7]", 2 },
		{ "a[2].k.deep", 3 },
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		int line = json_line(json, asked[i].path);

		if (!ok(line == asked[i].line, "'%s' is on line %d",
			asked[i].path, asked[i].line))
			diag("it said %d", line);
	}
}

/* --- order ---------------------------------------------------------------- */

static bool each_once(const size_t *order, size_t n, const bool *runs)
{
	int seen[CELLS] = { 0 };

	for (size_t i = 0; i < n; i++)
		seen[order[i]]++;
	for (size_t i = 0; i < CELLS; i++)
		if (seen[i] != runs[i])
			return false;
	return true;
}

/* How often one block follows another: least where each is in one piece. */
static size_t changes(const size_t *order, size_t n,
		      const struct meas_cell *cell)
{
	size_t found = 1;

	for (size_t i = 1; i < n; i++)
		found += cell[order[i]].block != cell[order[i - 1]].block;
	return found;
}

static void test_order(void)
{
	static struct meas_cell cell[CELLS];
	size_t a[CELLS], b[CELLS], c[CELLS], d[CELLS];
	bool runs[CELLS], some[CELLS];
	int firsts[BLOCKS] = { 0 };
	size_t n, m, at = 0;

	for (size_t i = 0; i < CELLS; i++) {
		runs[i] = true;
		some[i] = i % 3 != 0;
		cell[i].block = i % BLOCKS;
	}
	n = meas_order(7, 1, cell, CELLS, runs, a);
	ok(n == CELLS && each_once(a, n, runs), "every cell once in a round");
	meas_order(7, 1, cell, CELLS, runs, b);
	ok(!memcmp(a, b, sizeof(a)), "the same seed: the same order");
	meas_order(7, 2, cell, CELLS, runs, b);
	meas_order(8, 1, cell, CELLS, runs, c);
	ok(memcmp(a, b, sizeof(a)) && memcmp(a, c, sizeof(a)) &&
		   memcmp(b, c, sizeof(b)),
	   "another round or seed: another order");
	m = meas_order(7, 1, cell, CELLS, some, d);
	for (size_t i = 0; i < n; i++)
		at += at < m && a[i] == d[at];
	ok(each_once(d, m, some) && at == m,
	   "cells that have stopped leave the others in order");
	ok(changes(a, n, cell) == BLOCKS && changes(c, n, cell) == BLOCKS,
	   "cells that are compared with each other run in one piece");
	for (int round = 1; round <= 50; round++) {
		meas_order(7, round, cell, CELLS, runs, b);
		firsts[cell[b[0]].block]++;
	}
	ok(firsts[0] && firsts[1] && firsts[2] && firsts[3],
	   "and which piece comes first is drawn");
}

static void test_layout(void)
{
	int first = meas_align_bytes(7, 1, 0);
	bool env = false, align = false, good = true;

	for (int round = 1; round < 50; round++) {
		int bytes = meas_align_bytes(7, round, 0);

		env |= meas_env_bytes(7, round, 0) != meas_env_bytes(7, 1, 0);
		align |= bytes != first;
		good &= bytes >= 0 && bytes < 4096 && bytes % 64 == 0;
	}
	ok(env && align && good, "environment and alignment vary by round");
	ok(meas_align_bytes(7, 3, 0) == meas_align_bytes(7, 3, 0),
	   "and come from the seed");
}

/* --- enough? -------------------------------------------------------------- */

/* `n` rounds of speeds within `spread` of 100. */
static enum meas_stop after(const struct meas_plan *plan, int n, double spread)
{
	struct meas_track t = { 0 };
	enum meas_stop stop;

	for (int i = 0; i < n; i++) {
		meas_track_add(&t, 100 + spread * (i % 5 - 2));
		meas_track_judge(&t, plan, i + 1, 1);
	}
	stop = t.stop;
	meas_track_free(&t);
	return stop;
}

static void test_stop(void)
{
	struct meas_plan plan = MEAS_PLAN_INIT;
	struct meas_track t = { 0 };

	plan.rounds_max = 30;
	ok(after(&plan, 9, 0.01) == MEAS_GOES_ON,
	   "however narrow, not before the least number of rounds");
	ok(after(&plan, 10, 0.01) == MEAS_PRECISE, "then narrow is enough");
	ok(after(&plan, 29, 40) == MEAS_GOES_ON, "wide goes on");
	ok(after(&plan, 30, 40) == MEAS_ROUNDS, "to the most rounds");
	ok(isinf(meas_track_width(&t)), "no rounds: nothing is known");
	ok(meas_track_wants(&t, &plan) == plan.rounds_min,
	   "and the least number is wanted");
	for (int i = 1; i <= 3; i++) {
		meas_track_fail(&t);
		meas_track_judge(&t, &plan, i, 1);
	}
	ok(t.stop == MEAS_FAILED && t.failures == 3,
	   "three failures in a row are the end");
	meas_track_free(&t);
}

static void command_lines(void)
{
	char line[] = "quiet rdinit=/x mitigations=auto  init=/sbin/y "
		      "isolcpus=2 -- --port 80 nohz_full=3";

	meas_kernels_own(line);
	ok(!strcmp(line, "quiet mitigations=auto isolcpus=2"),
	   "of a command line the kernel's own words are kept");
}

int main(void)
{
	test_lines();
	test_order();
	test_layout();
	test_stop();
	command_lines();
	return done_testing();
}
