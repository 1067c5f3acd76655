/* The tracer's loop: what every stop of a tracee means. */
#include "count/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/stop.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#define X32_BIT     0x40000000
#else
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#define X32_BIT     UINT64_MAX
#endif

#define LOOK_US 100000

/* --- looking in
 * ----------------------------------------------------------------- */

/* Containers may refuse process_vm_readv, and yet let us trace. */
static ssize_t peek_at_file(const struct tracee *p, void *to, uint64_t from,
			    size_t len)
{
	char path[40];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)p->tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : pread(fd, to, len, (off_t)from);
	fd_close(&fd);
	return n;
}

size_t trace_peek(const struct tracee *p, void *to, uint64_t from, size_t len)
{
	struct iovec mine = { to, len };
	struct iovec its = { (void *)(uintptr_t)from, len };
	ssize_t n = process_vm_readv(p->tid, &mine, 1, &its, 1, 0);

	if (n < 0 && (errno == EPERM || errno == ENOSYS))
		n = peek_at_file(p, to, from, len);
	return n < 0 ? 0 : (size_t)n;
}

void trace_doubt(struct tracer *t, struct mm *mm, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ledger_doubt(t->ledger, mm ? mm_object(t, mm) : -1, text);
}

/* --- going on ------------------------------------------------------------- */

void trace_resume(const struct tracee *p, int sig)
{
	/* ESRCH: killed meanwhile, which waitpid will tell */
	ptrace(p->inside ? PTRACE_SYSCALL : PTRACE_CONT, p->tid, 0, sig);
}

/* How often it has given up the CPU by itself, this stop included. */
static uint64_t switches(const struct tracee *p)
{
	char path[48], text[4096], *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)p->tid);
	if (!fd_read_text(path, text, sizeof(text)))
		return 0;
	at = strstr(text, "\nvoluntary_ctxt_switches:");
	return at ? strtoull(at + 25, NULL, 10) : 0;
}

/* --- calls ---------------------------------------------------------------- */

static bool is_foreign(struct tracer *t, struct tracee *p,
		       const struct __ptrace_syscall_info *info)
{
	if (info->arch == NATIVE_ARCH && info->seccomp.nr < X32_BIT)
		return false;
	mm_object(t, p->mm);
	trace_doubt(t, p->mm,
		    "%s makes 32-bit system calls, which are not "
		    "counted",
		    p->mm->name);
	return true;
}

static bool read_entry(struct tracer *t, struct tracee *p,
		       struct __ptrace_syscall_info *info)
{
	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->tid, sizeof(*info), info) > 0)
		return info->op == PTRACE_SYSCALL_INFO_SECCOMP &&
		       !is_foreign(t, p, info);
	if (errno != ESRCH)
		trace_doubt(t, NULL,
			    "this kernel does not tell of calls "
			    "(PTRACE_GET_SYSCALL_INFO); Linux 5.3 does");
	return false;
}

static void on_entry(struct tracer *t, struct tracee *p)
{
	struct __ptrace_syscall_info info;

	if (!read_entry(t, p, &info))
		return;
	p->nr = info.seccomp.nr;
	for (int i = 0; i < 6; i++)
		p->arg[i] = info.seccomp.args[i];
	p->mm->pid = p->tid;
	p->call = trace_call(p->nr);
	p->process->calls++;
	if (p->call && p->call->when & CALL_AT_ENTRY)
		p->call->look(t, p, false);
	p->inside = t->job->all_calls || (p->call && trace_wants_exit(p));
	if (t->job->all_calls && !p->switches) {
		p->switches = switches(p);
		p->stopped = 0;
	}
}

/* What it gave up the CPU for since its last call, other than our stops. */
static void note_waits(struct tracee *p)
{
	uint64_t now = switches(p);

	p->process->blocked += now > p->switches + p->stopped;
	p->switches = now;
	p->stopped = 0;
}

static void on_exit_of_call(struct tracer *t, struct tracee *p)
{
	struct __ptrace_syscall_info info;

	if (!p->inside ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, p->tid, sizeof(info), &info) <= 0)
		return;
	if (info.op != PTRACE_SYSCALL_INFO_EXIT)
		return;
	p->inside = false;
	p->ret = info.exit.rval;
	p->mm->pid = p->tid;
	if (t->job->all_calls)
		note_waits(p);
	if (p->call && trace_wants_exit(p))
		p->call->look(t, p, true);
}

/* --- children ------------------------------------------------------------- */

static uint64_t flags_of(const struct tracee *parent, int event)
{
	uint64_t flags = parent->clone_flags;

	/* fork and vfork are not looked at, they say it all */
	if (event == PTRACE_EVENT_VFORK)
		return flags | CLONE_VM;
	return event == PTRACE_EVENT_FORK ? flags & ~(uint64_t)CLONE_VM : flags;
}

static void on_child(struct tracer *t, struct tracee *parent, int event)
{
	struct tracee *child;
	unsigned long tid;

	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &tid) < 0)
		return;
	child = trace_find(t, (pid_t)tid);
	if (!child)
		child = tracee_new(t, (pid_t)tid);
	if (!child->mm)
		tracee_inherit(t, parent, child, flags_of(parent, event));
	parent->clone_flags = 0;
	if (child->early)
		trace_resume(child, 0);
	child->early = 0;
}

/* A thread may do it in another's place: it then has the leader's number. */
static void on_exec(struct tracer *t, struct tracee *p)
{
	unsigned long former;
	struct tracee *other;

	if (ptrace(PTRACE_GETEVENTMSG, p->tid, 0, &former) == 0 &&
	    (pid_t)former != p->tid) {
		other = trace_find(t, (pid_t)former);
		if (other)
			tracee_gone(t, other);
	}
	p->inside = false;
	tracee_leave_memory(t, p);
	p->mm = mm_new(t, p->tid);
	p->files = files_new();
	trace_on_exec(t, p);
}

/* --- stops ---------------------------------------------------------------- */

static bool is_group_stop(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
	       sig == SIGTTOU;
}

static void on_event(struct tracer *t, struct tracee *p, int event)
{
	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		on_entry(t, p);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_child(t, p, event);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(t, p);
		break;
	case PTRACE_EVENT_EXIT:
		trace_look_at_rings(t, p);
		if (p->mm->refs == 1)
			trace_note_maps(t, p->mm, 0, UINT64_MAX);
		break;
	default:
		break;
	}
}

static void on_stop(struct tracer *t, struct tracee *p, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	t->result->stops++;
	p->stopped++;
	if (sig == (SIGTRAP | 0x80)) {
		on_exit_of_call(t, p);
		sig = 0;
	} else if (event == PTRACE_EVENT_STOP && is_group_stop(sig)) {
		/* stopped as without us, until it is continued */
		ptrace(PTRACE_LISTEN, p->tid, 0, 0);
		return;
	} else if (event) {
		on_event(t, p, event);
		sig = 0;
	}
	trace_resume(p, sig);
}

static void on_change(struct tracer *t, pid_t tid, int status)
{
	struct tracee *p = trace_find(t, tid);

	if (!WIFSTOPPED(status)) {
		if (tid == t->child)
			t->status = status;
		if (p)
			tracee_gone(t, p);
		return;
	}
	if (!p) {
		/* it waits for what its parent's stop tells of it */
		p = tracee_new(t, tid);
		p->early = 1;
	} else if (!p->early) {
		on_stop(t, p, status);
	}
}

/* --- the whole ------------------------------------------------------------ */

/* Then the terminal has already told everybody what was typed. */
static bool in_foreground(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_CLOEXEC);
	bool yes = fd >= 0 && tcgetpgrp(fd) == getpgrp();

	fd_close(&fd);
	return yes;
}

static void signal_all(const struct tracer *t, int sig)
{
	for (int i = 0; i < TRACEE_BUCKETS; i++)
		for (struct tracee *p = t->bucket[i]; p; p = p->next) {
			kill(p->tid, sig);
			kill(p->tid, SIGCONT); /* it may be stopped */
		}
}

/* How far we have asked those that run to end. */
enum { NOT_ASKED, ASKED, ASKED_ALL };

/*
 * First as we were asked, then for good. What the command leaves behind hears
 * nothing of it, and shells let it ignore SIGINT: once the command has ended
 * that is asked as well.
 */
static void pass_on_stop(const struct tracer *t, int *asked)
{
	bool left_behind = !trace_find(t, t->child);
	int sig = stop_signal;

	stop_signal = 0;
	if (sig && *asked != NOT_ASKED) {
		signal_all(t, SIGKILL);
		return;
	}
	if (sig) {
		*asked = ASKED;
		if (!left_behind && (sig != SIGINT || !in_foreground()))
			kill(t->child, sig);
	}
	if (*asked == ASKED && left_behind) {
		*asked = ASKED_ALL;
		signal_all(t, SIGTERM);
	}
}

/* Only there to make waitpid return, so that we look whether to stop. */
static void on_alarm(int sig)
{
	(void)sig;
}

static void look_every(long us, struct sigaction *before)
{
	struct itimerval timer = { { 0, us }, { 0, us } };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	if (us)
		sigaction(SIGALRM, &sa, before);
	setitimer(ITIMER_REAL, &timer, NULL);
	if (!us)
		sigaction(SIGALRM, before, NULL);
}

static void follow(struct tracer *t, int *asked)
{
	int status;
	pid_t tid;

	while (t->tracees > 0) {
		pass_on_stop(t, asked);
		tid = waitpid(-1, &status, __WALL);
		if (tid > 0)
			on_change(t, tid, status);
		else if (errno == EINTR)
			tracee_adopt_orphans(t);
		else
			break;
	}
}

int trace_loop(struct tracer *t, struct err *e)
{
	struct sigaction before;
	int asked = NOT_ASKED;

	tracee_begin(t, tracee_new(t, t->child));
	look_every(LOOK_US, &before);
	follow(t, &asked);
	look_every(0, &before);
	return asked ? err_say(e, EINTR, "interrupted") : 0;
}
