/*
 * The pilot. If a plan leaves settings open, each mechanism first tries all of
 * these settings, in generations of the pilot. After each generation the slower
 * half of the settings is dropped, until one setting is left. This setting is
 * then compared, in fresh generations.
 *
 * A setting whose transfers are much slower than those of another setting of
 * the mechanism is given up in the middle of a generation. If the pilot's part
 * of the budget is used up, each mechanism keeps its best setting so far.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/bench_inside.h"
#include "stats/stats.h"

/*
 * A setting is given up if a byte takes more than MUCH_SLOWER times as long as
 * with another setting, and if it has made at least TRIALS_ENOUGH transfers,
 * all of them longer than the plan wants.
 */
#define MUCH_SLOWER   5
#define TRIALS_ENOUGH 2

/* A setting that could be picked. */
struct bench_candidate {
	bool out, given_up;
	int transfers;
	double shortest_ns; /* its shortest transfer */
	double byte_ns;     /* its least time for a byte */
	double middle_ns;   /* the median of its last generation */
	size_t rounds;      /* rounds in this generation */
	double wall_ns[RUN_ROUNDS_MOST];
};

static void begin_candidate(struct bench_candidate *c)
{
	c->shortest_ns = c->byte_ns = c->middle_ns = INFINITY;
}

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
		for (size_t j = 0; j < n; j++)
			begin_candidate(&b->cell[i].candidate[j]);
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

	return c->out || b->cell[cell].cut_short ||
	       c->rounds >= RUN_ROUNDS_LEAST;
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

static void drop(struct bench_cell *cell, struct bench_candidate *c)
{
	cell->left -= !c->out;
	c->out = true;
}

static void note_time(struct bench_candidate *c, const struct bench_line *line)
{
	c->transfers++;
	c->byte_ns = fmin(c->byte_ns, line->wall_ns / fmax(line->bytes, 1));
	c->shortest_ns = fmin(c->shortest_ns, line->wall_ns);
	if (line->timed && c->rounds < RUN_ROUNDS_MOST)
		c->wall_ns[c->rounds++] = line->wall_ns;
}

static void give_up_slow(struct bench_cell *cell, size_t n, double wanted_ns)
{
	double least_ns = INFINITY;

	for (size_t i = 0; i < n; i++)
		if (!cell->candidate[i].out)
			least_ns = fmin(least_ns, cell->candidate[i].byte_ns);
	for (size_t i = 0; i < n; i++) {
		struct bench_candidate *c = &cell->candidate[i];

		if (c->out || c->transfers < TRIALS_ENOUGH ||
		    c->shortest_ns <= wanted_ns ||
		    c->byte_ns <= MUCH_SLOWER * least_ns)
			continue;
		c->given_up = true;
		drop(cell, c);
	}
}

static void pick(struct meas_bench *b, size_t cell)
{
	struct meas_cell *p = &b->plan->cell[cell];

	for (size_t i = 0; i < p->candidates; i++)
		if (!b->cell[cell].candidate[i].out)
			snprintf(p->via, sizeof(p->via), "%s",
				 b->plan->setting[p->candidate + i]);
}

/* The median of a generation counts more than single transfers. */
static bool is_better(const struct bench_candidate *a,
		      const struct bench_candidate *b)
{
	if (isfinite(a->middle_ns) || isfinite(b->middle_ns))
		return a->middle_ns < b->middle_ns;
	return a->byte_ns < b->byte_ns;
}

static void cut_short(struct meas_bench *b, size_t cell)
{
	struct bench_cell *c = &b->cell[cell];
	struct bench_candidate *best = NULL;
	size_t n = b->plan->cell[cell].candidates;

	for (size_t i = 0; i < n; i++)
		if (!c->candidate[i].out &&
		    (!best || is_better(&c->candidate[i], best)))
			best = &c->candidate[i];
	for (size_t i = 0; i < n; i++)
		if (&c->candidate[i] != best)
			drop(c, &c->candidate[i]);
	c->cut_short = true;
	pick(b, cell);
}

void bench_pilot_line(struct meas_bench *b, const struct bench_line *line)
{
	const struct meas_cell *p = &b->plan->cell[line->cell];
	struct bench_cell *cell = &b->cell[line->cell];
	struct bench_candidate *c = &cell->candidate[find_setting(b, line)];

	if (line->failed) {
		drop(cell, c);
	} else {
		note_time(c, line);
		give_up_slow(cell, p->candidates,
			     (double)(p->transfer_ms * MS_IN_NS));
	}
	for (size_t i = 0; i < b->plan->cells; i++)
		if (line->at_ns >= (double)b->pilot_ns && b->cell[i].left > 1)
			cut_short(b, i);
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

/* Drops the slower half of the settings that have not been dropped. */
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
	for (size_t i = 0; i < b->plan->cell[cell].candidates; i++) {
		struct bench_candidate *c = &b->cell[cell].candidate[i];

		if (c->rounds)
			c->middle_ns = stats_median(c->wall_ns, c->rounds);
		c->rounds = 0;
	}
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

void bench_pilot_put(const struct meas_bench *b, size_t i, json_t *to)
{
	const struct meas_cell *p = &b->plan->cell[i];
	json_t *from = json_array(), *given_up = json_array();

	for (size_t j = 0; j < p->candidates; j++) {
		const char *setting = b->plan->setting[p->candidate + j];

		json_array_append_new(from, json_string(setting));
		if (p->candidates > 1 && b->cell[i].candidate[j].given_up)
			json_array_append_new(given_up, json_string(setting));
	}
	json_object_set_new(to, "picked_from", from);
	json_object_set_new(to, "picked", json_boolean(b->cell[i].left <= 1));
	json_object_set_new(to, "given_up", given_up);
	json_object_set_new(to, "cut_short",
			    json_boolean(b->cell[i].cut_short));
}
