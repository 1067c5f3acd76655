/* The work of the tracer at every stop of a tracee. */
#include "count/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/stop.h"
#include "count/trace_late.h"
#include "count/trace_watch.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#define X32_BIT     0x40000000
#else
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#define X32_BIT     UINT64_MAX
#endif

#define LOOK_US 100000

/* --- calls ---------------------------------------------------------------- */

/* How often the task has given up the CPU by itself; our stops count, too. */
static uint64_t switches(const struct task *p)
{
	char path[48], text[4096], *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)p->tracee.tid);
	if (!fd_read_text(path, text, sizeof(text)))
		return 0;
	at = strstr(text, "\nvoluntary_ctxt_switches:");
	return at ? strtoull(at + 25, NULL, 10) : 0;
}

static bool is_foreign(struct tracer *t, struct task *p,
		       const struct __ptrace_syscall_info *info)
{
	if (info->arch == NATIVE_ARCH && info->seccomp.nr < X32_BIT)
		return false;
	mm_object(t, p->mm);
	trace_doubt(t, p->mm,
		    "the process %s makes 32-bit or x32 system calls, which "
		    "are not counted",
		    p->mm->name);
	return true;
}

static void on_entry(struct tracer *t, struct task *p,
		     const struct __ptrace_syscall_info *info)
{
	bool late;

	p->nr = info->seccomp.nr;
	for (int i = 0; i < 6; i++)
		p->arg[i] = info->seccomp.args[i];
	p->call = trace_call(p->nr);
	p->process->calls++;
	p->process->waits += trace_only_waits(p->nr);
	if (p->call && p->call->when & CALL_AT_ENTRY)
		p->call->look(t, p, false);
	p->hop = -1;
	late = p->call && late_begin(t, p);
	p->tracee.at_calls =
		t->job->all_calls || (p->call && trace_wants_exit(p) && !late);
	if (t->job->all_calls && !p->switches) {
		p->switches = switches(p);
		p->tracee.stops = 0;
	}
}

/*
 * Counts a wait if the task gave up the CPU since its last call more often than
 * our stops explain.
 */
static void note_waits(struct task *p)
{
	uint64_t now = switches(p);

	p->process->blocked += now > p->switches + p->tracee.stops;
	p->switches = now;
	p->tracee.stops = 0;
}

static void on_exit_of_call(struct tracer *t, struct task *p, int64_t ret)
{
	p->tracee.at_calls = false;
	p->ret = ret;
	if (t->job->all_calls)
		note_waits(p);
	if (!p->call || !trace_wants_exit(p))
		return;
	p->call->look(t, p, true);
	late_prove(t, p);
}

static void on_call(void *arg, struct tracee *tracee,
		    const struct __ptrace_syscall_info *info)
{
	struct task *p = (struct task *)tracee;
	struct tracer *t = arg;

	if (!info) {
		trace_doubt(
			t, NULL,
			"this kernel cannot report the arguments of calls "
			"(PTRACE_GET_SYSCALL_INFO); Linux 5.3 and later can");
		return;
	}
	p->mm->pid = tracee->tid;
	late_settle(t, p);
	if (info->op == PTRACE_SYSCALL_INFO_SECCOMP && !is_foreign(t, p, info))
		on_entry(t, p, info);
	else if (info->op == PTRACE_SYSCALL_INFO_EXIT && tracee->at_calls)
		on_exit_of_call(t, p, info->exit.rval);
	if (p->watch_serial != p->mm->watch_serial)
		watch_sync(t, p);
}

static bool on_trap(void *arg, struct tracee *tracee)
{
	struct task *p = (struct task *)tracee;

	return p->mm && watch_hit(arg, p);
}

/* --- children ------------------------------------------------------------- */

static uint64_t flags_of(const struct task *parent, int event)
{
	uint64_t flags = parent->clone_flags;

	/* for fork and vfork, the event alone says whether memory is shared */
	if (event == PTRACE_EVENT_VFORK)
		return flags | CLONE_VM;
	return event == PTRACE_EVENT_FORK ? flags & ~(uint64_t)CLONE_VM : flags;
}

static void on_begun(void *arg, struct tracee *tracee, struct tracee *parent,
		     int event)
{
	struct task *p = (struct task *)tracee, *by = (struct task *)parent;

	if (!by)
		task_begin(arg, p);
	else if (!p->mm)
		task_inherit(arg, by, p, flags_of(by, event));
	if (by)
		by->clone_flags = 0;
	if (tracee->early)
		watch_sync(arg, p);
}

/*
 * If a thread that is not the leader calls exec, it gets the leader's thread
 * id.
 */
static void on_exec(struct tracer *t, struct task *p)
{
	pid_t former = tracee_event_task(&p->tracee);
	struct task *other = trace_find(t, former);

	if (other && other != p) {
		task_leave_memory(t, other);
		tracee_remove(&t->tasks, &other->tracee);
	}
	p->tracee.at_calls = false;
	task_leave_memory(t, p);
	p->mm = mm_new(t, p->tracee.tid);
	p->files = files_new();
	memset(p->armed, 0, sizeof(p->armed));
	trace_on_exec(t, p);
}

static void on_event(void *arg, struct tracee *tracee, int event)
{
	struct task *p = (struct task *)tracee;

	if (event == PTRACE_EVENT_EXEC) {
		on_exec(arg, p);
		return;
	}
	if (event == PTRACE_EVENT_STOP) {
		watch_sync(arg, p);
		return;
	}
	late_settle(arg, p);
	trace_look_at_rings(arg, p);
	/* the task in mm->pid may have ended already */
	p->mm->pid = tracee->tid;
	p->mm->ending += !p->ending;
	p->ending = true;
	if (p->mm->ending == p->mm->refs)
		trace_note_maps(arg, p->mm, 0, UINT64_MAX);
}

static void on_end(void *arg, struct tracee *tracee, int status)
{
	struct tracer *t = arg;

	if (tracee->tid == t->child)
		t->status = status;
	task_leave_memory(t, (struct task *)tracee);
}

/* --- the whole ------------------------------------------------------------ */

/* True if the terminal has already sent the signal to the command, too. */
static bool in_foreground(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_CLOEXEC);
	bool yes = fd >= 0 && tcgetpgrp(fd) == getpgrp();

	fd_close(&fd);
	return yes;
}

/* How strongly we have asked the running tasks to end. */
enum { NOT_ASKED, ASKED, ASKED_ALL };

/*
 * Passes on a request to stop. At the first request the command gets the same
 * signal, unless the terminal has already sent it; at the second, all tasks get
 * SIGKILL. If a request has come, processes that outlive the command get
 * SIGTERM: they may not have got the signal, and shells let processes in the
 * background ignore SIGINT.
 */
static bool pass_on_stop(void *arg)
{
	struct tracer *t = arg;
	bool left_behind = !trace_find(t, t->child);
	int sig = stop_signal;

	stop_signal = 0;
	if (sig && t->asked != NOT_ASKED) {
		tracees_signal(&t->tasks, SIGKILL);
		return true;
	}
	if (sig) {
		t->asked = ASKED;
		if (!left_behind && (sig != SIGINT || !in_foreground()))
			kill(t->child, sig);
	}
	if (t->asked == ASKED && left_behind) {
		t->asked = ASKED_ALL;
		tracees_signal(&t->tasks, SIGTERM);
	}
	return true;
}

int trace_loop(struct tracer *t, struct err *e)
{
	static const struct tracee_hooks hooks = {
		.look = pass_on_stop,
		.begun = on_begun,
		.call = on_call,
		.event = on_event,
		.trap = on_trap,
		.ended = on_end,
	};

	t->tasks = (struct tracees){ .on = &hooks,
				     .arg = t,
				     .size = sizeof(struct task) };
	on_begun(t, tracee_add(&t->tasks, t->child), NULL, 0);
	tracees_follow(&t->tasks, LOOK_US);
	t->result->stops = t->tasks.stops;
	if (!t->asked && !stop_requested())
		return 0;
	stop_signal = SIGTERM; /* tell our callers to stop, too */
	return err_interrupted(e);
}

void trace_free(struct tracer *t)
{
	struct process *next;

	for (int i = 0; i < TRACEE_BUCKETS; i++)
		for (struct tracee *p = t->tasks.bucket[i]; p; p = p->next)
			task_leave_memory(t, (struct task *)p);
	tracees_free(&t->tasks);
	for (struct process *p = t->process; p; p = next) {
		next = p->next;
		free(p);
	}
	fd_close(&t->report_fd);
	trace_settle_clones(t);
	trace_free_sockets(t);
	trace_free_maps(t);
	mm_free_files(t);
	peek_free(t);
	free(t->window);
}
