/* Counts the system calls that a side makes, by ptrace. */
#include "copy/calls.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/tracee.h"
#include "copy/side.h"

struct traced_side {
	struct tracee task;
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

static void on_call(void *arg, struct tracee *p,
		    const struct __ptrace_syscall_info *info)
{
	struct copy_side *side = ((struct traced_side *)p)->side;

	(void)arg;
	if (info && info->op == PTRACE_SYSCALL_INFO_ENTRY &&
	    atomic_load(&side->phase) == COPY_MOVING)
		count(&side->calls, (int)info->entry.nr);
}

static const struct tracee_hooks hooks = { .call = on_call };

static bool attach(struct tracees *all, pid_t pid, struct copy_side *side)
{
	struct tracee *p;
	int rc = tracee_seize(pid, 0);

	/* no failure if the worker is ending: it makes no more calls */
	if (rc < 0)
		return rc == -ESRCH || proc_is_dying(pid);
	p = tracee_add(all, pid);
	((struct traced_side *)p)->side = side;
	p->at_calls = true;
	rc = tracee_interrupt(pid);
	return rc == 0 || rc == -ESRCH;
}

void calls_trace(const pid_t *pid, struct copy_side *const *side, int n,
		 int gate_fd)
{
	static const char open_gate[2] = { 1, 1 };
	struct tracees all = { .on = &hooks,
			       .size = sizeof(struct traced_side) };

	for (int i = 0; i < n; i++)
		if (!attach(&all, pid[i], side[i]))
			_exit(1); /* closes gate_fd: the workers give up */
	if (fd_write_all(gate_fd, open_gate, (size_t)n) < 0)
		_exit(1);
	fd_close(&gate_fd);
	tracees_follow(&all, 0);
	_exit(0);
}

int calls_wait_for_tracer(int gate_fd, struct err *e)
{
	ssize_t n;
	char opened;

	/* the tracer is not our parent, so Yama may demand our permission */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	n = fd_read_full(gate_fd, &opened, 1);
	if (n == 1)
		return 0;
	if (n == -ECANCELED)
		return err_code(e, ECANCELED, "cannot count system calls");
	return err_say(e, EPERM,
		       "cannot count system calls: ptrace of the two sides is "
		       "refused; a container needs --cap-add=SYS_PTRACE");
}
