/*
 * Several standing pairs of one process, side by side. A pair is one server and
 * one client that make many transfers. The pairs share no descriptor. If one
 * pair dies, the others go on, unless all pairs make their transfers together.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/stop.h"
#include "leftovers.h"
#include "once.h"
#include "standing_pair.h"
#include "tap.h"

#define CROWD 8

static const char *const crowd_specs[CROWD] = { "pipe", "shm",  "unix", "fifo",
						"mq",   "pipe", "cma",  "tcp" };

static struct copy_pair *crowd[CROWD];

static bool crowd_transfers(int except)
{
	bool good = true;

	for (int i = 0; i < CROWD; i++)
		if (i != except)
			good &= expect_int(
				copy_pair_transfer(crowd[i], &st.out, &st.e),
				0);
	return good;
}

static bool opens_crowd(pid_t *client)
{
	bool good = true;

	memset(crowd, 0, sizeof(crowd));
	for (int i = 0; i < CROWD && good; i++) {
		standing_job(crowd_specs[i], COPY_STREAM, COPY_NEW);
		good = standing_opens();
		crowd[i] = st.pair;
	}
	for (int i = 0; i < CROWD && good; i++) {
		good = expect_int(copy_pair_transfer(crowd[i], &st.out, &st.e),
				  0);
		client[i] = st.page->worker[COPY_CLIENT];
	}
	return good;
}

static bool others_go_on(void)
{
	pid_t client[CROWD];
	bool good = opens_crowd(client) && crowd_transfers(-1);

	st.pair = crowd[3];
	if (good)
		kill(client[3], SIGKILL);
	good = good && crowd_transfers(3) &&
	       standing_fails(EPIPE, "the client was killed by signal 9") &&
	       crowd_transfers(3);
	for (int i = 0; i < CROWD; i++)
		good &= expect_int(copy_pair_close(crowd[i]), 0);
	return good && expect(!leftovers_children());
}

/* The workers of a later pair have no descriptor of an earlier pair. */
static bool keeps_apart(void)
{
	struct copy_pair *first;
	int alone[COPY_ROLES];
	bool good;

	standing_job("pipe", COPY_STREAM, COPY_NEW);
	good = standing_opens() && standing_transfers();
	first = st.pair;
	memcpy(alone, st.page->fds, sizeof(alone));
	standing_job("pipe", COPY_STREAM, COPY_NEW);
	good = good && standing_opens() && standing_transfers();
	good &= standing_closes() && expect_int(st.page->fds[0], alone[0]) &&
		expect_int(st.page->fds[1], alone[1]);
	return expect_int(copy_pair_close(first), 0) && good;
}

static long switches_of(pid_t pid)
{
	char path[40], text[4096], *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (!fd_read_text(path, text, sizeof(text)))
		return -1;
	at = strstr(text, "\nvoluntary_ctxt_switches:");
	return at ? strtol(strchr(at, ':') + 1, NULL, 10) : -1;
}

/* Waits until the process sleeps. False: it does not. */
static bool sleeps(pid_t pid, long *switches)
{
	long before = -1;

	for (int i = 0; i < 200; i++) {
		*switches = switches_of(pid);
		if (*switches >= 0 && *switches == before)
			return true;
		before = *switches;
		poll(NULL, 0, 20);
	}
	return false;
}

static bool wakes_nobody(const char *spec)
{
	long before[COPY_ROLES];
	bool good;

	standing_job(spec, COPY_STREAM, COPY_NEW);
	good = standing_opens() && standing_transfers();
	for (int role = 0; role < COPY_ROLES; role++)
		good = good &&
		       expect(sleeps(st.page->worker[role], &before[role]));
	poll(NULL, 0, 300);
	for (int role = 0; role < COPY_ROLES; role++)
		good = good && expect_int(switches_of(st.page->worker[role]),
					  before[role]);
	return standing_closes() && good;
}

/* --- side by side -------------------------------------------------------- */

static bool side_by_side(void)
{
	struct copy_outcome all[CROWD];
	pid_t client[CROWD];
	bool good = opens_crowd(client);

	for (int i = 0; i < TRANSFERS && good; i++)
		good = expect_int(copy_pairs_transfer(crowd, CROWD, all, &st.e),
				  0);
	for (int i = 0; i < CROWD && good; i++)
		good = expect_int(all[i].messages, MESSAGES);
	if (good)
		kill(client[5], SIGKILL);
	good = good &&
	       expect_int(copy_pairs_transfer(crowd, CROWD, all, &st.e),
			  -EPIPE) &&
	       expect_has(st.e.text, standing_dead_words(COPY_CLIENT));
	for (int i = 0; i < CROWD; i++)
		copy_pair_close(crowd[i]);
	return good && expect(!leftovers_children());
}

/* --- the supervisor ------------------------------------------------------ */

static bool is_interrupted(void)
{
	pid_t client[CROWD];
	int64_t begun_ns;
	bool good;

	stop_install_supervisor();
	good = opens_crowd(client);
	raise(SIGTERM);
	st.pair = crowd[0];
	begun_ns = clock_ns();
	good = good && standing_fails(EINTR, "interrupted");
	for (int i = 0; i < CROWD; i++)
		copy_pair_close(crowd[i]);
	return good && expect(clock_ns() - begun_ns < 2000 * MS_IN_NS) &&
	       expect(!leftovers_children());
}

static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 200; i++) {
		if (kill(pid, 0) < 0 && errno == ESRCH)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

/* Only init can reap the sides now, and that may take a while. */
static bool dies_with_supervisor(void)
{
	int status;
	pid_t pid;
	bool good;

	memset(st.page, 0, sizeof(*st.page));
	pid = fork();
	if (pid == 0) {
		standing_job("shm", COPY_STREAM, COPY_NEW);
		if (standing_opens() && standing_transfers())
			raise(SIGKILL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	good = expect(WIFSIGNALED(status));
	for (int role = 0; role < COPY_ROLES; role++)
		good = good && expect(is_gone(st.page->worker[role]));
	return good;
}

int main(void)
{
	standing_begin();
	ok(others_go_on(), "if one of %d pairs dies, the others go on", CROWD);
	ok(keeps_apart(), "a pair has no descriptor of another");
	ok(wakes_nobody("shm:wait=spin"), "a waiting ring sleeps");
	ok(wakes_nobody("pipe"), "a waiting pipe sleeps");
	ok(side_by_side(),
	   "%d pairs transfer side by side, and all stop if one dies", CROWD);
	ok(once_in_child(is_interrupted), "a stop request ends all processes");
	ok(dies_with_supervisor(), "the sides die with their supervisor");
	return done_testing();
}
