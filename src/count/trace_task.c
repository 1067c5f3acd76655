/* Tasks: what each of them has, and what they share. */
#include <linux/sched.h>
#include <stdlib.h>

#include "count/trace_late.h"
#include "count/trace_watch.h"

static struct process *process_new(struct tracer *t, pid_t pid)
{
	struct process *new = calloc(1, sizeof(*new));

	if (!new)
		abort();
	new->pid = pid;
	new->next = t->process;
	t->process = new;
	t->result->processes++;
	return new;
}

void task_begin(struct tracer *t, struct task *p)
{
	p->process = process_new(t, p->tracee.tid);
	p->mm = mm_new(t, p->tracee.tid);
	p->files = files_new();
	p->counts_fd = -1;
}

void task_leave_memory(struct tracer *t, struct task *p)
{
	if (p->mm) {
		p->mm->ending -= p->ending;
		if (p->mm->refs == 1)
			trace_free_rings(t, p->mm);
		late_end(t, p);
		mm_put(t, p->mm);
	}
	if (p->files)
		files_put(p->files);
	p->mm = NULL;
	p->files = NULL;
}

void task_inherit(struct tracer *t, const struct task *parent,
		  struct task *child, uint64_t flags)
{
	child->process = flags & CLONE_THREAD
				 ? parent->process
				 : process_new(t, child->tracee.tid);
	child->counts_fd = -1;
	child->mm = parent->mm;
	if (flags & CLONE_VM)
		child->mm->refs++;
	else
		child->mm = mm_fork(t, parent->mm, child->tracee.tid);
	if (child->mm != parent->mm)
		watch_forked(t, child, parent->mm);
	child->files = parent->files;
	if (flags & CLONE_FILES)
		child->files->refs++;
	else
		child->files = files_new();
}
