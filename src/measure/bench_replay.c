/* Resumes a run: reads its samples as if they were measured now. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "measure/bench_inside.h"

struct replay {
	struct meas_bench *b;
	struct run run;
	struct bench_tally tally;
	struct bench_line last;
	int last_sweep;  /* the last sweep in the file */
	int64_t from_ns; /* when the last generation began */
};

/* False: the sample does not belong to this run. */
static bool read_line(const struct replay *r, const struct run_sample *s,
		      struct bench_line *line)
{
	*line = (struct bench_line){
		.sweep = s->sweep,
		.generation = s->generation,
		.condition = (size_t)s->condition - 1,
		.cell = bench_find_cell(r->b, s->cell),
		.timed = s->timed || !strcmp(s->phase, RUN_PILOT),
		.failed = !s->ok,
		.reason = s->reason,
		.setting = s->setting,
		.wall_ns = s->wall_ns,
		.bytes = s->bytes,
		.at_ns = s->at_ns,
	};
	return line->sweep >= r->last.sweep &&
	       line->generation >= r->last.generation &&
	       line->condition < r->b->conditions &&
	       line->cell < r->b->plan->cells &&
	       (!*line->setting || bench_pilot_knows(r->b, line));
}

/*
 * Takes the time of a generation, so that no further one begins that would end
 * after the budget.
 */
static void end_generation(struct replay *r)
{
	struct meas_bench *b = r->b;

	bench_tally_end(b, &r->tally);
	if (b->generation > 0)
		b->condition[r->last.condition].took_ns =
			b->used_ns - r->from_ns;
	r->from_ns = b->used_ns;
}

/*
 * Where the last sweep begins, decides again which conditions it measures. In
 * earlier sweeps, the lines show which conditions were measured.
 */
static int go_to_sweep(struct replay *r, const struct bench_line *line,
		       struct err *e)
{
	struct meas_bench *b = r->b;

	if (line->generation != r->last.generation)
		end_generation(r);
	b->generation = r->last.generation;
	if (line->sweep == r->last.sweep)
		return 0;
	b->sweep = line->sweep - 1;
	if (line->sweep == r->last_sweep && b->sweep > 0)
		return bench_end_sweep(b, e);
	for (size_t k = 0; k < b->conditions; k++)
		b->condition[k].done = false;
	return 0;
}

static int replay_sample(struct replay *r, size_t i, struct err *e)
{
	const struct run_sample *s = &r->run.sample[i];
	struct bench_line line;
	int rc;

	if (!read_line(r, s, &line))
		return err_say(e, EINVAL,
			       "%.200s/samples.csv:%zu: this line does not "
			       "belong to this run, so the run cannot be "
			       "resumed",
			       r->b->run.dir, i + 2);
	rc = go_to_sweep(r, &line, e);
	bench_tally_line(r->b, &r->tally, &line);
	r->last = line;
	r->b->sweep = line.sweep;
	r->b->generation = line.generation;
	if (isfinite(s->at_ns))
		r->b->used_ns = (int64_t)s->at_ns;
	return rc;
}

static int take_samples(struct replay *r, struct err *e)
{
	size_t n = r->run.samples;
	int rc = 0;

	if (r->run.strange)
		return err_say(e, EINVAL, "%.200s: %s", r->b->run.dir,
			       r->run.flaw);
	if (n > 0)
		r->last_sweep = r->run.sample[n - 1].sweep;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = replay_sample(r, i, e);
	end_generation(r);
	return rc;
}

int bench_replay(struct meas_bench *b, struct bench_found *found, struct err *e)
{
	struct replay r = { .b = b };
	int rc = run_read(&r.run, b->run.dir, e);

	if (rc == 0 && bench_tally_begin(b, &r.tally) < 0)
		rc = err_say(e, ENOMEM, "out of memory");
	if (rc == 0)
		rc = take_samples(&r, e);
	found->samples = (int64_t)r.run.samples;
	bench_tally_free(&r.tally);
	run_free(&r.run);
	return rc;
}
