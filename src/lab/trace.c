/* Traces the system calls of an experiment and its children by ptrace. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/tracee.h"
#include "lab/inside.h"

#define LOOK_US 100000

struct traced {
	struct tracee task;
	bool inside; /* between the entry and the exit of a call */
	bool hidden; /* in a helper function (see lab_hide) */
	struct lab_call call;
};

struct tracing {
	struct tracees all;
	struct lab_running *run;
	const struct lab_watch *watch;
};

/* True for a write of the lab's own facts and marks, which is not shown. */
static bool is_ours(struct traced *p)
{
	const struct lab_call *c = &p->call;

	if (c->nr != SYS_write || c->arg[0] != LAB_FACT_FD)
		return false;
	if (c->arg[2] == 0)
		p->hidden = c->arg[1] == LAB_MARK_HIDE;
	return true;
}

static void show(const struct tracing *t, struct traced *p)
{
	p->call.process = p->task.nr;
	if (p->inside && !is_ours(p) && !p->hidden && !t->run->ended)
		t->watch->call(t->watch->arg, &p->call);
	p->inside = false;
}

static int name_argument(int nr)
{
	switch (nr) {
	case SYS_write:
	case SYS_openat:
	case SYS_mknodat:
	case SYS_unlinkat:
	case SYS_newfstatat:
		return 1;
	case SYS_memfd_create:
		return 0;
	default:
		return -1;
	}
}

/* Drops the text of a write if it is long or is not text. */
static void cut_text(struct lab_call *c)
{
	size_t len = c->arg[2] < sizeof(c->text) ? c->arg[2] : 0;

	c->text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (!isprint((unsigned char)c->text[i]))
			len = 0;
	if (len == 0)
		c->text_arg = -1;
}

/*
 * Reads the name that a call gets. Near the end of a page the name may be cut
 * off, which is good enough to show to people.
 */
static void read_name(struct traced *p)
{
	struct lab_call *c = &p->call;

	memset(c->text, 0, sizeof(c->text));
	c->text_arg = name_argument(c->nr);
	if (c->text_arg >= 0 &&
	    !tracee_peek(p->task.tid, c->text, c->arg[c->text_arg],
			 sizeof(c->text) - 1))
		c->text_arg = -1;
	if (c->text_arg >= 0 && c->nr == SYS_write)
		cut_text(c);
}

static void on_call(void *arg, struct tracee *task,
		    const struct __ptrace_syscall_info *info)
{
	struct traced *p = (struct traced *)task;

	if (info && info->op == PTRACE_SYSCALL_INFO_ENTRY) {
		p->inside = true;
		p->call.nr = (int)info->entry.nr;
		for (int i = 0; i < 6; i++)
			p->call.arg[i] = info->entry.args[i];
		read_name(p);
	} else if (info && info->op == PTRACE_SYSCALL_INFO_EXIT) {
		p->call.ret = info->exit.rval;
		show(arg, p);
	}
}

/* The experiment begins hidden, and so does a child of a hidden process. */
static void on_begun(void *arg, struct tracee *task, struct tracee *parent,
		     int event)
{
	(void)arg;
	(void)event;
	task->at_calls = true;
	((struct traced *)task)->hidden =
		!parent || ((struct traced *)parent)->hidden;
}

static void on_signal(void *arg, struct tracee *task, int sig)
{
	const struct tracing *t = arg;

	if (!((struct traced *)task)->hidden && !t->run->ended)
		t->watch->signal(t->watch->arg, task->nr, sig);
}

static void on_end(void *arg, struct tracee *task, int status)
{
	struct tracing *t = arg;
	struct traced *p = (struct traced *)task;

	p->call.no_ret = true;
	show(t, p);
	if (task->tid == t->run->pid) {
		t->run->ended = true;
		t->run->status = status;
	}
}

/* After the experiment has ended, kills the processes that it left behind. */
static bool end_if_over(void *arg)
{
	struct tracing *t = arg;

	lab_drain(t->run);
	if (t->run->ended)
		tracees_signal(&t->all, SIGKILL);
	else
		lab_hurry(t->run);
	return true;
}

static int attach_tracee(struct lab_running *run, struct err *e)
{
	static const unsigned long options =
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;

	if (tracee_seize(run->pid, options) == 0 &&
	    tracee_interrupt(run->pid) == 0 &&
	    fd_write_all(run->gate_fd, "", 1) == 0)
		return 0;
	fd_close(&run->gate_fd); /* the experiment exits when this is closed */
	proc_wait(run->pid, &run->status, 0);
	return err_say(e, EPERM,
		       "system calls cannot be shown here: ptrace is refused; "
		       "leave out --trace");
}

int lab_trace(struct lab_running *run, const struct lab_watch *watch,
	      struct err *e)
{
	static const struct tracee_hooks hooks = {
		.look = end_if_over,
		.begun = on_begun,
		.call = on_call,
		.signal = on_signal,
		.ended = on_end,
	};
	struct tracing t = { .run = run, .watch = watch };
	int rc = attach_tracee(run, e);

	if (rc < 0)
		return rc;
	t.all.on = &hooks;
	t.all.arg = &t;
	t.all.size = sizeof(struct traced);
	on_begun(&t, tracee_add(&t.all, run->pid), NULL, 0);
	tracees_follow(&t.all, LOOK_US);
	tracees_free(&t.all);
	return 0;
}
