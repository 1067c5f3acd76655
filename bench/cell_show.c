/* What a cell has to say: samples, a calibration. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "base/clock.h"
#include "cell.h"

#define GROW_MOST 16 /* times as many messages in the next try */
#define TRIES     4  /* to find out how long one takes */

static void put(json_t *line, const char *key, int64_t value)
{
	json_object_set_new(line, key, json_integer(value));
}

static void put_sides(json_t *line, const struct cell_sample *s)
{
	const struct copy_usage *server = &s->side[COPY_SERVER];
	const struct copy_usage *client = &s->side[COPY_CLIENT];

	put(line, "server_user_ns", server->user_ns);
	put(line, "server_sys_ns", server->sys_ns);
	put(line, "client_user_ns", client->user_ns);
	put(line, "client_sys_ns", client->sys_ns);
	put(line, "server_voluntary", server->voluntary);
	put(line, "server_involuntary", server->involuntary);
	put(line, "client_voluntary", client->voluntary);
	put(line, "client_involuntary", client->involuntary);
	put(line, "server_faults", server->faults);
	put(line, "client_faults", client->faults);
	put(line, "steal_ns", s->steal_ns);
}

static void put_trips(json_t *line, const struct cell_sample *s)
{
	put(line, "p50_ns", s->p50_ns);
	put(line, "p90_ns", s->p90_ns);
	put(line, "p99_ns", s->p99_ns);
	put(line, "p999_ns", s->p999_ns);
	put(line, "max_ns", s->max_ns);
}

static int print_line(json_t *line)
{
	int rc = json_dumpf(line, stdout, JSON_COMPACT);

	json_decref(line);
	if (rc < 0)
		return -EIO;
	putchar('\n');
	/* one that is killed has told of all that it had measured */
	return fflush(stdout) == 0 ? 0 : -errno;
}

int cell_show_sample(const struct cell_sample *s, const struct err *why)
{
	json_t *line = json_object();

	if (!line)
		return -ENOMEM;
	put(line, "iteration", (int64_t)s->iteration);
	json_object_set_new(line, "status", json_string(why ? "failed" : "ok"));
	if (why) {
		json_object_set_new(line, "reason", json_string(why->text));
		return print_line(line);
	}
	put(line, "wall_ns", s->wall_ns);
	put(line, "bytes", (int64_t)s->bytes);
	put(line, "messages", (int64_t)s->messages);
	put_sides(line, s);
	if (s->has_trips)
		put_trips(line, s);
	json_object_set_new(line, "yielded", json_boolean(s->yielded));
	return print_line(line);
}

/* --- how many take so long ------------------------------------------------ */

/* The time of one iteration with as many messages as the jobs say. */
static int time_once(struct cell *c, int64_t *wall_ns, struct err *e)
{
	static struct cell_sample s; /* its histogram is large */
	int rc = cell_jobs_make(c, e);

	if (rc == 0)
		rc = cell_iterate(c, &s, e);
	*wall_ns = s.wall_ns > 0 ? s.wall_ns : 1;
	return rc;
}

/*
 * The shortest of some: what disturbs makes an iteration longer, and a cell
 * that was disturbed here would be measured by less in all of the run.
 */
static int time_best(struct cell *c, int64_t *best_ns, struct err *e)
{
	int64_t wall_ns;
	int rc = 0;

	*best_ns = INT64_MAX;
	for (int i = 0; i < TRIES && rc == 0; i++) {
		rc = time_once(c, &wall_ns, e);
		if (wall_ns < *best_ns)
			*best_ns = wall_ns;
	}
	return rc;
}

static uint64_t scaled(uint64_t n, int64_t have_ns, double want_ns)
{
	double factor = want_ns / (double)have_ns;
	double result = (double)n * factor;

	return result < 1 ? 1 : (uint64_t)result;
}

/* More and more messages, until they take long enough to be believed. */
static int find_messages(struct cell *c, double want_ns, struct err *e)
{
	uint64_t most = 1000000000, n, per_message;
	int64_t wall_ns = 0;
	int rc;

	per_message = c->bytes / c->opts.messages;
	for (n = 16;; n = c->opts.messages) {
		c->opts.messages = n;
		rc = time_once(c, &wall_ns, e);
		if (rc < 0)
			return rc;
		n = scaled(c->opts.messages, wall_ns, want_ns);
		if ((double)wall_ns >= want_ns / 4 || n >= most)
			break;
		if (n > GROW_MOST * c->opts.messages)
			n = GROW_MOST * c->opts.messages;
		c->opts.messages = n;
	}
	rc = time_best(c, &wall_ns, e);
	if (rc < 0)
		return rc;
	n = scaled(c->opts.messages, wall_ns, want_ns);
	c->opts.messages = n < most ? n : most;
	c->bytes = c->opts.messages * per_message;
	return 0;
}

int cell_calibrate(struct cell *c, struct err *e)
{
	double want_ns = (double)c->opts.calibrate_ms * MS_IN_NS;
	uint64_t iterations = c->opts.iterations ? c->opts.iterations : 1;
	int64_t wall_ns;
	json_t *line;
	int rc;

	if (c->opts.workload == COPY_FILE) {
		rc = time_once(c, &wall_ns, e); /* pages are made */
		if (rc == 0)
			rc = time_best(c, &wall_ns, e);
		iterations = scaled(1, wall_ns, want_ns);
	} else {
		rc = find_messages(c, want_ns / (double)iterations, e);
	}
	line = rc < 0 ? NULL : json_object();
	if (!line)
		return rc;
	put(line, "bytes", (int64_t)c->bytes);
	put(line, "messages", (int64_t)c->opts.messages);
	put(line, "iterations", (int64_t)iterations);
	rc = print_line(line);
	return rc < 0 ? err_code(e, rc, "standard output") : 0;
}
