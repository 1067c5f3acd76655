/* Counts how often each cell was measured, from the lines of samples.csv. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/bench_inside.h"

int bench_tally_begin(struct meas_bench *b, struct bench_tally *t)
{
	size_t n = b->plan->cells + 1;

	*t = (struct bench_tally){
		.rounds = calloc(n, sizeof(*t->rounds)),
		.failed = calloc(n, sizeof(*t->failed)),
		.tried = calloc(n, sizeof(*t->tried)),
	};
	if (t->rounds && t->failed && t->tried)
		return 0;
	bench_tally_free(t);
	return -ENOMEM;
}

void bench_tally_free(struct bench_tally *t)
{
	free(t->rounds);
	free(t->failed);
	free(t->tried);
	*t = (struct bench_tally){ 0 };
}

void bench_tally_line(struct meas_bench *b, struct bench_tally *t,
		      const struct bench_line *line)
{
	t->generation = line->generation;
	t->condition = line->condition;
	t->is_pilot = *line->setting;
	if (line->failed)
		snprintf(b->cell[line->cell].why, sizeof(b->cell[0].why), "%s",
			 line->reason);
	if (t->is_pilot) {
		bench_pilot_line(b, line);
		t->tried[line->cell] = true;
	} else if (line->failed) {
		t->failed[line->cell] = true;
	} else if (line->timed) {
		t->rounds[line->cell]++;
	}
}

static void count_cell(struct bench_cell *c, bool failed)
{
	c->generations += !failed;
	c->failures += failed;
	c->failed_in_a_row = failed ? c->failed_in_a_row + 1 : 0;
}

/* Counts the cells that were measured, or failed, in that generation. */
static bool count_cells(struct meas_bench *b, struct bench_tally *t)
{
	bool counts = false;

	for (size_t i = 0; i < b->plan->cells; i++) {
		bool measured = t->rounds[i] >= RUN_ROUNDS_LEAST;

		if (measured || t->failed[i])
			count_cell(&b->cell[i], t->failed[i]);
		counts |= measured || t->failed[i];
		t->rounds[i] = 0;
		t->failed[i] = false;
	}
	return counts;
}

static bool end_pilot(struct meas_bench *b, struct bench_tally *t)
{
	bool counts = bench_pilot_end(b, t->tried);

	for (size_t i = 0; i < b->plan->cells; i++)
		t->tried[i] = false;
	return counts;
}

bool bench_tally_end(struct meas_bench *b, struct bench_tally *t)
{
	struct bench_condition *k = &b->condition[t->condition];
	bool counts;

	if (!t->generation)
		return false;
	counts = t->is_pilot ? end_pilot(b, t) : count_cells(b, t);
	k->generations += counts && !t->is_pilot;
	k->done |= counts;
	t->generation = 0;
	return counts;
}
