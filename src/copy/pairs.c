/* Several pairs side by side, off at a common start line. */
#include "copy/pairs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "copy/gate.h"

#define LOOK_EVERY_MS 1000 /* seldom, as in supervise.c */
#define NAG_EVERY_MS  50

/* What a pair's supervisor leaves to us, in memory that both map. */
struct result {
	struct copy_outcome out;
	struct err err;
};

struct pair {
	pid_t pid; /* 0 once it has ended */
	int pidfd;
};

struct pairs {
	struct copy_job *jobs;
	int n;
	struct pair pair[PAIRS_MAX];
	struct result *result;
	struct copy_gate *gate;
};

static int start(struct pairs *p, int i, struct err *e)
{
	struct result *r = &p->result[i];
	pid_t pid = proc_fork(&p->pair[i].pidfd, e);

	if (pid == 0)
		_exit(copy_run(&p->jobs[i], &r->out, &r->err) < 0);
	p->pair[i].pid = pid > 0 ? pid : 0;
	return pid < 0 ? (int)pid : 0;
}

static int running(const struct pairs *p)
{
	int left = 0;

	for (int i = 0; i < p->n; i++)
		left += p->pair[i].pid != 0;
	return left;
}

static void stop_all(struct pairs *p)
{
	gate_break(p->gate);
	for (int i = 0; i < p->n; i++)
		if (p->pair[i].pid)
			kill(p->pair[i].pid, SIGTERM);
}

static void note_end(struct pairs *p, int i, int status, struct err *e)
{
	const struct err *why = &p->result[i].err;
	char words[80];

	p->pair[i].pid = 0;
	fd_close(&p->pair[i].pidfd);
	/* those that we stopped only say that they were */
	if (status == 0 || e->code)
		return;
	if (why->code)
		*e = *why;
	else
		err_say(e, EPIPE, "the supervisor of a pair %s",
			proc_end_words(status, words, sizeof(words)));
}

static void reap(struct pairs *p, struct err *e)
{
	int status;

	for (int i = 0; i < p->n; i++)
		if (p->pair[i].pid &&
		    proc_wait(p->pair[i].pid, &status, WNOHANG))
			note_end(p, i, status, e);
}

static void wait_for_event(const struct pairs *p, bool ending)
{
	struct pollfd fd[PAIRS_MAX];
	nfds_t n = 0;

	for (int i = 0; i < p->n; i++)
		if (p->pair[i].pid)
			fd[n++] = (struct pollfd){ .fd = p->pair[i].pidfd,
						   .events = POLLIN };
	if (ending)
		poll(fd, n, NAG_EVERY_MS);
	else
		stop_poll(fd, n, LOOK_EVERY_MS);
}

static int run(struct pairs *p, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < p->n && rc == 0; i++) {
		p->jobs[i].gate = p->gate;
		rc = start(p, i, e);
	}
	while (running(p) > 0) {
		if (stop_requested() && !e->code)
			err_say(e, EINTR, "interrupted");
		if (e->code)
			stop_all(p);
		wait_for_event(p, e->code != 0);
		reap(p, e);
	}
	return -e->code;
}

int copy_run_pairs(struct copy_job *jobs, int n, struct copy_outcome *out,
		   struct err *e)
{
	struct pairs p = { .jobs = jobs, .n = n };
	size_t bytes = (size_t)n * sizeof(*p.result);
	int rc;

	if (n == 1)
		return copy_run(&jobs[0], out, e);
	p.gate = gate_new(n);
	p.result = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!p.gate || p.result == MAP_FAILED) {
		gate_free(p.gate);
		return err_code(e, ENOMEM, "%d pairs", n);
	}
	rc = run(&p, e);
	for (int i = 0; i < n; i++)
		out[i] = p.result[i].out;
	munmap(p.result, bytes);
	gate_free(p.gate);
	return rc;
}
