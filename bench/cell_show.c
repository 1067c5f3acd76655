/*
 * Prints lines of JSON, each about a transfer, a skipped runner, or a size.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "base/stop.h"
#include "cell.h"

/* The names of phases in samples.csv. */
static const char *const phase_names[] = {
	[PHASE_FIRST] = "first",
	[PHASE_WARM] = "warm",
	[PHASE_TIMED] = "timed",
};

static void put(json_t *line, const char *key, int64_t value)
{
	json_object_set_new(line, key, json_integer(value));
}

static void put_text(json_t *line, const char *key, const char *text)
{
	json_object_set_new(line, key, json_string(text));
}

static void put_place(json_t *line, const struct cell_sample *s)
{
	put(line, "runner", s->runner->number);
	put_text(line, "phase", phase_names[s->phase]);
	put(line, "position", s->runner->position);
	if (s->phase == PHASE_FIRST)
		put(line, "setup_ns", s->runner->setup_ns);
	if (s->phase != PHASE_TIMED)
		return;
	put(line, "round", s->round);
	put(line, "turn", s->turn);
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
	int rc = line ? json_dumpf(line, stdout, JSON_COMPACT) : -1;

	json_decref(line);
	if (rc < 0)
		return -EIO;
	putchar('\n');
	/* flush each line, so that nothing is lost if this process is killed */
	return fflush(stdout) == 0 ? 0 : -errno;
}

static bool read_byte(char *byte)
{
	ssize_t n;

	do {
		n = read(STDIN_FILENO, byte, 1);
	} while (n < 0 && errno == EINTR && !stop_requested());
	return n == 1;
}

static void leave_out(struct cell *c, int number)
{
	for (int i = 0; i < c->runners; i++) {
		struct runner *r = &c->runner[i];

		if (r->number != number || r->out_of_it)
			continue;
		r->out_of_it = true;
		runner_close(r, (int)c->opts.pairs);
	}
}

/*
 * With --acknowledged, waits until the reader has stored the line, and leaves
 * out the runners whose numbers are in its answer. -EPIPE: the reader has
 * ended, or this program has to stop.
 */
static int wait_for_reader(struct cell *c)
{
	int number = -1;
	char byte = '\0';

	while (c->opts.acknowledged && byte != '\n') {
		if (!read_byte(&byte))
			return -EPIPE;
		if (byte >= '0' && byte <= '9' && number < RUNNERS_MAX) {
			number = 10 * (number < 0 ? 0 : number) + byte - '0';
			continue;
		}
		leave_out(c, number);
		number = -1;
	}
	return 0;
}

static int show(struct cell *c, json_t *line)
{
	int rc = print_line(line);

	return rc < 0 ? rc : wait_for_reader(c);
}

int cell_show_sample(struct cell *c, const struct cell_sample *s,
		     const struct err *why)
{
	json_t *line = json_object();

	put_place(line, s);
	put_text(line, "status", why ? "failed" : "ok");
	if (why) {
		put_text(line, "reason", why->text);
		return show(c, line);
	}
	put(line, "wall_ns", s->wall_ns);
	put(line, "bytes", (int64_t)s->bytes);
	put(line, "messages", (int64_t)s->messages);
	put_sides(line, s);
	if (s->has_trips)
		put_trips(line, s);
	json_object_set_new(line, "yielded", json_boolean(s->yielded));
	return show(c, line);
}

int cell_show_skipped(const struct runner *r, const struct err *why)
{
	json_t *line = json_object();

	put(line, "runner", r->number);
	put_text(line, "status", "skipped");
	put_text(line, "reason", why->text);
	return print_line(line);
}

int cell_show_size(const struct cell *c)
{
	json_t *line = json_object();

	put(line, "bytes", (int64_t)c->bytes);
	put(line, "messages", (int64_t)c->opts.messages);
	return print_line(line);
}
