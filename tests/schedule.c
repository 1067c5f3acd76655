/*
 * The line of a value in a plan, and the order in which conditions are
 * measured.
 */
#include <stdlib.h>
#include <string.h>

#include "measure/json_line.h"
#include "measure/machine.h"
#include "measure/schedule.h"
#include "tap.h"

#define CONDITIONS 40

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
	int seen[CONDITIONS] = { 0 };

	for (size_t i = 0; i < n; i++)
		seen[order[i]]++;
	for (size_t i = 0; i < CONDITIONS; i++)
		if (seen[i] != runs[i])
			return false;
	return true;
}

static void test_order(void)
{
	size_t a[CONDITIONS], b[CONDITIONS], c[CONDITIONS], d[CONDITIONS];
	bool runs[CONDITIONS], some[CONDITIONS];
	size_t n, m, at = 0;

	for (size_t i = 0; i < CONDITIONS; i++) {
		runs[i] = true;
		some[i] = i % 3 != 0;
	}
	n = meas_sweep_order(7, 1, CONDITIONS, runs, a);
	ok(n == CONDITIONS && each_once(a, n, runs),
	   "a sweep has every condition once");
	meas_sweep_order(7, 1, CONDITIONS, runs, b);
	ok(!memcmp(a, b, sizeof(a)), "the same seed gives the same order");
	meas_sweep_order(7, 2, CONDITIONS, runs, b);
	meas_sweep_order(8, 1, CONDITIONS, runs, c);
	ok(memcmp(a, b, sizeof(a)) && memcmp(a, c, sizeof(a)) &&
		   memcmp(b, c, sizeof(b)),
	   "another sweep or seed gives another order");
	m = meas_sweep_order(7, 1, CONDITIONS, some, d);
	for (size_t i = 0; i < n; i++)
		at += at < m && a[i] == d[at];
	ok(each_once(d, m, some) && at == m,
	   "the other conditions keep their order when one condition stops");
}

static void test_layout(void)
{
	bool env = false, seed = false, good = true;

	for (int generation = 2; generation < 50; generation++) {
		int bytes = meas_env_bytes(7, generation);

		env |= bytes != meas_env_bytes(7, 1);
		seed |= meas_generation_seed(7, generation) !=
			meas_generation_seed(7, 1);
		good &= bytes >= 0 && bytes < MEAS_ENV_MOST;
		good &= meas_generation_seed(7, generation) <= UINT32_MAX;
	}
	ok(env && seed && good, "environment and seed vary by generation");
	ok(meas_env_bytes(7, 3) == meas_env_bytes(7, 3) &&
		   meas_generation_seed(7, 3) == meas_generation_seed(7, 3) &&
		   meas_generation_seed(8, 3) != meas_generation_seed(7, 3),
	   "environment and seed follow from the run's seed and the "
	   "generation");
}

static void command_lines(void)
{
	char line[] = "quiet rdinit=/x mitigations=auto  init=/sbin/y "
		      "isolcpus=2 -- --port 80 nohz_full=3";

	meas_kernels_own(line);
	ok(!strcmp(line, "quiet mitigations=auto isolcpus=2"),
	   "of a kernel command line, only the kernel's parameters are kept");
}

int main(void)
{
	test_lines();
	test_order();
	test_layout();
	command_lines();
	return done_testing();
}
