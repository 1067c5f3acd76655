/* Runs the real copy_serve() or copy_fetch() in a process of its own. */
#include "honest.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "leftovers.h"
#include "tap.h"

#define PATIENCE_MS 400
/* a busy machine multiplies the patience by at most this */
#define BUSY 8

const struct sample honest_source = { .len = 300001, .seed = 1, .mode = 0600 };
const struct sample honest_old = { .len = 1000, .seed = 2, .mode = 0600 };

/* In the forked process: where stranger() writes its report. */
static struct verdict *telling;

void honest_files(void)
{
	honest_patience_ms();
	sample_write(HONEST_SRC, &honest_source);
	sample_write(HONEST_DST, &honest_old);
}

static void stranger(const struct err *why)
{
	telling->stranger = *why;
	telling->strangers++;
}

static void serve(struct verdict *v, const char *name, struct copy_job *job)
{
	struct copy_server *server;

	v->rc = copy_server_open(&server, name, &v->err);
	if (v->rc < 0)
		return;
	v->rc = copy_serve(server, job, 5000, stranger, &v->out, &v->err);
	copy_server_close(server);
}

/* The main function of the forked process. spec is NULL for a client. */
static void live(int fd, const char *name, const char *spec)
{
	struct copy_job job = COPY_JOB_INIT;
	struct verdict v = { .fds_before = leftovers_fds() };

	telling = &v;
	job.src = HONEST_SRC;
	job.dst = HONEST_DST;
	job.timeout_ms = HONEST_PATIENCE_MS;
	stop_install_supervisor();
	if (!spec)
		v.rc = copy_fetch(&job, name, 3000, &v.out, &v.err);
	else if (tr_spec_parse(spec, &job.spec, &v.err) == 0)
		serve(&v, name, &job);
	v.fds_after = leftovers_fds();
	v.children = leftovers_children();
	_exit(fd_write_all(fd, &v, sizeof(v)) < 0);
}

pid_t honest_fork(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0) {
		printf("Bail out! fork: %m\n");
		exit(1);
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

void honest_reap(pid_t pid)
{
	kill(pid, SIGKILL);
	/*
	 * wait even if an alarm interrupts, since the child may hold our locks
	 */
	proc_reap(pid);
}

static void begin(struct honest *h, const char *name, const char *spec)
{
	int fd[2];

	honest_stop_us_after(0);
	if (pipe2(fd, O_CLOEXEC) < 0) {
		printf("Bail out! pipe2: %m\n");
		exit(1);
	}
	h->pid = honest_fork();
	if (h->pid == 0) {
		fd_close(&fd[0]);
		live(fd[1], name, spec);
	}
	fd_close(&fd[1]);
	h->fd = fd[0];
	h->begin_ns = clock_ns();
}

void honest_serve(struct honest *h, const char *name, const char *spec)
{
	begin(h, name, spec);
}

void honest_fetch(struct honest *h, const char *name)
{
	begin(h, name, NULL);
}

int honest_patience_ms(void)
{
	/* both sides need the same value, so this is called before the fork */
	static int ms;
	double load = 0, share;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (ms)
		return ms;
	share = getloadavg(&load, 1) == 1 && cpus > 0 ? load / (double)cpus / 2
						      : 1;
	ms = share <= 1      ? PATIENCE_MS
	     : share >= BUSY ? BUSY * PATIENCE_MS
			     : (int)(share * PATIENCE_MS);
	return ms;
}

/*
 * On a busy machine the side gets more time than `within_ms`, since its
 * patience is longer there, too.
 */
struct verdict honest_end(struct honest *h, int within_ms)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN };
	struct verdict v = { .came = false };

	honest_stop_us_after(0);
	within_ms *= HONEST_PATIENCE_MS / PATIENCE_MS;
	if (poll(&p, 1, within_ms) > 0 &&
	    fd_read_full(h->fd, &v, sizeof(v)) == sizeof(v))
		v.came = true;
	else
		kill(h->pid, SIGKILL);
	v.took_ns = clock_ns() - h->begin_ns;
	waitpid(h->pid, &v.status, 0);
	fd_close(&h->fd);
	return v;
}

bool honest_is_sound(const struct verdict *v, const char *what)
{
	const char *broken = NULL;

	if (!v->came)
		broken = "it did not come back";
	else if (!WIFEXITED(v->status) || WEXITSTATUS(v->status))
		broken = "its supervisor crashed";
	else if (v->rc < 0 && (!v->err.code || !*v->err.text))
		broken = "it gave no reason";
	else if (v->out.forced)
		broken = "a worker had to be killed";
	else if (v->fds_before != v->fds_after)
		broken = "descriptors are left open";
	else if (v->children)
		broken = "a child is left";
	if (!broken)
		return true;
	diag("%s: %s: %d, %s", what, broken, v->rc, v->err.text);
	return false;
}

bool honest_dst_is_sound(const struct verdict *v, const struct sample *sent)
{
	const struct sample *should = v->rc == 0 ? sent : &honest_old;
	const char *found = sample_differs(HONEST_DST, should);

	if (found)
		diag("the destination after %d, %s: %s", v->rc, v->err.text,
		     found);
	return !found;
}

static void on_alarm(int sig)
{
	stop_signal = sig;
}

void honest_stop_us_after(int ms)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval t = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
		.it_interval = { 0, ms ? 10000 : 0 },
	};

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
	stop_signal = 0;
}
