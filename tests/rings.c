/* Cases of the ring alone: a lock whose owner dies, and objects of System V. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/run_dir.h"
#include "find_ring.h"
#include "leftovers.h"
#include "once.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"
#include "transport/ring.h"

static const struct sample in = { .len = 1 << 20, .seed = 1, .mode = 0644 };
static const struct sample old = { .len = 100, .seed = 2, .mode = 0600 };

/* --- the lock ------------------------------------------------------------- */

/* Makes one ring for both sides. A child inherits it. */
static bool make_ring(struct tr *tr, struct lease *lease, struct err *e)
{
	struct tr_spec spec;

	return tr_spec_parse("shm:region=anon,sync=mutex,size=64,depth=2",
			     &spec, e) == 0 &&
	       tr_init(tr, &spec, lease, e) == 0 && tr->ops->create(tr) == 0;
}

static pid_t die_with_lock(struct tr *tr)
{
	struct ring *r = tr->priv;
	pid_t pid = fork();

	if (pid)
		return pid;
	pthread_mutex_lock(&r->shared->lock);
	raise(SIGKILL);
	_exit(1);
}

static void receive_after(struct tr *tr, pid_t pid, const char *when)
{
	const void *buf;
	ssize_t n = tr->ops->receive(tr, &buf);

	if (!ok(n == -EPIPE && strstr(tr->err->text, "while it held the lock"),
		"a lock whose owner dies, %s: %s", when, tr->err->text))
		diag("%zd", n);
	n = tr->ops->receive(tr, &buf);
	ok(n == -EPIPE, "a lock stays broken after its owner's death");
	waitpid(pid, NULL, 0);
}

static void test_dead_owner(bool before)
{
	struct lease lease = LEASE_INIT;
	struct err e = { 0 };
	struct tr tr = { 0 };
	siginfo_t unused;
	pid_t pid;

	if (!make_ring(&tr, &lease, &e)) {
		ok(false, "no ring: %s", e.text);
		return;
	}
	pid = die_with_lock(&tr);
	if (before)
		waitid(P_PID, (id_t)pid, &unused, WEXITED | WNOWAIT);
	else /* let the owner lock first, so that we must wait for it */
		while (!*(volatile int *)&((struct ring *)tr.priv)
				 ->shared->lock)
			;
	receive_after(&tr, pid, before ? "before" : "just then");
	tr_close(&tr);
	lease_end(&lease);
}

static enum copy_role victim;

static void die_there(enum copy_role role, enum copy_point point)
{
	struct ring_shared *ring;

	if (role != victim || point != COPY_AT_START)
		return;
	ring = find_ring();
	if (!ring)
		_exit(9);
	pthread_mutex_lock(&ring->lock);
	raise(SIGKILL);
}

static void test_session(enum copy_role role)
{
	int64_t begin_ns = clock_ns();
	struct once o;

	victim = role;
	sample_write("out", &old);
	once_init(&o, "in", "out");
	tr_spec_parse("shm:sync=mutex", &o.job.spec, &o.err);
	o.job.checkpoint = die_there;
	once_run(&o);
	ok(o.rc < 0 && strstr(o.err.text, "was killed by signal 9") &&
		   !o.out.forced && !sample_differs("out", &old) &&
		   clock_ns() - begin_ns < o.job.timeout_ms * MS_IN_NS,
	   "the %s dies while it has the lock: %s", copy_role_names[role],
	   o.err.text);
}

/* Takes the lock and never gives it back. So both sides wait for it. */
static void keep_it(enum copy_role role, enum copy_point point)
{
	struct ring_shared *ring;

	if (role != COPY_CLIENT || point != COPY_AT_START)
		return;
	ring = find_ring();
	if (!ring)
		_exit(9);
	pthread_mutex_lock(&ring->lock);
}

static void test_stuck(void)
{
	struct once o;

	sample_write("out", &old);
	once_init(&o, "in", "out");
	tr_spec_parse("shm:sync=mutex", &o.job.spec, &o.err);
	o.job.checkpoint = keep_it;
	o.job.timeout_ms = 300;
	once_run(&o);
	ok(o.rc == -ETIMEDOUT && !o.out.forced && !sample_differs("out", &old),
	   "a lock that is never given back: %s", o.err.text);
}

/* --- System V ------------------------------------------------------------- */

static int hurt_at;

static void die_at(enum copy_role role, enum copy_point point)
{
	if (role == victim && (int)point == hurt_at)
		raise(SIGKILL);
}

/* True if the copy failed or succeeded as it must, and left nothing behind. */
static bool is_clean(const char *spec, const char *before)
{
	struct once o;

	once_init(&o, "in", "out");
	tr_spec_parse(spec, &o.job.spec, &o.err);
	o.job.checkpoint = die_at;
	once_run(&o);
	if ((o.rc < 0) == (hurt_at <= COPY_AT_END) &&
	    leftovers_none_since(before))
		return true;
	diag("hurt at %d: %s", hurt_at, o.err.text);
	return false;
}

static void test_sysv(const char *spec)
{
	char *before = leftovers_names();
	bool good = true;

	/* beyond the last point no side dies */
	for (hurt_at = 0; hurt_at <= COPY_AT_END + 1; hurt_at++) {
		victim = COPY_SERVER;
		good &= is_clean(spec, before);
		victim = COPY_CLIENT;
		good &= is_clean(spec, before);
	}
	ok(good, "%s: nothing is left behind, whichever side dies", spec);
	free(before);
}

int main(void)
{
	struct err unused = { 0 };
	const char *why;
	char dir[120];

	alarm(60); /* ends a test that waits for a lock for ever */
	scratch_begin();
	why = scratch_isolate();
	run_dir(dir, sizeof(dir), &unused);
	sample_write("in", &in);
	sample_write("out", &old);
	test_dead_owner(true);
	test_dead_owner(false);
	test_session(COPY_SERVER);
	test_session(COPY_CLIENT);
	test_stuck();
	if (why)
		skip("objects of System V: %s", why);
	test_sysv("shm:region=sysv,sync=sysv-sem");
	test_sysv("shm:region=sysv,sync=sem");
	test_sysv("shm:region=anon,sync=sysv-sem");
	return done_testing();
}
