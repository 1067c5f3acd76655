/*
 * The tracer's looks without its stops: calls are seen as perf events a
 * moment after they were made. What they did to memory is read by then if it
 * is still there; what is gone stays unknown, and the count says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/stop.h"
#include "count/perf.h"
#include "count/trace.h"

/* How long those are waited for that outlive the command, in moments. */
#define PATIENCE 2000

/* What fork and clone do not tell in the event itself. */
static uint64_t flags_of(const struct tracee *parent,
			 const struct perf_event *event)
{
	if (event->pid == event->parent_pid)
		return CLONE_THREAD | CLONE_VM | CLONE_FILES;
#ifdef SYS_vfork
	if (parent->nr == SYS_vfork)
		return CLONE_VM;
#endif
	return parent->clone_flags;
}

static void on_fork(struct tracer *t, const struct perf_event *event)
{
	struct tracee *parent = trace_find(t, event->parent_tid);

	if (parent)
		trace_fork_task(t, parent, event->tid, flags_of(parent, event));
}

static void on_event(void *arg, const struct perf_event *event)
{
	struct tracer *t = arg;
	struct tracee *p = trace_find(t, event->tid);

	if (event->kind == PERF_FORK)
		on_fork(t, event);
	if (!p)
		return;
	switch (event->kind) {
	case PERF_ENTER:
		trace_call_begins(t, p, event->nr, event->arg);
		break;
	case PERF_EXIT:
		trace_call_ends(t, p, event->ret);
		break;
	case PERF_EXEC:
		trace_exec_task(t, p);
		break;
	case PERF_END:
		trace_end_task(t, p);
		break;
	default:
		break;
	}
}

/* --- the child ------------------------------------------------------------ */

static int fork_child(struct tracer *t, int *gate_fd, struct err *e)
{
	int gate[2], report[2];

	if (pipe2(gate, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0)
		return err_sys(e, "pipe2");
	t->child = fork();
	if (t->child < 0)
		return err_sys(e, "fork");
	if (t->child == 0) {
		fd_close(&gate[1]);
		fd_close(&report[0]);
		trace_child(t->job, gate[0], report[1]);
	}
	fd_close(&gate[0]);
	fd_close(&report[1]);
	*gate_fd = gate[1];
	t->report_fd = report[0];
	return 0;
}

/* As we were asked to; who does not hear it for long is ended. */
static void pass_on_stop(const struct tracer *t, int *asked)
{
	if (stop_requested())
		kill(t->child, ++*asked < PATIENCE ? stop_signal : SIGKILL);
}

/* Until nobody is left, or those who are have been silent for long. */
static void take_all(struct tracer *t, struct perf *perf)
{
	int silent = 0, asked = 0;
	bool ended = false;

	while (t->tracees > 0 && silent < PATIENCE) {
		if (perf_take(perf, false, on_event, t) > 0)
			silent = 0;
		else
			silent += ended;
		if (!ended && waitpid(t->child, &t->status, WNOHANG) > 0)
			ended = true;
		if (!ended)
			pass_on_stop(t, &asked);
	}
	if (!ended)
		waitpid(t->child, &t->status, 0);
	perf_take(perf, true, on_event, t);
}

static void say_limits(struct tracer *t, const struct perf *perf)
{
	char text[200];

	ledger_note(t->ledger,
		    "watched by perf events, which stop nobody: a descriptor "
		    "or a buffer that was gone before it was looked at is "
		    "unknown, and so are programs that end within "
		    "milliseconds");
	if (!perf_lost(perf))
		return;
	snprintf(text, sizeof(text),
		 "%" PRIu64 " events came faster than they could be taken",
		 perf_lost(perf));
	ledger_doubt(t->ledger, -1, text);
}

int trace_watch(struct tracer *t, struct err *e)
{
	struct perf *perf = NULL;
	int gate = -1;
	int rc = fork_child(t, &gate, e);

	if (rc < 0)
		return rc;
	perf = perf_open(t->child, e);
	if (perf) {
		trace_begin_task(t, t->child);
		rc = fd_write_all(gate, "", 1);
		fd_close(&gate);
		take_all(t, perf);
		say_limits(t, perf);
		perf_close(perf);
		return stop_requested() ? err_say(e, EINTR, "interrupted") : rc;
	}
	fd_close(&gate);
	waitpid(t->child, NULL, 0);
	return -e->code;
}
