/* How many system calls a side makes, counted by ptrace. */
#include "copy/calls.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "copy/side.h"

struct tracee {
	pid_t pid;
	struct copy_side *side;
};

static void count(struct calls *c, int nr)
{
	int i = 0;

	c->total++;
	while (i < CALLS_KINDS - 1 && c->kind[i].count && c->kind[i].nr != nr)
		i++;
	c->kind[i].nr = nr;
	c->kind[i].count++;
}

static void on_syscall_stop(const struct tracee *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY &&
	    atomic_load(&t->side->phase) == COPY_MOVING)
		count(&t->side->calls, (int)info.entry.nr);
}

static void on_stop(const struct tracee *t, int status)
{
	int sig = WSTOPSIG(status);
	int event = status >> 16;

	if (sig == (SIGTRAP | 0x80)) {
		on_syscall_stop(t);
		sig = 0;
	} else if (event == PTRACE_EVENT_STOP) {
		/* a real SIGSTOP keeps it stopped, as without us */
		if (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
		    sig == SIGTTOU) {
			ptrace(PTRACE_LISTEN, t->pid, 0, 0);
			return;
		}
		sig = 0;
	} else if (event) {
		sig = 0;
	}
	ptrace(PTRACE_SYSCALL, t->pid, 0, sig);
}

static bool attach(const struct tracee *t)
{
	return ptrace(PTRACE_SEIZE, t->pid, 0,
		      PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0 &&
	       ptrace(PTRACE_INTERRUPT, t->pid, 0, 0) == 0;
}

void calls_trace(const pid_t *pid, struct copy_side *const *side, int n,
		 int gate_fd)
{
	static const char open_gate[2] = { 1, 1 };
	struct tracee t[2];
	int left = n, status;
	pid_t stopped;

	for (int i = 0; i < n; i++) {
		t[i] = (struct tracee){ pid[i], side[i] };
		if (!attach(&t[i]))
			_exit(1); /* the closed gate tells the workers */
	}
	if (fd_write_all(gate_fd, open_gate, (size_t)n) < 0)
		_exit(1);
	fd_close(&gate_fd);
	while (left > 0) {
		stopped = waitpid(-1, &status, __WALL);
		if (stopped < 0 && errno != EINTR)
			break;
		for (int i = 0; i < n; i++) {
			if (t[i].pid != stopped)
				continue;
			if (WIFSTOPPED(status))
				on_stop(&t[i], status);
			else
				left--;
		}
	}
	_exit(0);
}

int calls_wait_for_tracer(int gate_fd, struct err *e)
{
	char opened;

	/* where only descendants may be traced, a sister needs our word */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	if (fd_read_full(gate_fd, &opened, 1) == 1)
		return 0;
	return err_say(e, EPERM, "system calls cannot be counted here: ptrace "
		       "is refused");
}
