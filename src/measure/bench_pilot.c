/*
 * The pilot. If a plan leaves settings open, each mechanism first tries all of
 * these settings, in generations of the pilot. After each generation the slower
 * half of the settings is dropped, until one setting is left. This setting is
 * then compared, in fresh generations.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/bench_inside.h"
#include "stats/stats.h"

/* A setting that could be picked. */
struct bench_candidate {
	bool out;
	size_t rounds; /* rounds in this generation */
	double wall_ns[RUN_ROUNDS_MOST];
};

int bench_pilot_begin(struct meas_bench *b, struct err *e)
{
	for (size_t i = 0; i < b->plan->cells; i++) {
		size_t n = b->plan->cell[i].candidates;

		if (n < 2)
			continue;
		b->cell[i].candidate =
			calloc(n, sizeof(struct bench_candidate));
		if (!b->cell[i].candidate)
			return err_say(e, ENOMEM, "out of memory");
		b->cell[i].left = n;
	}
	return 0;
}

void bench_pilot_free(struct meas_bench *b)
{
	for (size_t i = 0; b->cell && i < b->plan->cells; i++)
		free(b->cell[i].candidate);
}

bool bench_pilot_is_out(const struct meas_bench *b, size_t cell, size_t setting)
{
	return b->cell[cell].candidate[setting].out;
}

bool bench_pilot_has(const struct meas_bench *b, size_t cell, size_t setting)
{
	const struct bench_candidate *c = &b->cell[cell].candidate[setting];

	return c->out || c->rounds >= RUN_ROUNDS_LEAST;
}

static bool takes_part(const struct meas_bench *b,
		       const struct bench_condition *k, size_t i)
{
	return b->cell[k->cell[i]].left > 1 && bench_takes_part(b, k, i);
}

int bench_pilot_stage(const struct meas_bench *b,
		      const struct bench_condition *k)
{
	int stage = INT_MAX;

	for (size_t i = 0; i < k->cells; i++)
		if (takes_part(b, k, i) && b->cell[k->cell[i]].pilots < stage)
			stage = b->cell[k->cell[i]].pilots;
	return stage == INT_MAX ? -1 : stage;
}

bool bench_pilot_due(const struct meas_bench *b,
		     const struct bench_condition *k, size_t i, int stage)
{
	return takes_part(b, k, i) && b->cell[k->cell[i]].pilots == stage;
}

/* --- lines ---------------------------------------------------------------- */

static size_t find_setting(const struct meas_bench *b,
			   const struct bench_line *line)
{
	const struct meas_cell *p = &b->plan->cell[line->cell];
	size_t i = 0;

	while (i < p->candidates &&
	       strcmp(b->plan->setting[p->candidate + i], line->setting) != 0)
		i++;
	return i;
}

bool bench_pilot_knows(const struct meas_bench *b,
		       const struct bench_line *line)
{
	return b->cell[line->cell].candidate &&
	       find_setting(b, line) < b->plan->cell[line->cell].candidates;
}

void bench_pilot_line(struct meas_bench *b, const struct bench_line *line)
{
	struct bench_cell *cell = &b->cell[line->cell];
	struct bench_candidate *c = &cell->candidate[find_setting(b, line)];

	if (line->failed) {
		cell->left -= !c->out;
		c->out = true;
	} else if (line->timed && c->rounds < RUN_ROUNDS_MOST) {
		c->wall_ns[c->rounds++] = line->wall_ns;
	}
}

/* --- the end of a generation ---------------------------------------------- */

static double middle(struct bench_candidate *c)
{
	return c->out ? INFINITY : stats_median(c->wall_ns, c->rounds);
}

static size_t find_slowest(struct bench_candidate *c, size_t n)
{
	size_t slowest = n;

	for (size_t i = 0; i < n; i++)
		if (!c[i].out &&
		    (slowest == n || middle(&c[i]) > middle(&c[slowest])))
			slowest = i;
	return slowest;
}

static void pick(struct meas_bench *b, size_t cell)
{
	struct meas_cell *p = &b->plan->cell[cell];

	for (size_t i = 0; i < p->candidates; i++)
		if (!b->cell[cell].candidate[i].out)
			snprintf(p->via, sizeof(p->via), "%s",
				 b->plan->setting[p->candidate + i]);
}

/* Drops the slower half of the settings that have not failed. */
static void halve(struct meas_bench *b, size_t cell)
{
	struct bench_cell *c = &b->cell[cell];
	size_t n = b->plan->cell[cell].candidates, keep = c->left / 2;

	for (; c->left > keep; c->left--)
		c->candidate[find_slowest(c->candidate, n)].out = true;
}

static bool is_whole(const struct meas_bench *b, size_t cell)
{
	for (size_t i = 0; i < b->plan->cell[cell].candidates; i++)
		if (!bench_pilot_has(b, cell, i))
			return false;
	return true;
}

static void forget(struct meas_bench *b, size_t cell)
{
	for (size_t i = 0; i < b->plan->cell[cell].candidates; i++)
		b->cell[cell].candidate[i].rounds = 0;
}

bool bench_pilot_end(struct meas_bench *b, const bool *was_there)
{
	bool counts = false;

	for (size_t i = 0; i < b->plan->cells; i++) {
		struct bench_cell *c = &b->cell[i];

		if (!was_there[i])
			continue;
		if (is_whole(b, i)) {
			if (c->left > 1)
				halve(b, i);
			pick(b, i);
			c->pilots++;
			c->failures += c->left == 0;
			if (c->left == 0)
				c->failed_in_a_row = BENCH_FAILURES;
			counts = true;
		}
		forget(b, i);
	}
	return counts;
}

size_t bench_pilot_open(const struct meas_bench *b,
			const struct bench_condition *k)
{
	size_t n = 0;

	for (size_t i = 0; i < k->cells; i++)
		if (takes_part(b, k, i))
			n += b->cell[k->cell[i]].left;
	return n;
}
