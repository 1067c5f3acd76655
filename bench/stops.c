/*
 * Runs a command and stops it at each beginning and each end of a call at which
 * `ipcopy count` might stop it, but looks at nothing. So it costs the least
 * that such a tracer can cost.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/fd.h"
#include "base/tracee.h"
#include "count/trace.h"

#define OPTIONS                                                           \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
	 PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP)

static void on_begun(void *arg, struct tracee *p, struct tracee *parent,
		     int event)
{
	(void)arg;
	(void)p;
	(void)parent;
	(void)event;
}

static void on_call(void *arg, struct tracee *p,
		    const struct __ptrace_syscall_info *info)
{
	const struct call *call =
		info && info->op == PTRACE_SYSCALL_INFO_SECCOMP
			? trace_call(info->seccomp.nr)
			: NULL;

	(void)arg;
	p->at_calls = call && call->when & CALL_AT_EXIT;
}

static void on_end(void *arg, struct tracee *p, int status)
{
	if (p->nr == 0)
		*(int *)arg = status;
}

static void __attribute__((noreturn)) become(char **argv, int gate_fd)
{
	char opened;

	if (fd_read_full(gate_fd, &opened, 1) == 1 &&
	    trace_install_filter(false) == 0)
		execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	static const struct tracee_hooks hooks = {
		.begun = on_begun,
		.call = on_call,
		.ended = on_end,
	};
	int gate[2], status = 0;
	struct tracees all = { .on = &hooks,
			       .arg = &status,
			       .size = sizeof(struct tracee) };
	struct err e;
	pid_t child;

	if (argc < 2 || pipe2(gate, O_CLOEXEC) < 0)
		return 2;
	cpu_bind(sched_getcpu(), &e);
	child = fork();
	if (child == 0)
		become(argv + 1, gate[0]);
	tracee_add(&all, child);
	if (child < 0 || tracee_seize(child, OPTIONS) < 0 ||
	    fd_write_all(gate[1], "", 1) < 0)
		return 3;
	tracees_follow(&all, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
