/* Tasks: what each of them has, and what they share. */
#include <linux/sched.h>
#include <stdlib.h>

#include "base/fd.h"
#include "count/trace.h"

struct task *trace_find(const struct tracer *t, pid_t tid)
{
	return (struct task *)tracee_find(&t->tasks, tid);
}

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
}

void task_leave_memory(struct tracer *t, struct task *p)
{
	if (p->mm) {
		p->mm->ending -= p->ending;
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
