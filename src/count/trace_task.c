/* Tasks and calls, told by who sees them otherwise than by ptrace. */
#include <string.h>

#include "count/trace.h"

struct tracee *trace_begin_task(struct tracer *t, pid_t tid)
{
	struct tracee *p = tracee_new(t, tid);

	tracee_begin(t, p);
	return p;
}

void trace_fork_task(struct tracer *t, struct tracee *parent, pid_t tid,
		     uint64_t flags)
{
	if (!trace_find(t, tid))
		tracee_inherit(t, parent, tracee_new(t, tid), flags);
	parent->clone_flags = 0;
}

void trace_exec_task(struct tracer *t, struct tracee *p)
{
	p->inside = false;
	tracee_leave_memory(t, p);
	p->mm = mm_new(t, p->tid);
	p->files = files_new();
	trace_on_exec(t, p);
}

void trace_end_task(struct tracer *t, struct tracee *p)
{
	tracee_gone(t, p);
}

void trace_call_begins(struct tracer *t, struct tracee *p, uint64_t nr,
		       const uint64_t arg[6])
{
	p->nr = nr;
	memcpy(p->arg, arg, sizeof(p->arg));
	p->mm->pid = p->tid;
	p->call = trace_call(nr);
	p->process->calls++;
	if (p->call && p->call->when & CALL_AT_ENTRY)
		p->call->look(t, p, false);
	p->inside = p->call && trace_wants_exit(p);
}

void trace_call_ends(struct tracer *t, struct tracee *p, int64_t ret)
{
	if (!p->inside)
		return;
	p->inside = false;
	p->ret = ret;
	p->mm->pid = p->tid;
	p->call->look(t, p, true);
}
