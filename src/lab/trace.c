/* The system calls of an experiment and its children, by ptrace. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "lab/inside.h"

#define TRACEES_MAX 64
#define LOOK_US     100000

struct tracee {
	pid_t pid; /* 0 once it is gone */
	bool inside; /* a call has begun and not ended */
	bool hidden; /* in a helper, see lab_hide */
	bool waits;  /* stopped until its parent's stop tells of it */
	struct lab_call call;
};

struct tracing {
	struct tracee tracee[TRACEES_MAX];
	int n;
	const struct lab_watch *watch;
};

static struct tracee *find(struct tracing *t, pid_t pid)
{
	for (int i = 0; i < t->n; i++)
		if (t->tracee[i].pid == pid)
			return &t->tracee[i];
	return NULL;
}

/* NULL: one too many; it runs on, and nobody reads its calls. */
static struct tracee *add(struct tracing *t, pid_t pid, bool hidden)
{
	struct tracee *new = &t->tracee[t->n];

	if (t->n == TRACEES_MAX)
		return NULL;
	memset(new, 0, sizeof(*new));
	new->pid = pid;
	new->hidden = hidden;
	new->call.process = t->n++;
	return new;
}

/* What the lab writes down is no part of the experiment. */
static bool is_ours(struct tracee *p)
{
	const struct lab_call *c = &p->call;

	if (c->nr != SYS_write || c->arg[0] != LAB_FACT_FD)
		return false;
	if (c->arg[2] == 0)
		p->hidden = c->arg[1] == LAB_MARK_HIDE;
	return true;
}

static void show(const struct tracing *t, struct tracee *p)
{
	if (p->inside && !is_ours(p) && !p->hidden)
		t->watch->call(t->watch->arg, &p->call);
	p->inside = false;
}

static int name_argument(int nr)
{
	switch (nr) {
	case SYS_openat:
		return 1;
	case SYS_memfd_create:
		return 0;
	default:
		return -1;
	}
}

/* Short of the end of a page it may be cut: it is for people to read. */
static void read_name(struct tracee *p)
{
	struct lab_call *c = &p->call;
	struct iovec mine = { c->text, sizeof(c->text) - 1 }, its = mine;

	memset(c->text, 0, sizeof(c->text));
	c->text_arg = name_argument(c->nr);
	if (c->text_arg < 0)
		return;
	its.iov_base = (void *)(uintptr_t)c->arg[c->text_arg];
	its.iov_len = sizeof(c->text) - 1;
	if (process_vm_readv(p->pid, &mine, 1, &its, 1, 0) <= 0)
		c->text_arg = -1;
}

static void on_syscall_stop(struct tracing *t, struct tracee *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		p->inside = true;
		p->call.nr = (int)info.entry.nr;
		for (int i = 0; i < 6; i++)
			p->call.arg[i] = info.entry.args[i];
		read_name(p);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		p->call.ret = info.exit.rval;
		show(t, p);
	}
}

/* A child is hidden as its parent is: resumed only once that is known. */
static void on_fork(struct tracing *t, const struct tracee *parent)
{
	unsigned long pid;
	struct tracee *child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &pid) < 0)
		return;
	child = find(t, (pid_t)pid);
	if (child)
		child->hidden = parent->hidden;
	else
		child = add(t, (pid_t)pid, parent->hidden);
	if (child && child->waits)
		ptrace(PTRACE_SYSCALL, child->pid, 0, 0);
}

static bool is_fork(int event)
{
	return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	       event == PTRACE_EVENT_CLONE;
}

static void on_stop(struct tracing *t, pid_t pid, int status)
{
	struct tracee *p = find(t, pid);
	int sig = WSTOPSIG(status), event = status >> 16;

	if (!p) {
		p = add(t, pid, true);
		if (p) {
			p->waits = true;
			return;
		}
	}
	if (p && sig == (SIGTRAP | 0x80))
		on_syscall_stop(t, p);
	else if (p && is_fork(event))
		on_fork(t, p);
	else if (p && !event && !p->hidden)
		t->watch->signal(t->watch->arg, p->call.process, sig);
	if (event || sig == (SIGTRAP | 0x80))
		sig = 0;
	ptrace(PTRACE_SYSCALL, pid, 0, sig);
}

static void on_end(struct tracing *t, pid_t pid)
{
	struct tracee *p = find(t, pid);

	if (!p)
		return;
	p->call.no_ret = true;
	show(t, p);
	p->pid = 0;
}

static int attach(struct lab_running *run, struct err *e)
{
	static const long options =
		PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK |
		PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;

	if (ptrace(PTRACE_SEIZE, run->pid, 0, options) == 0 &&
	    ptrace(PTRACE_INTERRUPT, run->pid, 0, 0) == 0)
		return fd_write_all(run->gate_fd, "", 1);
	fd_close(&run->gate_fd); /* it ends when the gate does */
	waitpid(run->pid, &run->status, 0);
	return err_say(e, EPERM, "system calls cannot be shown here: ptrace is "
		       "refused");
}

static void end_the_others(const struct tracing *t)
{
	for (int i = 0; i < t->n; i++) {
		if (!t->tracee[i].pid)
			continue;
		kill(t->tracee[i].pid, SIGKILL);
		waitpid(t->tracee[i].pid, NULL, __WALL);
	}
}

/* Only there to make waitpid return, so that we look at the clock. */
static void on_alarm(int sig)
{
	(void)sig;
}

static void look_every(long us)
{
	struct itimerval timer = { { 0, us }, { 0, us } };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = us ? on_alarm : SIG_DFL;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

int lab_trace(struct lab_running *run, const struct lab_watch *watch,
	      struct err *e)
{
	struct tracing t = { .watch = watch };
	int rc = attach(run, e), status;
	pid_t pid;

	if (rc < 0)
		return rc;
	add(&t, run->pid, true);
	look_every(LOOK_US);
	while (!run->ended) {
		pid = waitpid(-1, &status, __WALL);
		lab_drain(run);
		lab_hurry(run);
		if (pid < 0 && errno == ECHILD)
			break;
		if (pid > 0 && WIFSTOPPED(status)) {
			on_stop(&t, pid, status);
		} else if (pid > 0) {
			on_end(&t, pid);
			run->ended = pid == run->pid;
			run->status = status;
		}
	}
	look_every(0);
	end_the_others(&t);
	return 0;
}
