/*
 * Finds how many bytes or messages a transfer has: the same number for all
 * runners. A transfer must be so long that the time for the clock and for the
 * common start does not matter. It must be so short that a disturbance affects
 * a whole round.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cell.h"
#include "stats/stats.h"

#define FIRST_MESSAGES 64
#define MESSAGES_MOST  1000000000
#define MESSAGES_LEAST 16 /* the fewest messages in a hot file */
#define FILE_LEAST     (256 << 10)
#define TRIES          6
/* The slowest mechanism may take this many times the wanted time. */
#define SLOWEST 6

static int keep_quiet(struct cell *c, const struct cell_sample *s,
		      const struct err *why)
{
	(void)s;
	return why && c->opts.vias > 1 ? cell_show_skipped(s->runner, why) : 0;
}

/*
 * Finds the time of a warm transfer. After an error other than -EINTR, this
 * runner cannot take part.
 */
static int time_one(struct cell *c, struct runner *r, double *ns, struct err *e)
{
	static const struct cell_course quiet = { .tell = keep_quiet };
	/* in static memory, since its histogram is large */
	static struct cell_sample s;
	int rc = runner_open(c, r, e);

	if (rc == 0)
		rc = cell_warm_up(c, r, &s, &quiet, e);
	else if (rc != -EINTR)
		r->out_of_it = true;
	runner_close(r, (int)c->opts.pairs);
	*ns = s.wall_ns > 0 ? (double)s.wall_ns : 1;
	return rc;
}

struct times {
	/* without controls, and without null unless it is the only runner */
	double ns[RUNNERS_MAX];
	size_t n;
	double slowest_ns;
};

static int time_all(struct cell *c, struct times *t, struct err *e)
{
	t->n = 0;
	t->slowest_ns = 1;
	for (int i = 0; i < c->runners; i++) {
		struct runner *r = &c->runner[i];
		double ns;
		int rc;

		if (r->out_of_it)
			continue;
		rc = time_one(c, r, &ns, e);
		if (rc == -EINTR || (rc < 0 && c->runners == 1))
			return rc;
		if (rc < 0)
			c->why = *e;
		memset(e, 0, sizeof(*e));
		if (rc < 0 || (r->spec.ops->kind == TR_CONTROL) ||
		    (c->runners > 1 && r->spec.ops->carries_nothing))
			continue;
		t->ns[t->n++] = ns;
		if (ns > t->slowest_ns)
			t->slowest_ns = ns;
	}
	return 0;
}

/*
 * The factor by which the number of bytes or messages must change, so that the
 * median of the mechanisms' times becomes the wanted time. The factor is
 * smaller if the slowest mechanism would take longer than SLOWEST times that.
 */
static double factor(const struct times *t, double want_ns)
{
	double typical = t->n ? want_ns / stats_median(t->ns, t->n) : 1;
	double slow = SLOWEST * want_ns / t->slowest_ns;

	return typical < slow ? typical : slow;
}

static void set_messages(struct cell *c, double n)
{
	uint64_t unit = c->bytes / c->opts.messages;

	if (n < 1)
		n = 1;
	if (n > MESSAGES_MOST)
		n = MESSAGES_MOST;
	c->opts.messages = (uint64_t)n;
	c->bytes = c->opts.messages * unit;
}

/*
 * Changes the number of messages at most TRIES times, until a transfer takes
 * about the wanted time.
 */
static int find_messages(struct cell *c, double want_ns, struct err *e)
{
	double by = 0;

	set_messages(c, FIRST_MESSAGES);
	for (int i = 0; i < TRIES && (by < 0.8 || by > 1.25); i++) {
		struct times t;
		int rc = time_all(c, &t, e);

		if (rc < 0)
			return rc;
		if (t.n == 0)
			break;
		by = factor(&t, want_ns);
		set_messages(c, (double)c->opts.messages * (by > 50 ? 50 : by));
	}
	return 0;
}

/*
 * Finds the length of a file, in whole messages. Shortens the file if a
 * transfer takes longer than wanted, unless the file is cold or --bytes is
 * given.
 */
static int find_bytes(struct cell *c, double want_ns, struct err *e)
{
	uint64_t size = cell_message_bytes(&c->runner[0]);
	uint64_t least = MESSAGES_LEAST * size;
	struct times t;
	double bytes;
	int rc = time_all(c, &t, e);

	if (rc < 0 || c->opts.cache == CELL_COLD || c->opts.bytes_given ||
	    t.n == 0)
		return rc;
	bytes = (double)c->bytes * factor(&t, want_ns);
	if (least < FILE_LEAST)
		least = FILE_LEAST;
	if (bytes < (double)least)
		bytes = (double)least;
	if (bytes < (double)c->bytes)
		c->bytes = (uint64_t)bytes / size * size;
	return 0;
}

int cell_calibrate(struct cell *c, struct err *e)
{
	double want_ns = (double)c->opts.calibrate_ms * MS_IN_NS;
	int rc = c->opts.workload == COPY_FILE ? find_bytes(c, want_ns, e)
					       : find_messages(c, want_ns, e);

	if (rc < 0)
		return rc;
	rc = cell_show_size(c);
	return rc < 0 ? err_code(e, rc, "standard output") : 0;
}
