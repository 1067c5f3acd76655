/*
 * Standing pairs: one server and one client make many transfers. With every
 * mechanism, each transfer must carry what the input holds at that time, and
 * keep all promises.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "copy/histogram.h"
#include "copy/load.h"
#include "copy/pattern.h"
#include "leftovers.h"
#include "sample.h"
#include "standing_pair.h"
#include "tap.h"

#define FILE_MAX (3 << 20)

static char *bytes; /* the bytes of the input, which must arrive */

/* Makes a file of `len` bytes, which follow from `seed`. */
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

/* The size of a message, but at most a third of the largest file. */
static uint64_t message_bytes(void)
{
	uint64_t size = tr_spec_value(&st.job.spec, "size", 1 << 16);

	return size < FILE_MAX / 3 ? size : FILE_MAX / 3;
}

static bool has_figures(void)
{
	bool good =
		expect(st.out.t1_ns >= st.out.t0_ns) && expect(!st.out.forced);

	for (int role = 0; role < COPY_ROLES; role++)
		good &= expect(st.out.side[role].known) &&
			expect(st.out.side[role].used.user_ns >= 0) &&
			expect(st.out.side[role].used.voluntary < 100000);
	return good;
}

/* --- files --------------------------------------------------------------- */

/*
 * True if the report counts all bytes and, with `verified`, says that the
 * client has read them back.
 */
static bool arrived(uint64_t len, bool verified)
{
	if (st.job.spec.ops->carries_nothing)
		return expect_int(st.out.bytes, 0) && has_figures();
	return expect_int(st.out.bytes, len) &&
	       expect_int(st.out.verified, verified) &&
	       expect(st.out.hash == (verified ? hash_of_bytes(len) : 0)) &&
	       has_figures();
}

static bool moves_new_files(void)
{
	uint64_t m = message_bytes();
	const uint64_t len[TRANSFERS] = { m + 1, 0, 3 * m, m - 1, 1 };
	bool good;

	put("in", len[0], 1);
	good = standing_opens();
	for (int i = 0; i < TRANSFERS && good; i++) {
		put("in", len[i], (uint64_t)i);
		good = standing_transfers() && arrived(len[i], true);
	}
	good &= standing_closes();
	/* no file is put in place */
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
	return expect(good || st.job.spec.ops->carries_nothing);
}

static bool moves_over(void)
{
	uint64_t len = 2 * message_bytes() + 5;
	bool good;

	put("out", len, 9);
	put("in", len, 1);
	good = standing_opens();
	for (int i = 0; i < TRANSFERS && good; i++) {
		bool on = i == 0 || i == TRANSFERS - 1;

		put("in", len, (uint64_t)i);
		copy_pair_verify(st.pair, on);
		good = standing_transfers() && arrived(len, on) && is_over(len);
	}
	good &= standing_closes();
	unlink("out");
	return good;
}

static void put_pattern(uint64_t len)
{
	int fd = open("in", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	pattern_fill(bytes, (size_t)len, st.job.load.seed);
	if (fd < 0 || fd_write_all(fd, bytes, (size_t)len) < 0)
		diag("cannot write the pattern: %m");
	fd_close(&fd);
}

static bool moves_nowhere(void)
{
	uint64_t m = message_bytes();
	bool good;

	put_pattern(m + 3);
	good = standing_opens();
	for (uint64_t i = 1; i <= TRANSFERS && good; i++) {
		put_pattern(i * m / 2 + 3);
		good = standing_transfers() &&
		       expect(st.job.spec.ops->carries_nothing ||
			      (st.out.bytes == i * m / 2 + 3 &&
			       st.out.verified));
	}
	good &= standing_closes();
	/* an input that is not the pattern is noticed */
	put_pattern(m + 3);
	good &= standing_opens() && standing_transfers();
	put("in", m + 3, 5);
	good &= st.job.spec.ops->carries_nothing ||
		standing_fails(EIO, "not those that");
	copy_pair_close(st.pair);
	return good;
}

/* --- messages ------------------------------------------------------------ */

static bool moves_messages(void)
{
	uint64_t ways = st.job.load.kind == COPY_PINGPONG ? 2 : 1;
	uint64_t all = ways * MESSAGES * tr_spec_value(&st.job.spec, "size", 0);
	bool good = standing_opens();

	for (int i = 0; i < TRANSFERS && good; i++)
		good = standing_transfers() && has_figures() &&
		       expect(st.job.spec.ops->carries_nothing ||
			      (st.out.bytes == all &&
			       st.out.messages == MESSAGES &&
			       st.out.verified != st.job.load.unread)) &&
		       expect(ways == 1 ||
			      histogram_total(&st.page->trips) == MESSAGES);
	return standing_closes() && good;
}

/* --- deaths -------------------------------------------------------------- */

static bool notices_death(int role, int in_transfer)
{
	bool good;

	st.page->victim = role;
	st.page->dies_at = in_transfer;
	good = standing_opens();
	for (int i = 1; i < in_transfer && good; i++)
		good = standing_transfers();
	good = good && standing_fails(EPIPE, standing_dead_words(role)) &&
	       /* the next transfer must say the same */
	       standing_fails(EPIPE, standing_dead_words(role)) &&
	       expect(!st.out.forced);
	return standing_closes() && good && expect(!leftovers_children());
}

static bool notices_death_between(int role)
{
	bool good = standing_opens() && standing_transfers();

	if (good)
		kill(st.page->worker[role], SIGKILL);
	good = good && standing_fails(EPIPE, standing_dead_words(role));
	return standing_closes() && good && expect(!leftovers_children());
}

static bool notices_deaths(const char *spec, enum copy_workload kind)
{
	bool good = true;

	put("in", 1000, 4);
	for (int role = 0; role < COPY_ROLES; role++) {
		static const int at[] = { 1, 2, TRANSFERS };

		for (int i = 0; i < 3; i++) {
			standing_job(spec, kind, COPY_NEW);
			good &= notices_death(role, at[i]);
		}
		standing_job(spec, kind, COPY_NEW);
		good &= notices_death_between(role);
	}
	return good;
}

static bool closes_after_death(void)
{
	bool good;

	standing_job("pipe", COPY_STREAM, COPY_NEW);
	good = standing_opens() && standing_transfers();
	if (good)
		kill(st.page->worker[COPY_CLIENT], SIGKILL);
	return good && expect_int(copy_pair_close(st.pair), -EPIPE) &&
	       expect(!leftovers_children());
}

static bool notices_stopped(void)
{
	bool good;

	standing_job("shm", COPY_STREAM, COPY_NEW);
	st.job.timeout_ms = 300;
	good = standing_opens() && standing_transfers();
	if (good)
		kill(st.page->worker[COPY_CLIENT], SIGSTOP);
	good = good && standing_fails(ETIMEDOUT, "the client is stopped") &&
	       expect(st.out.forced);
	copy_pair_close(st.pair);
	return good && expect(!leftovers_children());
}

/*
 * Runs in a process of its own: stops `pid` by ptrace, tells it through `fd`,
 * and stays its tracer until it has ended.
 */
static void trace(pid_t pid, int fd)
{
	int status;
	bool held = ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 &&
		    ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0 &&
		    waitpid(pid, &status, __WALL) == pid;

	if (write(fd, held ? "h" : "-", 1) == 1 && held)
		waitpid(pid, &status, __WALL);
	_exit(0);
}

/* False: ptrace is refused. */
static bool is_held(pid_t pid, pid_t *tracer)
{
	char word = '-';
	int end[2];

	if (pipe2(end, O_CLOEXEC) < 0)
		return false;
	*tracer = fork();
	if (*tracer == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		trace(pid, end[1]);
	}
	close(end[1]);
	if (read(end[0], &word, 1) < 0)
		word = '-';
	close(end[0]);
	return word == 'h';
}

/* A debugger stops a process in another way than a signal does. */
static void ask_traced(void)
{
	pid_t tracer = 0;
	bool good;

	standing_job("shm", COPY_STREAM, COPY_NEW);
	st.job.timeout_ms = 300;
	good = standing_opens() && standing_transfers();
	if (good && !is_held(st.page->worker[COPY_CLIENT], &tracer))
		skip("a side that a debugger stops: ptrace is refused");
	else
		ok(good &&
			   standing_fails(ETIMEDOUT,
					  "the client is stopped by a program "
					  "that traces it") &&
			   expect(st.out.forced),
		   "a side that a debugger stops is noticed");
	copy_pair_close(st.pair);
	if (tracer > 0)
		waitpid(tracer, NULL, 0);
}

/* --- one mechanism ------------------------------------------------------- */

static void ask_files(const struct transport *t)
{
	standing_job(t->name, COPY_FILE, COPY_NEW);
	ok(moves_new_files(), "%s: new files, each of another length", t->name);
	standing_job(t->name, COPY_FILE, COPY_OVER);
	ok(moves_over(),
	   "%s: over an existing file, with and without verification", t->name);
	standing_job(t->name, COPY_FILE, COPY_NOWHERE);
	if (load_check(&st.job.load, &st.job.spec, &st.e) == 0)
		ok(moves_nowhere(), "%s: to no file, and every byte is read",
		   t->name);
	ok(notices_deaths(t->name, COPY_FILE),
	   "%s: a side that dies in or between transfers is noticed", t->name);
}

static void ask_messages(const struct transport *t)
{
	for (int kind = COPY_STREAM; kind <= COPY_PINGPONG; kind++) {
		standing_job(t->name, (enum copy_workload)kind, COPY_NEW);
		st.job.load.unread = t->discard && kind == COPY_STREAM;
		if (load_check(&st.job.load, &st.job.spec, &st.e) < 0)
			continue;
		ok(moves_messages(), "%s: a %s over several transfers", t->name,
		   copy_workload_names[kind]);
		if (!st.job.load.unread)
			ok(notices_deaths(t->name, (enum copy_workload)kind),
			   "%s: a side that dies in a %s is noticed", t->name,
			   copy_workload_names[kind]);
	}
}

static void ask(const struct transport *t)
{
	char *before = leftovers_names();
	int fds = leftovers_fds();

	standing_job(t->name, COPY_FILE, COPY_NEW);
	if (tr_probe(&st.job.spec, &st.e) < 0) {
		skip("%s: %s", t->name, st.e.text);
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

/* --- refused, and ended badly -------------------------------------------- */

static bool refuses_streams(void)
{
	standing_job("pipe", COPY_FILE, COPY_NEW);
	st.job.src = "-";
	return expect_int(copy_pair_open(&st.job, &st.pair, &st.e), -EINVAL) &&
	       expect_has(st.e.text, "more than once");
}

static bool closes_unused(void)
{
	standing_job("shm", COPY_STREAM, COPY_NEW);
	return standing_opens() && standing_closes() &&
	       expect_int(copy_pair_close(NULL), 0) &&
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

	standing_job("pipe", COPY_STREAM, COPY_NEW);
	surplus = *st.job.spec.ops;
	surplus.send = surplus_send;
	st.job.spec.ops = &surplus;
	good = standing_opens() && standing_transfers() && standing_transfers();
	return expect_int(copy_pair_close(st.pair), -EIO) && good;
}

int main(void)
{
	const struct transport *t;

	standing_begin();
	bytes = malloc(FILE_MAX + 64);
	standing_job("shm", COPY_STREAM, COPY_NEW);
	ok(standing_opens() && standing_closes(),
	   "a pair without a transfer closes");
	for_each_transport(t)
		ask(t);
	ok(closes_unused(),
	   "a pair that is closed before its first transfer leaves no process");
	ok(closes_after_death(), "a pair closes after a side has died");
	ok(notices_stopped(),
	   "a side that is stopped between transfers is noticed");
	ask_traced();
	ok(refuses_streams(),
	   "standard input is refused, since it cannot be read twice");
	ok(notices_surplus(),
	   "bytes left in the channel after a transfer are noticed");
	free(bytes);
	return done_testing();
}
