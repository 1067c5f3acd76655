/*
 * A generation: sets up and warms up every runner. Then each runner makes one
 * timed transfer in every round, in an order that is drawn anew.
 */
#include <errno.h>
#include <string.h>

#include "args/command.h"
#include "cell.h"
#include "stats/stats.h"

/*
 * The time no longer falls if a transfer takes more than this part of the
 * shortest time so far.
 */
#define FALLS      0.98
#define WARM_LEAST 2
#define WARM_MOST  12

/* The `round` of draw_order that means the set-up. Rounds begin at 1. */
#define SETUP_ORDER 0

static void draw_order(const struct cell *c, int round, size_t *order)
{
	stats_shuffle(order, (size_t)c->runners,
		      c->opts.seed * 1000003 + (uint64_t)round);
}

/* --- one transfer of the course ------------------------------------------- */

/*
 * Leaves a runner out and reports the reason. Returns -EPIPE, or another error
 * if the reason cannot be printed.
 */
static int give_up(struct cell *c, struct runner *r,
		   const struct cell_sample *s,
		   const struct cell_course *course, struct err *e)
{
	int rc;

	c->why = *e;
	c->failures++;
	r->out_of_it = true;
	runner_close(r, (int)c->opts.pairs);
	rc = course->tell(c, s, &c->why);
	if (rc < 0)
		return err_sys(e, "standard output");
	return -EPIPE;
}

/*
 * A batch system ends a job by a signal to each of its processes. So a worker
 * may have stopped before this process gets the signal. That is no failure of
 * the cell.
 */
static int interrupted(struct cell *c)
{
	c->cannot = EXIT_INTERRUPTED;
	return -EINTR;
}

static bool is_interrupted(int rc)
{
	return rc == -EINTR || rc == -ECANCELED;
}

static int make_transfer(struct cell *c, struct runner *r,
			 struct cell_sample *s,
			 const struct cell_course *course, struct err *e)
{
	bool timed = s->phase == PHASE_TIMED && course->turn;
	int rc = timed ? course->turn(c, r, s, e) : runner_transfer(c, r, s, e);

	if (is_interrupted(rc))
		return interrupted(c);
	if (rc < 0)
		return give_up(c, r, s, course, e);
	rc = course->tell(c, s, NULL);
	if (rc < 0)
		return err_sys(e, "standard output");
	return r->out_of_it ? -EPIPE : 0;
}

/* --- trial, set-up and warm-up -------------------------------------------- */

/* A transfer of the trial has 1/TRIAL_PART of a usual transfer's messages. */
#define TRIAL_PART      16
#define TRIAL_TRANSFERS 2

static int try_out(struct cell *c, struct runner *r, struct cell_sample *s,
		   const struct cell_course *course, struct err *e)
{
	const uint64_t messages = c->opts.messages;
	int rc;

	c->opts.messages = (messages + TRIAL_PART - 1) / TRIAL_PART;
	rc = runner_open(c, r, e);
	c->opts.messages = messages;
	*s = (struct cell_sample){ .runner = r, .phase = PHASE_WARM };
	if (is_interrupted(rc))
		return interrupted(c);
	if (rc < 0)
		return give_up(c, r, s, course, e);
	for (int i = 0; rc == 0 && i < TRIAL_TRANSFERS; i++)
		rc = make_transfer(c, r, s, course, e);
	runner_close(r, (int)c->opts.pairs);
	return rc;
}

/* The first use of a ring's pages is slow, so each slot must be used once. */
static int transfers_for_all_slots(const struct cell *c, const struct runner *r)
{
	uint64_t slots = tr_spec_value(&r->spec, "depth", 1);
	uint64_t messages = c->opts.messages
				    ? c->opts.messages
				    : c->bytes / cell_message_bytes(r) + 1;

	return (int)((slots + messages - 1) / messages);
}

int cell_warm_up(struct cell *c, struct runner *r, struct cell_sample *s,
		 const struct cell_course *course, struct err *e)
{
	int least = transfers_for_all_slots(c, r), rc;
	int64_t best_ns;

	s->phase = PHASE_FIRST;
	s->round = s->turn = 0;
	rc = make_transfer(c, r, s, course, e);
	s->phase = PHASE_WARM;
	if (least < WARM_LEAST)
		least = WARM_LEAST;
	best_ns = INT64_MAX;
	for (int i = 1; rc == 0 && i <= WARM_MOST + least; i++) {
		rc = make_transfer(c, r, s, course, e);
		if (i > least && (double)s->wall_ns > FALLS * (double)best_ns)
			break;
		if (s->wall_ns < best_ns)
			best_ns = s->wall_ns;
	}
	return rc;
}

static int set_up(struct cell *c, struct runner *r, struct cell_sample *s,
		  const struct cell_course *course, struct err *e)
{
	int rc = runner_open(c, r, e);

	*s = (struct cell_sample){ .runner = r };
	if (is_interrupted(rc))
		return interrupted(c);
	return rc < 0 ? give_up(c, r, s, course, e) : 0;
}

static bool has_doses(const struct cell *c)
{
	for (int i = 0; i < c->runners; i++)
		if (!dose_is_none(&c->runner[i].dose))
			return true;
	return false;
}

/*
 * With doses there are many runners. When a runner's turn comes, the others
 * have driven its data out of the caches. But the time of a dose must be found
 * with warm caches. So an extra transfer, which is not compared, comes before
 * each timed transfer.
 */
static int make_turn(struct cell *c, struct runner *r, struct cell_sample *s,
		     const struct cell_course *course, struct err *e)
{
	const int round = s->round, turn = s->turn;
	int rc = 0;

	if (has_doses(c)) {
		s->phase = PHASE_WARM;
		s->round = s->turn = 0;
		rc = make_transfer(c, r, s, course, e);
	}
	s->phase = PHASE_TIMED;
	s->round = round;
	s->turn = turn;
	return rc < 0 ? rc : make_transfer(c, r, s, course, e);
}

/* --- rounds --------------------------------------------------------------- */

static int
everybody(struct cell *c, int round, struct cell_sample *s,
	  int (*act)(struct cell *c, struct runner *r, struct cell_sample *s,
		     const struct cell_course *course, struct err *e),
	  const struct cell_course *course, struct err *e)
{
	size_t order[RUNNERS_MAX];
	int turn = 0, rc;

	draw_order(c, round, order);
	for (int i = 0; i < c->runners; i++) {
		struct runner *r = &c->runner[order[i]];

		if (r->out_of_it)
			continue;
		s->turn = ++turn;
		if (round == SETUP_ORDER && r->position == 0)
			r->position = turn;
		rc = act(c, r, s, course, e);
		if (rc < 0 && rc != -EPIPE)
			return rc;
		if (rc == -EPIPE)
			memset(e, 0, sizeof(*e));
	}
	return 0;
}

static int end(struct cell *c, struct runner *r, struct cell_sample *s,
	       const struct cell_course *course, struct err *e)
{
	int rc = runner_close(r, (int)c->opts.pairs);

	if (rc == 0)
		return 0;
	if (is_interrupted(rc)) {
		err_interrupted(e);
		return interrupted(c);
	}
	s->runner = r;
	err_code(e, rc,
		 "the server or the client failed at its end, or the channel "
		 "still had bytes");
	return give_up(c, r, s, course, e);
}

static bool anybody_left(const struct cell *c)
{
	for (int i = 0; i < c->runners; i++)
		if (!c->runner[i].out_of_it)
			return true;
	return false;
}

int cell_generation(struct cell *c, const struct cell_course *course,
		    struct err *e)
{
	/* in static memory, since its histogram is large */
	static struct cell_sample s;
	int rc = 0;

	if (c->opts.trial && c->opts.messages)
		rc = everybody(c, SETUP_ORDER, &s, try_out, course, e);
	if (rc == 0)
		rc = everybody(c, SETUP_ORDER, &s, set_up, course, e);
	if (rc == 0)
		rc = everybody(c, SETUP_ORDER, &s, cell_warm_up, course, e);
	for (int round = 1; rc == 0 && round <= (int)c->opts.rounds; round++) {
		s.round = round;
		rc = everybody(c, round, &s, make_turn, course, e);
	}
	if (rc == 0)
		rc = everybody(c, SETUP_ORDER, &s, end, course, e);
	if (rc < 0 || anybody_left(c))
		return rc;
	*e = c->why;
	return -EPIPE;
}
