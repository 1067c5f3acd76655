/*
 * Pairs that stand: with every mechanism one pair makes many transfers, each of
 * the input's contents at that time, and keeps its promises in each of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/stop.h"
#include "copy/histogram.h"
#include "copy/load.h"
#include "copy/pair.h"
#include "copy/pattern.h"
#include "leftovers.h"
#include "once.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"

#define TRANSFERS 5
#define MESSAGES  50
#define FILE_MAX  (3 << 20)
#define CROWD     8

/* Shared by the sides of the pair on trial: their orders and their reports. */
struct trial_page {
	pid_t worker[COPY_ROLES];
	int started[COPY_ROLES]; /* transfers */
	int fds[COPY_ROLES];
	int victim, dies_at; /* in that transfer; 0: never */
	struct histogram trips;
};

static struct trial_page *page;
static char *bytes; /* of the input, as it should arrive */

static void at_point(enum copy_role role, enum copy_point point)
{
	if (point != COPY_AT_START)
		return;
	page->worker[role] = getpid();
	page->fds[role] = leftovers_fds();
	if (++page->started[role] == page->dies_at && (int)role == page->victim)
		raise(SIGKILL);
}

/* --- a pair and its files ------------------------------------------------ */

static struct copy_job job;
static struct copy_pair *pair;
static struct copy_outcome out;
static struct err e;

static void job_for(const char *spec, enum copy_workload kind,
		    enum copy_sink sink)
{
	job = (struct copy_job)COPY_JOB_INIT;
	tr_spec_parse(spec, &job.spec, &e);
	job.src = "in";
	job.dst = "out";
	job.load.kind = kind;
	job.load.sink = sink;
	job.load.messages = kind == COPY_FILE ? 0 : MESSAGES;
	job.load.warm = kind == COPY_FILE ? 0 : 3;
	job.load.seed = 77;
	job.trips = kind == COPY_PINGPONG ? &page->trips : NULL;
	job.checkpoint = at_point;
	memset(page, 0, sizeof(*page));
	memset(&e, 0, sizeof(e));
}

static bool opens(void)
{
	pair = NULL;
	return expect_int(copy_pair_open(&job, &pair, &e), 0) ||
	       (diag("%s: %s", job.spec.ops->name, e.text), false);
}

static bool transfers(void)
{
	return expect_int(copy_pair_transfer(pair, &out, &e), 0) ||
	       (diag("%s: %s", job.spec.ops->name, e.text), false);
}

static bool closes(void)
{
	return expect_int(copy_pair_close(pair), 0);
}

static bool fails(int code, const char *words)
{
	memset(&e, 0, sizeof(e));
	return expect_int(copy_pair_transfer(pair, &out, &e), -code) &&
	       expect_int(e.code, code) && expect_has(e.text, words) &&
	       expect(!strchr(e.text, '\n'));
}

/* The same file, with other contents and another length. */
static void put(const char *path, uint64_t len, uint64_t seed)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	sample_fill(bytes, (size_t)(len + 8) / 8 * 8, seed, 0);
	if (fd < 0 || fd_write_all(fd, bytes, (size_t)len) < 0)
		diag("cannot write %s: %m", path);
	fd_close(&fd);
}

static uint64_t hash_of_bytes(uint64_t len)
{
	struct hash *h = hash_new();
	uint64_t value;

	hash_add(h, bytes, (size_t)len);
	value = hash_value(h);
	hash_free(h);
	return value;
}

/* A number of bytes that makes more than one message of any mechanism here. */
static uint64_t message_bytes(void)
{
	uint64_t size = tr_spec_value(&job.spec, "size", 1 << 16);

	return size < FILE_MAX / 3 ? size : FILE_MAX / 3;
}

static bool has_figures(void)
{
	bool good = expect(out.t1_ns >= out.t0_ns) && expect(!out.forced);

	for (int role = 0; role < COPY_ROLES; role++)
		good &= expect(out.side[role].known) &&
			expect(out.side[role].used.user_ns >= 0) &&
			expect(out.side[role].used.voluntary < 100000);
	return good;
}

/* --- files --------------------------------------------------------------- */

/* The client read back the bytes that the server has and that we wrote. */
static bool arrived(uint64_t len, bool verified)
{
	if (job.spec.ops->carries_nothing)
		return expect_int(out.bytes, 0) && has_figures();
	return expect_int(out.bytes, len) &&
	       expect_int(out.verified, verified) &&
	       expect(out.hash == (verified ? hash_of_bytes(len) : 0)) &&
	       has_figures();
}

static bool moves_new_files(void)
{
	uint64_t m = message_bytes();
	const uint64_t len[TRANSFERS] = { m + 1, 0, 3 * m, m - 1, 1 };
	bool good;

	put("in", len[0], 1);
	good = opens();
	for (int i = 0; i < TRANSFERS && good; i++) {
		put("in", len[i], (uint64_t)i);
		good = transfers() && arrived(len[i], true);
	}
	good &= closes();
	/* none is put in place */
	return good && expect(access("out", F_OK) < 0);
}

static bool is_over(uint64_t len)
{
	int fd = open("out", O_RDONLY | O_CLOEXEC);
	char *is = malloc((size_t)len);
	bool good = fd_read_full(fd, is, (size_t)len) == (ssize_t)len &&
		    !memcmp(is, bytes, (size_t)len);

	free(is);
	fd_close(&fd);
	return expect(good || job.spec.ops->carries_nothing);
}

static bool moves_over(void)
{
	uint64_t len = 2 * message_bytes() + 5;
	bool good;

	put("out", len, 9);
	put("in", len, 1);
	good = opens();
	for (int i = 0; i < TRANSFERS && good; i++) {
		bool on = i == 0 || i == TRANSFERS - 1;

		put("in", len, (uint64_t)i);
		copy_pair_verify(pair, on);
		good = transfers() && arrived(len, on) && is_over(len);
	}
	good &= closes();
	unlink("out");
	return good;
}

static void put_pattern(uint64_t len)
{
	int fd = open("in", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	pattern_fill(bytes, (size_t)len, job.load.seed);
	if (fd < 0 || fd_write_all(fd, bytes, (size_t)len) < 0)
		diag("cannot write the pattern: %m");
	fd_close(&fd);
}

static bool moves_nowhere(void)
{
	uint64_t m = message_bytes();
	bool good;

	put_pattern(m + 3);
	good = opens();
	for (uint64_t i = 1; i <= TRANSFERS && good; i++) {
		put_pattern(i * m / 2 + 3);
		good = transfers() &&
		       expect(job.spec.ops->carries_nothing ||
			      (out.bytes == i * m / 2 + 3 && out.verified));
	}
	good &= closes();
	/* with one byte that is wrong */
	put_pattern(m + 3);
	good &= opens() && transfers();
	put("in", m + 3, 5);
	good &= job.spec.ops->carries_nothing || fails(EIO, "not what was");
	copy_pair_close(pair);
	return good;
}

/* --- messages ------------------------------------------------------------ */

static bool moves_messages(void)
{
	uint64_t ways = job.load.kind == COPY_PINGPONG ? 2 : 1;
	uint64_t all = ways * MESSAGES * tr_spec_value(&job.spec, "size", 0);
	bool good = opens();

	for (int i = 0; i < TRANSFERS && good; i++)
		good = transfers() && has_figures() &&
		       expect(job.spec.ops->carries_nothing ||
			      (out.bytes == all && out.messages == MESSAGES &&
			       out.verified != job.load.unread)) &&
		       expect(ways == 1 ||
			      histogram_total(&page->trips) == MESSAGES);
	return closes() && good;
}

/* --- deaths -------------------------------------------------------------- */

static const char *dead_words(int role)
{
	return role == COPY_SERVER ? "the server was killed by signal 9"
				   : "the client was killed by signal 9";
}

static bool notices_death(int role, int in_transfer)
{
	bool good;

	page->victim = role;
	page->dies_at = in_transfer;
	good = opens();
	for (int i = 1; i < in_transfer && good; i++)
		good = transfers();
	good = good && fails(EPIPE, dead_words(role)) &&
	       /* and goes on to say so */
	       fails(EPIPE, dead_words(role)) && expect(!out.forced);
	return closes() && good && expect(!leftovers_children());
}

static bool notices_death_between(int role)
{
	bool good = opens() && transfers();

	if (good)
		kill(page->worker[role], SIGKILL);
	good = good && fails(EPIPE, dead_words(role));
	return closes() && good && expect(!leftovers_children());
}

static bool notices_deaths(const char *spec, enum copy_workload kind)
{
	bool good = true;

	put("in", 1000, 4);
	for (int role = 0; role < COPY_ROLES; role++) {
		static const int at[] = { 1, 2, TRANSFERS };

		for (int i = 0; i < 3; i++) {
			job_for(spec, kind, COPY_NEW);
			good &= notices_death(role, at[i]);
		}
		job_for(spec, kind, COPY_NEW);
		good &= notices_death_between(role);
	}
	return good;
}

static bool closes_after_death(void)
{
	bool good;

	job_for("pipe", COPY_STREAM, COPY_NEW);
	good = opens() && transfers();
	if (good)
		kill(page->worker[COPY_CLIENT], SIGKILL);
	return good && expect_int(copy_pair_close(pair), -EPIPE) &&
	       expect(!leftovers_children());
}

static bool notices_stopped(void)
{
	bool good;

	job_for("shm", COPY_STREAM, COPY_NEW);
	job.timeout_ms = 300;
	good = opens() && transfers();
	if (good)
		kill(page->worker[COPY_CLIENT], SIGSTOP);
	good = good && fails(ETIMEDOUT, "the client is stopped") &&
	       expect(out.forced);
	copy_pair_close(pair);
	return good && expect(!leftovers_children());
}

/* --- one mechanism ------------------------------------------------------- */

static void ask_files(const struct transport *t)
{
	job_for(t->name, COPY_FILE, COPY_NEW);
	ok(moves_new_files(), "%s: new files, each of another length", t->name);
	job_for(t->name, COPY_FILE, COPY_OVER);
	ok(moves_over(), "%s: over a file, some verified", t->name);
	job_for(t->name, COPY_FILE, COPY_NOWHERE);
	if (load_check(&job.load, &job.spec, &e) == 0)
		ok(moves_nowhere(), "%s: nowhere, every byte read", t->name);
	ok(notices_deaths(t->name, COPY_FILE),
	   "%s: dead sides in and between transfers", t->name);
}

static void ask_messages(const struct transport *t)
{
	for (int kind = COPY_STREAM; kind <= COPY_PINGPONG; kind++) {
		job_for(t->name, (enum copy_workload)kind, COPY_NEW);
		job.load.unread = t->discard && kind == COPY_STREAM;
		if (load_check(&job.load, &job.spec, &e) < 0)
			continue;
		ok(moves_messages(), "%s: a %s goes on", t->name,
		   copy_workload_names[kind]);
		if (!job.load.unread)
			ok(notices_deaths(t->name, (enum copy_workload)kind),
			   "%s: a %s with dead sides", t->name,
			   copy_workload_names[kind]);
	}
}

static void ask(const struct transport *t)
{
	char *before = leftovers_names();
	int fds = leftovers_fds();

	job_for(t->name, COPY_FILE, COPY_NEW);
	if (tr_probe(&job.spec, &e) < 0) {
		skip("%s: %s", t->name, e.text);
	} else {
		put("in", 1, 0);
		ask_files(t);
		ask_messages(t);
		unlink("in");
		ok(leftovers_none_since(before) && leftovers_fds() == fds,
		   "%s: leaves nothing behind", t->name);
	}
	free(before);
}

/* --- several pairs ------------------------------------------------------- */

static const char *const crowd_specs[CROWD] = { "pipe", "shm",  "unix", "fifo",
						"mq",   "pipe", "cma",  "tcp" };

static struct copy_pair *crowd[CROWD];

static bool crowd_transfers(int except)
{
	bool good = true;

	for (int i = 0; i < CROWD; i++)
		if (i != except)
			good &= expect_int(
				copy_pair_transfer(crowd[i], &out, &e), 0);
	return good;
}

static bool opens_crowd(pid_t *client)
{
	bool good = true;

	memset(crowd, 0, sizeof(crowd));
	for (int i = 0; i < CROWD && good; i++) {
		job_for(crowd_specs[i], COPY_STREAM, COPY_NEW);
		good = opens();
		crowd[i] = pair;
	}
	for (int i = 0; i < CROWD && good; i++) {
		good = expect_int(copy_pair_transfer(crowd[i], &out, &e), 0);
		client[i] = page->worker[COPY_CLIENT];
	}
	return good;
}

static bool others_go_on(void)
{
	pid_t client[CROWD];
	bool good = opens_crowd(client) && crowd_transfers(-1);

	pair = crowd[3];
	if (good)
		kill(client[3], SIGKILL);
	good = good && crowd_transfers(3) &&
	       fails(EPIPE, "the client was killed by signal 9") &&
	       crowd_transfers(3);
	for (int i = 0; i < CROWD; i++)
		good &= expect_int(copy_pair_close(crowd[i]), 0);
	return good && expect(!leftovers_children());
}

/* A later pair's sides have no descriptor of an earlier one's. */
static bool keeps_apart(void)
{
	struct copy_pair *first;
	int alone[COPY_ROLES];
	bool good;

	job_for("pipe", COPY_STREAM, COPY_NEW);
	good = opens() && transfers();
	first = pair;
	memcpy(alone, page->fds, sizeof(alone));
	job_for("pipe", COPY_STREAM, COPY_NEW);
	good = good && opens() && transfers();
	good &= closes() && expect_int(page->fds[0], alone[0]) &&
		expect_int(page->fds[1], alone[1]);
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

/* Until it has gone to sleep; false: it does not. */
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

	job_for(spec, COPY_STREAM, COPY_NEW);
	good = opens() && transfers();
	for (int role = 0; role < COPY_ROLES; role++)
		good = good &&
		       expect(sleeps(page->worker[role], &before[role]));
	poll(NULL, 0, 300);
	for (int role = 0; role < COPY_ROLES; role++)
		good = good && expect_int(switches_of(page->worker[role]),
					  before[role]);
	return closes() && good;
}

/* --- side by side -------------------------------------------------------- */

static bool side_by_side(void)
{
	struct copy_outcome all[CROWD];
	pid_t client[CROWD];
	bool good = opens_crowd(client);

	for (int i = 0; i < TRANSFERS && good; i++)
		good = expect_int(copy_pairs_transfer(crowd, CROWD, all, &e),
				  0);
	for (int i = 0; i < CROWD && good; i++)
		good = expect_int(all[i].messages, MESSAGES);
	if (good)
		kill(client[5], SIGKILL);
	good = good &&
	       expect_int(copy_pairs_transfer(crowd, CROWD, all, &e), -EPIPE) &&
	       expect_has(e.text, dead_words(COPY_CLIENT));
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
	pair = crowd[0];
	begun_ns = clock_ns();
	good = good && fails(EINTR, "interrupted");
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

/* Only init is there to reap them, and it may take its time. */
static bool dies_with_supervisor(void)
{
	int status;
	pid_t pid;
	bool good;

	memset(page, 0, sizeof(*page));
	pid = fork();
	if (pid == 0) {
		job_for("shm", COPY_STREAM, COPY_NEW);
		if (opens() && transfers())
			raise(SIGKILL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	good = expect(WIFSIGNALED(status));
	for (int role = 0; role < COPY_ROLES; role++)
		good = good && expect(is_gone(page->worker[role]));
	return good;
}

/* --- refused, and ended badly -------------------------------------------- */

static bool refuses_streams(void)
{
	job_for("pipe", COPY_FILE, COPY_NEW);
	job.src = "-";
	return expect_int(copy_pair_open(&job, &pair, &e), -EINVAL) &&
	       expect_has(e.text, "more than once");
}

static bool closes_unused(void)
{
	job_for("shm", COPY_STREAM, COPY_NEW);
	return opens() && closes() && expect_int(copy_pair_close(NULL), 0) &&
	       expect(!leftovers_children());
}

static int surplus_send(struct tr *tr, size_t len)
{
	if (len == 0)
		tr_send_stream(tr, 1);
	return tr_send_stream(tr, len);
}

static bool notices_surplus(void)
{
	static struct transport surplus;
	bool good;

	job_for("pipe", COPY_STREAM, COPY_NEW);
	surplus = *job.spec.ops;
	surplus.send = surplus_send;
	job.spec.ops = &surplus;
	good = opens() && transfers() && transfers();
	return expect_int(copy_pair_close(pair), -EIO) && good;
}

int main(void)
{
	const struct transport *t;
	const char *why;

	scratch_begin();
	why = scratch_isolate();
	if (why)
		skip("looking for names in /dev/shm and of queues: %s", why);
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bytes = malloc(FILE_MAX + 64);
	job_for("shm", COPY_STREAM, COPY_NEW);
	ok(opens() && closes(), "a pair that is never used");
	for_each_transport(t)
		ask(t);
	ok(closes_unused(), "one that is closed before its first transfer");
	ok(closes_after_death(), "one that is closed after a death");
	ok(notices_stopped(), "one side is stopped between transfers");
	ok(others_go_on(), "one of %d dies, the others go on", CROWD);
	ok(keeps_apart(), "a pair has nothing of another");
	ok(wakes_nobody("shm:wait=spin"), "a waiting ring sleeps");
	ok(wakes_nobody("pipe"), "a waiting pipe sleeps");
	ok(side_by_side(), "%d side by side, and all end with one", CROWD);
	ok(once_in_child(is_interrupted), "who is told to stop stops all");
	ok(dies_with_supervisor(), "no side outlives its supervisor");
	ok(refuses_streams(), "standard input cannot be read twice");
	ok(notices_surplus(), "more in the channel than was transferred");
	free(bytes);
	return done_testing();
}
