/*
 * A stop request that comes together with another end, such as a timeout or the
 * death of the other side. The process that was asked to stop must say so, and
 * no other process may.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "child_of.h"
#include "copy/checks.h"
#include "count/count.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"

#define WAIT_MS     150
#define STOPS_LATER 30 /* ms after the other side has stopped */

/* When this process is asked to stop; 0: never. Children inherit it. */
static int64_t stop_at_ns;

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int rc = __real_clock_gettime(id, ts);

	if (stop_at_ns && ts->tv_sec * 1000000000 + ts->tv_nsec >= stop_at_ns) {
		stop_at_ns = 0;
		raise(SIGTERM);
	}
	return rc;
}

static bool was_interrupted(int rc, const struct err *e)
{
	if (rc == -EINTR && e->code == EINTR && !strcmp(e->text, "interrupted"))
		return true;
	diag("%d %s", rc, e->text);
	return false;
}

static void job_init(struct copy_job *job)
{
	struct err unused = { 0 };

	*job = (struct copy_job)COPY_JOB_INIT;
	tr_spec_parse("pipe", &job->spec, &unused);
}

/* --- a timeout ------------------------------------------------------------ */

static bool server_is_stopped_at_its_time(void)
{
	struct copy_outcome out = { 0 };
	struct copy_server *server;
	struct err e = { 0 };
	struct copy_job job;
	int rc;

	stop_install_supervisor();
	job_init(&job);
	job.src = "in";
	if (copy_server_open(&server, "alone", &e) < 0)
		return false;
	stop_at_ns = clock_ns() + WAIT_MS * MS_IN_NS;
	rc = copy_serve(server, &job, WAIT_MS, NULL, &out, &e);
	copy_server_close(server);
	return was_interrupted(rc, &e);
}

static bool client_is_stopped_at_its_time(void)
{
	struct copy_outcome out = { 0 };
	struct err e = { 0 };
	struct copy_job job;

	stop_install_supervisor();
	job_init(&job);
	job.dst = "out";
	stop_at_ns = clock_ns() + WAIT_MS * MS_IN_NS;
	return was_interrupted(copy_fetch(&job, "nobody", WAIT_MS, &out, &e),
			       &e);
}

static void be_stopped(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_START)
		raise(SIGSTOP);
}

static bool stall_is_stopped(void)
{
	struct once o;

	stop_install_supervisor();
	once_init(&o, "in", "out");
	o.job.timeout_ms = WAIT_MS;
	o.job.checkpoint = be_stopped;
	/* by then the copy has stalled and its worker is being ended */
	stop_at_ns = clock_ns() + (WAIT_MS + 500) * MS_IN_NS;
	once_run(&o);
	return was_interrupted(o.rc, &o.err);
}

/* --- the other side ------------------------------------------------------- */

static pid_t server;

/* Serves one byte, and then neither more nor an end. */
static void serve_endlessly(void)
{
	struct copy_outcome out = { 0 };
	struct copy_server *name;
	struct err e = { 0 };
	struct copy_job job;
	int end[2];

	stop_install_supervisor();
	job_init(&job);
	job.src = "-";
	if (pipe(end) < 0 || dup2(end[0], STDIN_FILENO) < 0 ||
	    write(end[1], "x", 1) != 1 ||
	    copy_server_open(&name, "endless", &e) < 0)
		_exit(9);
	_exit(copy_serve(name, &job, 5000, NULL, &out, &e) != -EINTR);
}

static void stop_us_too(int sig)
{
	(void)sig;
	raise(SIGTERM);
}

static void stop_server(void *arg, uint64_t done_bytes, uint64_t all_bytes)
{
	const struct itimerval soon = { .it_value = { .tv_usec = STOPS_LATER *
								 1000 } };
	static bool before;

	(void)all_bytes;
	if (done_bytes == 0 || before)
		return;
	before = true;
	kill(server, SIGTERM);
	if (!arg)
		return;
	signal(SIGALRM, stop_us_too);
	setitimer(ITIMER_REAL, &soon, NULL);
}

/*
 * The frozen worker cannot tell our worker of the stop request, so the server's
 * supervisor must.
 */
static void stop_frozen_server(void *arg, uint64_t done_bytes,
			       uint64_t all_bytes)
{
	static pid_t worker;

	if (done_bytes == 0 || worker)
		return;
	worker = child_of(server, 0);
	if (worker > 0)
		kill(worker, SIGSTOP);
	stop_server(arg, done_bytes, all_bytes);
}

static int fetch_from(void (*look)(void *arg, uint64_t done, uint64_t all),
		      void *arg, struct err *e)
{
	struct copy_outcome out = { 0 };
	struct copy_job job;
	int status, rc;

	server = fork();
	if (server == 0)
		serve_endlessly();
	stop_install_supervisor();
	job_init(&job);
	job.dst = "out";
	job.progress = look;
	job.progress_arg = arg;
	rc = copy_fetch(&job, "endless", 5000, &out, e);
	if (waitpid(server, &status, 0) != server || status != 0)
		diag("the server ended with %#x", (unsigned)status);
	return rc;
}

static bool both_are_stopped(void)
{
	struct err e = { 0 };
	int rc = fetch_from(stop_server, &server, &e);

	return was_interrupted(rc, &e);
}

static bool fails(void (*look)(void *arg, uint64_t done, uint64_t all),
		  const char *words)
{
	struct err e = { 0 };
	int rc = fetch_from(look, NULL, &e);

	if (rc == -ECANCELED && !strcmp(e.text, words))
		return true;
	diag("%d %s", rc, e.text);
	return false;
}

static bool server_alone_is_stopped(void)
{
	return fails(stop_server, "the server says that the transfer was "
				  "stopped before it was done");
}

static bool frozen_server_is_stopped(void)
{
	return fails(stop_frozen_server, "the server was interrupted");
}

/* --- work that does not block --------------------------------------------- */

static bool reading_back_is_stopped(void)
{
	struct copy_side side = { .moved_bytes = 0 };
	struct work w = { .side = &side, .ctl = { .fd = -1 } };
	int fd = open("in", O_RDONLY | O_CLOEXEC);
	int rc;

	stop_signal = SIGTERM;
	rc = check_hash_file(&w, fd, "in", 300000);
	close(fd);
	return rc == -ECANCELED && !side.err.code;
}

/* --- a count -------------------------------------------------------------- */

static int stop_parent(void *unused)
{
	(void)unused;
	kill(getppid(), SIGTERM);
	stop_poll(NULL, 0, 60000);
	return 0;
}

static bool count_is_stopped(void)
{
	const struct count_job job = { .run = stop_parent };
	struct count_result r;
	struct err e = { 0 };
	int rc;

	stop_install_supervisor();
	rc = count_run(&job, &r, &e);
	count_result_free(&r);
	if (rc == -EPERM) {
		diag("%s", e.text);
		return true;
	}
	return was_interrupted(rc, &e) && stop_requested();
}

int main(void)
{
	const struct sample in = { .len = 300000, .seed = 3, .mode = 0640 };

	scratch_begin();
	sample_write("in", &in);
	ok(once_in_child(server_is_stopped_at_its_time),
	   "a server that is stopped at its timeout says that it was "
	   "interrupted");
	ok(once_in_child(client_is_stopped_at_its_time),
	   "a client that is stopped while it waits for a server says so");
	ok(once_in_child(stall_is_stopped),
	   "a copy that is stopped while it ends after a stall says so");
	ok(once_in_child(both_are_stopped),
	   "a client that is stopped after its server says so");
	ok(once_in_child(server_alone_is_stopped),
	   "a client whose server alone is stopped was not interrupted");
	ok(once_in_child(frozen_server_is_stopped),
	   "a client whose server is frozen and stopped was not interrupted");
	ok(once_in_child(reading_back_is_stopped),
	   "a stop request ends the reading back of a file early");
	ok(once_in_child(count_is_stopped),
	   "after a stopped count nothing else is begun");
	return done_testing();
}
