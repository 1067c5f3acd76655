/*
 * How a supervisor judges the end of a worker, for example of one that it can
 * reap only late, of one that a signal to the whole process group ended, and of
 * one without a status.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "copy/meet.h"
#include "leftovers.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"

/* Longer than the grace period of a worker that was asked to stop. */
#define LATE_MS 1500

/* Set in the child that runs the current test. */
static int hurt_by;
static bool reaped_late, stop_when_reaped, stop_when_accepted;
static int64_t first_try_ns;

pid_t __real_waitpid(pid_t pid, int *status, int flags);
pid_t __wrap_waitpid(pid_t pid, int *status, int flags);
int __real_accept4(int fd, struct sockaddr *a, socklen_t *len, int flags);
int __wrap_accept4(int fd, struct sockaddr *a, socklen_t *len, int flags);

/*
 * Delays reaping. The kernel closes the files of a process first, and the time
 * until the process can be reaped varies.
 */
static bool too_early(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	if (!reaped_late ||
	    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	    info.si_code != CLD_KILLED)
		return false;
	if (!first_try_ns)
		first_try_ns = clock_ns();
	return clock_ns() < first_try_ns + LATE_MS * MS_IN_NS;
}

pid_t __wrap_waitpid(pid_t pid, int *status, int flags)
{
	pid_t ended = too_early(pid) ? 0 : __real_waitpid(pid, status, flags);

	if (ended > 0 && stop_when_reaped)
		raise(SIGTERM);
	return ended;
}

int __wrap_accept4(int fd, struct sockaddr *a, socklen_t *len, int flags)
{
	int got = __real_accept4(fd, a, len, flags);

	if (stop_when_accepted)
		raise(SIGTERM);
	return got;
}

static void hurt_server(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_START)
		raise(hurt_by);
}

static void hurt(struct once *o, int sig)
{
	stop_install_supervisor();
	hurt_by = sig;
	once_init(o, "in", "out");
	o->job.checkpoint = hurt_server;
}

/* --- the tests, each in a process of its own ------------------------------ */

static bool is_told_of_the_kill(void)
{
	struct once o;

	reaped_late = true;
	hurt(&o, SIGKILL);
	return once_fails(&o, EPIPE, "the server was killed by signal 9") &&
	       !o.out.forced;
}

static bool is_interrupted(void)
{
	struct once o;

	stop_when_reaped = true;
	hurt(&o, SIGTERM);
	return once_fails(&o, EINTR, "interrupted");
}

static void stop_us_too(int sig)
{
	(void)sig;
	raise(SIGTERM);
}

static bool is_interrupted_last(void)
{
	const struct itimerval soon = { .it_value = { .tv_usec = 30000 } };
	struct once o;

	hurt(&o, SIGTERM);
	signal(SIGALRM, stop_us_too);
	setitimer(ITIMER_REAL, &soon, NULL);
	return once_fails(&o, EINTR, "interrupted");
}

static void shrink(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_START &&
	    truncate("in", 1000) < 0)
		_exit(9);
}

static bool fails_for_its_own_reason(void)
{
	struct once o;

	stop_when_reaped = true;
	hurt(&o, 0);
	o.job.checkpoint = shrink;
	return once_fails(&o, EIO, "shrank");
}

static bool fails_alone(void)
{
	struct once o;

	hurt(&o, SIGTERM);
	once_run(&o);
	return o.rc < 0 && o.rc != -EINTR && !stop_requested();
}

static bool ends_without_status(void)
{
	struct once o;

	hurt(&o, SIGUSR2);
	signal(SIGCHLD, SIG_IGN);
	if (!once_fails(&o, EPIPE, "the server is gone"))
		return false;
	o.job.checkpoint = NULL;
	memset(&o.err, 0, sizeof(o.err));
	once_run(&o);
	return o.rc == 0;
}

static bool keeps_no_descriptor(void)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out = { 0 };
	struct copy_server *server;
	struct err e = { 0 };
	int fds, rc;

	stop_install_supervisor();
	stop_when_accepted = true;
	tr_spec_parse("pipe", &job.spec, &e);
	job.src = "in";
	if (copy_server_open(&server, "one", &e) < 0 ||
	    meet_connect("one", 1000, &e) < 0)
		return false;
	fds = leftovers_fds();
	rc = copy_serve(server, &job, 1000, NULL, &out, &e);
	return rc == -EINTR && leftovers_fds() == fds;
}

/*
 * Waits so long that the client's supervisor looks before the handshake ends.
 */
static void join_late(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_JOIN)
		usleep(1500000);
}

static void serve_late(void)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out = { 0 };
	struct copy_server *server;
	struct err e = { 0 };

	tr_spec_parse("pipe", &job.spec, &e);
	job.src = "in";
	job.checkpoint = join_late;
	if (copy_server_open(&server, "late", &e) < 0)
		_exit(1);
	_exit(copy_serve(server, &job, 5000, NULL, &out, &e) < 0);
}

/*
 * Is called before the worker has said that it is ready. Waits until the copy
 * is in place, and then stops the supervisor.
 */
static void stop_once_made(void *arg, uint64_t done_bytes, uint64_t all_bytes)
{
	static bool before;
	struct stat st;

	(void)arg;
	(void)done_bytes;
	(void)all_bytes;
	if (before)
		return;
	before = true;
	for (int i = 0; i < 500 && stat("made", &st) < 0; i++)
		usleep(10000);
	usleep(200000);
	raise(SIGTERM);
}

static bool is_made_though_stopped(void)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out = { 0 };
	struct err e = { 0 };
	pid_t server = fork();
	int status, rc;

	if (server == 0)
		serve_late();
	stop_install_supervisor();
	job.dst = "made";
	job.progress = stop_once_made;
	rc = copy_fetch(&job, "late", 5000, &out, &e);
	if (rc < 0)
		diag("%s", e.text);
	return waitpid(server, &status, 0) == server && status == 0 &&
	       rc == 0 && !e.code && out.bytes == 300000;
}

/*
 * On a busy machine, a process can wait long for a CPU before it stops. Here it
 * waits for a child that has its memory, so it does not stop either.
 */
static void stop_late(enum copy_role role, enum copy_point point)
{
	if (role != COPY_CLIENT || point != COPY_AT_START || vfork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	kill(getppid(), SIGSTOP);
	for (;;)
		pause();
}

static bool is_told_of_a_late_stop(void)
{
	struct once o;

	once_init(&o, "in", "out");
	o.job.timeout_ms = 300;
	o.job.checkpoint = stop_late;
	return once_fails(&o, ETIMEDOUT, "the client is stopped by a signal") &&
	       expect(o.out.forced);
}

int main(void)
{
	const struct sample in = { .len = 300000, .seed = 3, .mode = 0640 };

	scratch_begin();
	sample_write("in", &in);
	ok(once_in_child(is_told_of_the_kill),
	   "a worker that cannot be reaped yet is still reported as killed");
	ok(once_in_child(is_interrupted),
	   "a signal to the group interrupts, whichever process ends first");
	ok(once_in_child(is_interrupted_last),
	   "signals to one process after another are an interruption");
	ok(once_in_child(fails_alone),
	   "a worker that alone gets SIGTERM has failed");
	ok(once_in_child(ends_without_status),
	   "an end is noticed if SIGCHLD is ignored");
	ok(once_in_child(keeps_no_descriptor),
	   "a stop request just after accept leaves no descriptor");
	ok(once_in_child(is_made_though_stopped),
	   "a copy that is in place has succeeded, even if its supervisor was "
	   "stopped");
	ok(once_in_child(is_told_of_a_late_stop),
	   "a worker that will stop once it has a CPU is told to be stopped");
	/* the last test truncates the input */
	ok(once_in_child(fails_for_its_own_reason),
	   "a worker that fails by itself has failed, even after a stop "
	   "request");
	return done_testing();
}
