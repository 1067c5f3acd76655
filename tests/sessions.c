/* serve and fetch: two programs that know nothing of each other but a name. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lease.h"
#include "base/run_dir.h"
#include "child_of.h"
#include "leftovers.h"
#include "party.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"
#include "variants.h"

#define CLIENTS 5

static const struct sample in = { .len = 300001, .seed = 5, .mode = 0640 };
static const struct sample old = { .len = 777, .seed = 99, .mode = 0604 };

/* A server and as many clients as a test needs, in memory shared with them. */
static struct party *server, *client;

static void begin(const char *src, const char *dst)
{
	party_init(server, COPY_SERVER, "meet", src);
	party_init(client, COPY_CLIENT, "meet", dst);
	sample_write("in", &in);
	sample_write("out", &old);
}

static void end(void)
{
	unlink("in");
	unlink("out");
}

/* True if both ended and left nothing behind. The caller checks the rest. */
static bool finish_both(void)
{
	bool good = party_finish(client);

	good &= party_finish(server);
	return good && client->clean && server->clean;
}

/* For ok(): prints the messages of both if the result is not good. */
static bool shown(bool good)
{
	if (!good)
		diag("the server: %d %s; the client: %d %s", server->rc,
		     server->err.text, client->rc, client->err.text);
	return good;
}

static bool is_line(const struct err *e)
{
	return e->text[0] && !strchr(e->text, '\n');
}

/* --- either side first ---------------------------------------------------- */

static void try_copy(const char *spec, bool server_first)
{
	const struct sample copy = sample_over(&in, &old);
	bool good;

	begin("in", "out");
	party_use(server, spec);
	if (server_first) {
		party_start(server);
		party_opened(server);
		party_start(client);
	} else {
		party_start(client);
		party_start(server);
	}
	good = finish_both() && server->rc == 0 && client->rc == 0 &&
	       !sample_differs("out", &copy) && client->out.bytes == in.len &&
	       client->out.verified && server->out.verified &&
	       client->out.hash == server->out.hash;
	ok(shown(good), "%s: serve and fetch, the %s first", spec,
	   copy_role_names[server_first ? COPY_SERVER : COPY_CLIENT]);
	end();
}

/*
 * Tries every mechanism with every word of its settings. The server and the
 * client take turns to start first.
 */
static void test_copies(void)
{
	static struct variant list[VARIANTS_MAX];
	const struct transport *ops;
	bool server_first = true;

	for_each_transport(ops) {
		size_t n = variants_of(ops, list);

		for (size_t i = 0; i < n; i++) {
			struct err e = { 0 };
			struct tr_spec spec;

			if (list[i].kind > VARIANT_CHOICE ||
			    ops->carries_nothing)
				continue;
			if (tr_spec_parse(list[i].text, &spec, &e) < 0 ||
			    tr_probe(&spec, &e) < 0)
				skip("%s: %s", list[i].text, e.text);
			else if (tr_reach(&spec) != TR_REACH_RELATED)
				try_copy(list[i].text, server_first);
			server_first = !server_first;
		}
	}
}

/* --- refused -------------------------------------------------------------- */

static void test_same_file(void)
{
	begin("in", "in");
	party_start(server);
	party_start(client);
	ok(shown(finish_both() && server->rc < 0 && client->rc == -EINVAL &&
		 strstr(client->err.text, "the file that is copied")),
	   "a file is not copied onto itself");
	ok(!sample_differs("in", &in), "the refused input stays as it was");
	end();
}

static void test_out_of_reach(void)
{
	begin("in", "out");
	party_use(server, "shm:region=anon");
	party_start(server);
	party_start(client);
	ok(shown(finish_both() && server->rc < 0 && client->rc < 0 &&
		 strstr(server->err.text, "inherit it") &&
		 strstr(client->err.text, "inherit it")),
	   "a region that only related processes can share is refused");
	ok(!sample_differs("out", &old),
	   "the destination of a refused copy stays as it was");
	end();
}

/* --- one side dies -------------------------------------------------------- */

static const char *where(int point)
{
	static const char *const points[] = {
		[COPY_AT_JOIN] = "before it joined",
		[COPY_AT_START] = "before the first byte",
		[COPY_AT_END] = "after the last byte",
		[PARTY_MIDDLE] = "in the middle",
	};

	return points[point];
}

/*
 * True if both ended in time and by themselves, and say in one line what
 * happened.
 */
static bool both_noticed(const struct party *victim, const struct party *other)
{
	const int64_t limit_ns = 8000 * MS_IN_NS; /* the timeout is 10 s */

	return victim->rc < 0 && other->rc < 0 && is_line(&victim->err) &&
	       is_line(&other->err) &&
	       strstr(victim->err.text, "was killed by signal 9") &&
	       (strstr(other->err.text, "was killed by signal 9") ||
		strstr(other->err.text, "is gone")) &&
	       victim->took_ns < limit_ns && other->took_ns < limit_ns &&
	       !victim->out.forced && !other->out.forced;
}

/*
 * How often the surviving side knew the reason. This side may sometimes miss
 * it.
 */
static int told;

static void try_death(const char *spec, enum copy_role role, int point)
{
	struct party *victim = role == COPY_SERVER ? server : client;
	struct party *other = role == COPY_SERVER ? client : server;
	bool good;

	begin(point == PARTY_MIDDLE ? "-" : "in", "out");
	party_use(server, spec);
	victim->dies_at = point;
	party_start(server);
	party_start(client);
	good = finish_both() && both_noticed(victim, other) &&
	       !sample_differs("out", &old);
	told += strstr(other->err.text, "was killed by signal 9") != NULL;
	ok(shown(good), "%s: the %s dies %s: %s", spec, copy_role_names[role],
	   where(point), other->err.text);
	end();
}

static void test_deaths(void)
{
	const struct transport *ops;

	for_each_transport(ops) {
		struct err e = { 0 };
		struct tr_spec spec;

		if (tr_spec_parse(ops->name, &spec, &e) < 0 ||
		    tr_probe(&spec, &e) < 0) {
			skip("%s: %s", ops->name, e.text);
			continue;
		}
		if (ops->kind == TR_CONTROL)
			/* a control copies nothing that could be served */
			continue;
		for (int point = 0; point < PARTY_LIVES; point++) {
			/* tests/conform covers the middle of a whole file */
			if (point == PARTY_MIDDLE &&
			    (ops->carries_nothing || !tr_has_message_form(ops)))
				continue;
			try_death(ops->name, COPY_SERVER, point);
			try_death(ops->name, COPY_CLIENT, point);
		}
	}
	/*
	 * on a slow machine the surviving side sometimes only knows that the
	 * other side "is gone"
	 */
	ok(told > 0, "the surviving side knew the reason %d times", told);
}

/* Ctrl-C at one program while its worker waits in the channel. */
static void test_interrupted(enum copy_role role)
{
	struct party *here = role == COPY_SERVER ? server : client;
	struct party *there = role == COPY_SERVER ? client : server;
	bool good;

	begin("-", "out");
	party_start(server);
	party_start(client);
	good = party_moves(client);
	kill(here->pid, SIGINT);
	good &= finish_both() && here->rc == -EINTR && there->rc < 0 &&
		is_line(&there->err) && !sample_differs("out", &old) &&
		!here->out.forced && !there->out.forced;
	ok(shown(good), "the %s is interrupted: %s", copy_role_names[role],
	   there->err.text);
	end();
}

/* --- both sides die ------------------------------------------------------- */

static void try_wipe_out(const char *spec)
{
	char *before;
	bool dead;
	int swept;

	begin("in", "out");
	before = leftovers_names();
	party_use(server, spec);
	/* by then everything is made and still has its name */
	client->rests_at = server->rests_at = COPY_AT_JOIN;
	party_start(server);
	party_start(client);
	if (!party_rests(server) || !party_rests(client))
		diag("the sides did not reach that point: %s",
		     server->err.text);
	dead = party_wipe_out(server);
	dead &= party_wipe_out(client);
	swept = lease_sweep();
	ok(dead && swept >= 1 && leftovers_none_since(before),
	   "%s: leftovers of two sides killed together are swept", spec);
	free(before);
	end();
}

static void test_wipe_out(void)
{
	static struct variant list[VARIANTS_MAX];
	const struct transport *ops;

	for_each_transport(ops) {
		size_t n = variants_of(ops, list);

		for (size_t i = 0; i < n; i++) {
			struct err e = { 0 };
			struct tr_spec spec;

			if (list[i].kind <= VARIANT_CHOICE &&
			    tr_spec_parse(list[i].text, &spec, &e) == 0 &&
			    tr_probe(&spec, &e) == 0)
				try_wipe_out(list[i].text);
		}
	}
}

/* --- many clients ------------------------------------------------------- */

static void test_keep(void)
{
	char out[CLIENTS][8];
	bool good = true;

	begin("in", "out");
	server->keeps = true;
	party_start(server);
	party_opened(server);
	for (int i = 0; i < CLIENTS; i++) {
		snprintf(out[i], sizeof(out[i]), "out%d", i);
		party_init(&client[i], COPY_CLIENT, "meet", out[i]);
		party_start(&client[i]);
	}
	for (int i = 0; i < CLIENTS; i++) {
		good &= party_finish(&client[i]) && client[i].rc == 0 &&
			client[i].clean && !sample_differs(out[i], &in);
		if (client[i].rc < 0)
			diag("%s", client[i].err.text);
		unlink(out[i]);
	}
	good &= party_served(server, CLIENTS);
	ok(shown(good),
	   "one server with keep serves %d clients that come "
	   "together",
	   CLIENTS);
	kill(server->pid, SIGTERM);
	ok(party_finish(server) && server->rc == -EINTR && server->clean,
	   "a server with keep ends when it is asked to: %s", server->err.text);
	end();
}

/* The process that serves a client is stopped, and nobody continues it. */
static void test_keep_stopped(void)
{
	pid_t child;
	bool good;

	begin("in", "out");
	server->keeps = true;
	server->rests_at = COPY_AT_START;
	party_start(server);
	party_opened(server);
	party_start(client);
	good = party_rests(server);
	child = child_of(server->pid, 0);
	good &= child > 0 && kill(child, SIGSTOP) == 0 &&
		kill(server->pid, SIGTERM) == 0;
	ok(party_finish(server) && good && server->rc == -EINTR &&
		   server->clean,
	   "a server with keep ends, although a process of it is stopped: %s",
	   server->err.text);
	party_finish(client);
	ok(client->rc < 0 && client->clean && !sample_differs("out", &old),
	   "the client of that process fails: %s", client->err.text);
	end();
}

int main(void)
{
	struct err e = { 0 };
	char dir[120], *before;
	const char *why;

	scratch_begin();
	why = scratch_isolate();
	if (why)
		skip("looking for names in /dev/shm and of queues: %s", why);
	server = parties_new(1 + CLIENTS);
	client = server + 1;
	run_dir(dir, sizeof(dir), &e);
	before = leftovers_names();
	test_copies();
	test_same_file();
	test_out_of_reach();
	test_deaths();
	test_interrupted(COPY_SERVER);
	test_interrupted(COPY_CLIENT);
	test_keep();
	test_keep_stopped();
	ok(leftovers_none_since(before), "nothing is left behind");
	test_wipe_out();
	free(before);
	return done_testing();
}
