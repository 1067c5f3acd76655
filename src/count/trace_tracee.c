/* Tracees: what belongs to whom, and who shares it. */
#include <linux/sched.h>
#include <stdlib.h>

#include "base/fd.h"
#include "count/trace.h"

#define PATIENCE 5 /* looks */

/* --- the table --------------------------------------------------------------
 */

static struct tracee **bucket(struct tracer *t, pid_t tid)
{
	return &t->bucket[(unsigned int)tid % TRACEE_BUCKETS];
}

struct tracee *trace_find(const struct tracer *t, pid_t tid)
{
	struct tracee *p = t->bucket[(unsigned int)tid % TRACEE_BUCKETS];

	while (p && p->tid != tid)
		p = p->next;
	return p;
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

struct tracee *tracee_new(struct tracer *t, pid_t tid)
{
	struct tracee *p = calloc(1, sizeof(*p)), **at = bucket(t, tid);

	if (!p)
		abort();
	p->tid = tid;
	p->next = *at;
	*at = p;
	t->tracees++;
	return p;
}

void tracee_begin(struct tracer *t, struct tracee *p)
{
	p->process = process_new(t, p->tid);
	p->mm = mm_new(t, p->tid);
	p->files = files_new();
}

void tracee_leave_memory(struct tracer *t, struct tracee *p)
{
	if (p->mm)
		mm_put(t, p->mm);
	if (p->files)
		files_put(p->files);
	p->mm = NULL;
	p->files = NULL;
}

void tracee_gone(struct tracer *t, struct tracee *p)
{
	struct tracee **at = bucket(t, p->tid);

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	tracee_leave_memory(t, p);
	free(p);
	t->tracees--;
}

void tracee_inherit(struct tracer *t, const struct tracee *parent,
		    struct tracee *child, uint64_t flags)
{
	child->process = flags & CLONE_THREAD ? parent->process
					      : process_new(t, child->tid);
	child->mm = parent->mm;
	if (flags & CLONE_VM)
		child->mm->refs++;
	else
		child->mm = mm_fork(t, parent->mm, child->tid);
	child->files = parent->files;
	if (flags & CLONE_FILES)
		child->files->refs++;
	else
		child->files = files_new();
}

/* A parent that is killed may never tell of its child: it goes on alone. */
void tracee_adopt_orphans(struct tracer *t)
{
	for (int i = 0; i < TRACEE_BUCKETS; i++) {
		for (struct tracee *p = t->bucket[i]; p; p = p->next) {
			if (!p->early || p->early++ < PATIENCE)
				continue;
			p->early = 0;
			tracee_begin(t, p);
			trace_resume(p, 0);
		}
	}
}

void trace_free(struct tracer *t)
{
	struct process *next;

	for (int i = 0; i < TRACEE_BUCKETS; i++)
		while (t->bucket[i])
			tracee_gone(t, t->bucket[i]);
	for (struct process *p = t->process; p; p = next) {
		next = p->next;
		free(p);
	}
	fd_close(&t->report_fd);
	trace_settle_clones(t);
	trace_free_sockets(t);
	trace_free_maps(t);
	mm_free_files(t);
	free(t->window);
}
