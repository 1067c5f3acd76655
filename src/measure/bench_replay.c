/* Going on with a run: its samples are read as if they were measured now. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/bench.h"
#include "measure/sample.h"

/* The samples of one process, which stand together. */
struct group {
	size_t cell;
	int64_t round, order;
	int64_t from_bytes; /* where it begins in the file */
	uint64_t good, bad;
	double *speed;
	bool any;
};

static bool find_named(const struct meas_bench *b, const char *name, size_t *at)
{
	for (*at = 0; *at < b->plan->cells; ++*at)
		if (!strcmp(b->plan->cell[*at].name, name))
			return true;
	return false;
}

static int fold(struct meas_bench *b, struct group *g)
{
	struct bench_cell *c = &b->cell[g->cell];
	int rc = 0;

	if (!g->any)
		return 0;
	if (g->bad || !g->good)
		meas_track_fail(&c->track);
	else
		rc = meas_track_add(&c->track,
				    stats_median(g->speed, (size_t)g->good));
	c->done = true;
	g->any = false;
	g->good = g->bad = 0;
	return rc;
}

/* Rounds that are over are judged as they were then. */
static void go_to_round(struct meas_bench *b, int64_t round)
{
	if (b->round == round)
		return;
	if (b->round > 0)
		bench_judge(b);
	b->round = (int)round;
	for (size_t i = 0; i < b->plan->cells; i++)
		b->cell[i].done = false;
}

static int begin_group(struct meas_bench *b, struct group *g,
		       const struct meas_sample *s, int64_t at_bytes)
{
	int rc = fold(b, g);

	if (rc < 0)
		return rc;
	go_to_round(b, s->round);
	if (!find_named(b, s->cell, &g->cell))
		return -EPROTO;
	g->any = true;
	g->round = s->round;
	g->order = s->order;
	g->from_bytes = at_bytes;
	b->order = s->order;
	b->used_ns = s->at_ns;
	return 0;
}

static int take(struct meas_bench *b, struct group *g,
		const struct meas_sample *s, int64_t at_bytes)
{
	bool pingpong;
	double speed, *more;
	int rc = 0;

	if (!g->any || s->order != g->order || s->round != g->round)
		rc = begin_group(b, g, s, at_bytes);
	if (rc < 0 || !s->ok) {
		g->bad += rc == 0;
		return rc;
	}
	pingpong = b->plan->cell[g->cell].workload == COPY_PINGPONG;
	speed = meas_speed(pingpong, s->bytes, s->messages, s->wall_ns);
	more = realloc(g->speed, (g->good + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	g->speed = more;
	g->speed[g->good++] = speed;
	b->used_ns = s->at_ns + s->wall_ns;
	return 0;
}

static int read_all(struct meas_bench *b, const char *text, struct group *g,
		    int64_t *samples, struct err *e)
{
	const char *line = strchr(text, '\n') + 1;
	char *header = meas_sample_header();
	struct meas_sample s;
	int number = 2;
	bool ours = header && !strncmp(text, header, strlen(header));

	free(header);
	if (!ours)
		return err_say(e, EINVAL,
			       "%.200s/samples.csv was not written "
			       "by this version of ipcopy",
			       b->run.dir);
	for (; *line; line = s.next, number++) {
		int rc = -EPROTO;

		if (meas_sample_read(line, &s) && s.round >= b->round)
			rc = take(b, g, &s, line - text);
		if (rc == -ENOMEM)
			return err_say(e, ENOMEM, "no memory left");
		if (rc < 0)
			return err_say(e, EINVAL,
				       "%.200s/samples.csv:%d: "
				       "this line is none of this run's",
				       b->run.dir, number);
		++*samples;
	}
	return 0;
}

/* Its process was killed in the middle: what it had written goes, too. */
static bool is_torn(const struct meas_bench *b, const struct group *g)
{
	const struct bench_cell *c = &b->cell[g->cell];

	return g->any && !g->bad && c->sized && g->good < c->iterations;
}

int bench_replay(struct meas_bench *b, struct bench_found *found, struct err *e)
{
	char *text = meas_run_get(&b->run, "samples.csv", e);
	struct group g = { .any = false };
	int rc = text ? 0 : -e->code;

	if (rc == 0)
		rc = read_all(b, text, &g, &found->samples, e);
	if (rc == 0 && is_torn(b, &g)) {
		found->cut_sample = true;
		found->samples -= (int64_t)g.good;
		b->order = g.order - 1;
		rc = meas_run_cut(&b->run, g.from_bytes, e);
	} else if (rc == 0 && fold(b, &g) < 0) {
		rc = err_say(e, ENOMEM, "no memory left");
	}
	free(g.speed);
	free(text);
	return rc;
}
