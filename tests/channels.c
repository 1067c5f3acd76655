/* Channels without sessions: limits of the machine, and half-made channels. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/run_dir.h"
#include "leftovers.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"
#include "variants.h"

/* --- made and closed ---------------------------------------------------- */

/* Makes a channel, or fails to make it, and then closes it twice. */
static int make_and_close(const struct tr_spec *spec, struct err *e)
{
	struct lease lease = LEASE_INIT;
	struct tr tr = { 0 };
	int rc = tr_init(&tr, spec, &lease, e);

	if (rc == 0 && tr.ops->create)
		rc = tr.ops->create(&tr);
	tr_close(&tr);
	tr_close(&tr);
	lease_end(&lease);
	return rc;
}

static bool is_clean(const struct tr_spec *spec, const char *before, int fds)
{
	struct err e = { 0 };
	int rc = make_and_close(spec, &e);

	if (rc < 0)
		diag("%s", e.text);
	return rc == 0 && leftovers_none_since(before) &&
	       leftovers_fds() == fds;
}

/*
 * Tries to make a channel with no free descriptor, with one, and so on, until
 * there are enough. A failure must close and remove all that was made before.
 */
static bool is_clean_half_made(const struct tr_spec *spec, const char *before,
			       int fds)
{
	struct rlimit rl, few;
	bool good = true;
	int rc = -1;

	getrlimit(RLIMIT_NOFILE, &rl);
	few = rl;
	for (int more = 0; rc < 0 && more < 20; more++) {
		struct err e = { 0 };

		few.rlim_cur = (rlim_t)(fds + more);
		setrlimit(RLIMIT_NOFILE, &few);
		rc = make_and_close(spec, &e);
		setrlimit(RLIMIT_NOFILE, &rl);
		good &= rc == 0 || (e.code == -rc && e.text[0]);
		good &= leftovers_none_since(before) && leftovers_fds() == fds;
	}
	return good && rc == 0;
}

/*
 * A client checks the settings that a server sends. If this check made names, a
 * client that is killed during the check would leave them behind. So the check
 * makes no names and needs no lease.
 */
static bool is_checked_without_names(const struct tr_spec *spec)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char dir[120], event[400];
	struct err e = { 0 };
	bool good;

	good = run_dir(dir, sizeof(dir), &e) == 0 &&
	       inotify_add_watch(fd, dir, IN_CREATE) >= 0 &&
	       tr_check(spec, &e) == 0 && !e.code &&
	       read(fd, event, sizeof(event)) < 0 && errno == EAGAIN;
	close(fd);
	return good;
}

static void test_variant(const struct variant *v)
{
	struct err e = { 0 };
	struct tr_spec spec;
	char *before;
	int fds;

	if (tr_spec_parse(v->text, &spec, &e) < 0 || tr_probe(&spec, &e) < 0)
		return; /* tests/conform prints the reason */
	before = leftovers_names();
	fds = leftovers_fds();
	ok(is_clean(&spec, before, fds) &&
		   is_clean_half_made(&spec, before, fds),
	   "%s: a channel made in full or in part is closed", v->text);
	ok(is_checked_without_names(&spec),
	   "%s: checking the settings makes no name", v->text);
	free(before);
}

static void test_made(void)
{
	static struct variant list[VARIANTS_MAX];
	const struct transport *ops;

	for_each_transport(ops) {
		size_t n = variants_of(ops, list);

		for (size_t i = 0; i < n; i++)
			if (list[i].kind <= VARIANT_CHOICE)
				test_variant(&list[i]);
	}
}

/* --- pipes -------------------------------------------------------------- */

static bool gets_capacity(int bytes)
{
	struct lease lease = LEASE_INIT;
	struct err e = { 0 };
	struct tr tr = { 0 };
	struct tr_spec spec;
	char text[40];
	int got = 0;

	snprintf(text, sizeof(text), "pipe:capacity=%d", bytes);
	if (tr_spec_parse(text, &spec, &e) == 0 &&
	    tr_init(&tr, &spec, &lease, &e) == 0 && tr.ops->create(&tr) == 0)
		got = fcntl(tr.fd[TR_READ_END], F_GETPIPE_SZ);
	tr_close(&tr);
	if (got != bytes)
		diag("%d bytes instead of %d: %s", got, bytes, e.text);
	return got == bytes;
}

/*
 * If a user has many pipes, the kernel makes new pipes small, without an error.
 */
static bool refuses_small_pipe(void)
{
	struct tr_spec spec;
	struct err e = { 0 };
	int end[2], n = 0;

	while (pipe2(end, O_CLOEXEC) == 0 && n++ < 300 &&
	       fcntl(end[0], F_GETPIPE_SZ) == 1 << 16)
		fcntl(end[0], F_SETPIPE_SZ, 1 << 20);
	if (n >= 300)
		return false;
	tr_spec_parse("pipe", &spec, &e);
	return make_and_close(&spec, &e) < 0 && e.code == EPERM &&
	       strstr(e.text, "65536");
}

static void refuses(const char *text, int code, const char *words)
{
	struct err e = { 0 };
	struct tr_spec spec;

	if (!ok(tr_spec_parse(text, &spec, &e) == 0 &&
			tr_probe(&spec, &e) == -code && strstr(e.text, words),
		"%s is beyond this machine", text))
		diag("%s", e.text);
}

static void test_pipe(void)
{
	ok(gets_capacity(4096) && gets_capacity(1 << 16) &&
		   gets_capacity(1 << 18) && gets_capacity(1 << 20),
	   "a pipe holds exactly what was asked for");
	refuses("pipe:capacity=1G", EPERM,
		"; raise it with: sysctl -w fs.pipe-max-size=1073741824");
	refuses("fifo:capacity=1G", EPERM,
		"; raise it with: sysctl -w fs.pipe-max-size=1073741824");
	if (fd_read_number("/proc/sys/fs/pipe-user-pages-soft", 0) == 0)
		skip("a smaller pipe: no limit on a user's pipes");
	else
		ok(once_as_nobody(refuses_small_pipe),
		   "a smaller pipe than asked for is refused");
}

/* --- queues ------------------------------------------------------------- */

static bool refuses_here(const char *text, const char *words)
{
	struct err e = { 0 };
	struct tr_spec spec;
	int rc = tr_spec_parse(text, &spec, &e);

	if (rc == 0)
		rc = tr_probe(&spec, &e);
	if (rc == -EPERM && strstr(e.text, words))
		return true;
	diag("%s: %d %s", text, rc, e.text);
	return false;
}

static bool refuses_queues(void)
{
	const struct rlimit rl = { 1000, 1000 };
	bool good = refuses_here("mq:size=64M",
				 "sysctl -w fs.mqueue.msgsize_max=67108864");

	good &= refuses_here("mq:depth=65535",
			     "sysctl -w fs.mqueue.msg_max=65535");
	setrlimit(RLIMIT_MSGQUEUE, &rl);
	return good && refuses_here("mq", "ulimit -q ");
}

int main(void)
{
	struct err e = { 0 };
	const char *why;
	char dir[120];

	scratch_begin();
	run_dir(dir, sizeof(dir), &e);
	test_pipe();
	ok(once_as_nobody(refuses_queues),
	   "a queue beyond a limit is refused with the command that raises it");
	why = scratch_isolate();
	if (why)
		skip("looking for names in /dev/shm and of queues: %s", why);
	test_made();
	return done_testing();
}
