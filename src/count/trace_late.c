/*
 * Calls that are looked at late, at the next stop of their task.
 *
 * The beginning of a call does not tell how many bytes it will move, so the
 * tracer also stops a task at the end. But the kernel counts the bytes of read,
 * write and similar calls itself, in /proc/PID/task/TID/io. So if a task makes
 * the same hop again and again, the tracer looks at the call only at the task's
 * next stop, and the end of the call needs no stop. This is right only if
 * nothing that the tracer looks at changes until then: no other task shares the
 * memory or the descriptors, nothing is watched, and no piece of the bytes is
 * to be kept. The kernel's counts are trusted for a hop only after they agreed
 * with the results of its first calls.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "count/trace_late.h"
#include "count/trace_look.h"
#include "count/trace_watch.h"

#define PROOFS     8
#define TASKS_MOST 64 /* each task needs a descriptor of this process */

static bool is_into(const struct task *p)
{
	return p->call->variant & LOOK_INTO;
}

/* --- the kernel's counts -------------------------------------------------- */

static bool open_counts(struct tracer *t, struct task *p)
{
	char path[64];
	int fd;

	if (p->counts_fd >= 0)
		return true;
	if (t->counted_tasks == TASKS_MOST)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/io", (int)p->tracee.tid,
		 (int)p->tracee.tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	p->counts_fd = fd;
	t->counted_tasks++;
	return true;
}

/* The lines are "rchar: N", "wchar: N", "syscr: N" and "syscw: N". */
static bool read_counts(struct tracer *t, struct task *p, struct counts *now)
{
	uint64_t *const to[] = { &now->in, &now->out, &now->calls_in,
				 &now->calls_out };
	char text[256], *at = text;
	ssize_t n = open_counts(t, p)
			    ? pread(p->counts_fd, text, sizeof(text) - 1, 0)
			    : -1;

	if (n < 0)
		return false;
	text[n] = '\0';
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		at = strchr(at, ':');
		if (!at)
			return false;
		*to[i] = strtoull(at + 1, &at, 10);
	}
	return true;
}

void late_end(struct tracer *t, struct task *p)
{
	t->counted_tasks -= p->counts_fd >= 0;
	fd_close(&p->counts_fd);
}

/*
 * True if the task can have made at most one call of this kind (reading or
 * writing) and none of the other kind between the two counts. *bytes is then
 * the number of bytes moved.
 */
static bool moved_since(const struct task *p, const struct counts *now,
			uint64_t *bytes)
{
	const struct counts *then = &p->counts;
	bool into = is_into(p);

	*bytes = into ? now->in - then->in : now->out - then->out;
	return *bytes <= p->arg[2] &&
	       now->calls_in - then->calls_in <= (uint64_t)into &&
	       now->calls_out - then->calls_out <= (uint64_t)!into &&
	       (into ? now->out == then->out : now->in == then->in);
}

/* --- which calls ---------------------------------------------------------- */

/*
 * Points to 1 + the last hop that a call of this kind made on the same
 * descriptor; NULL: it is not kept.
 */
static int *hop_of(const struct task *p)
{
	int fd = (int)p->arg[0];
	struct fd_entry *e;

	if (fd < 0 || fd >= FD_CACHE)
		return NULL;
	e = &p->files->entry[fd];
	if (e->in == FD_UNKNOWN)
		return NULL;
	return is_into(p) ? &e->in_hop : &e->out_hop;
}

/* True if no other task can change what the call means. */
static bool is_alone(const struct tracer *t, const struct task *p)
{
	return p->mm->refs == 1 && p->files->refs == 1 && !p->mm->cow &&
	       !p->mm->stale && !t->ring;
}

/* True if the hop, made once more, needs no look at the end of the call. */
static bool is_quiet(struct tracer *t, const struct task *p, int hop)
{
	const struct window *w = &t->window[hop];
	const struct map *m;
	uint64_t end;

	if (strcmp(ledger_hop_at(t->ledger, (size_t)hop)->call,
		   p->call->name) != 0)
		return false;
	m = mm_map_at(t, p->mm, p->arg[1], &end);
	if ((m && m->private) || end - p->arg[1] < p->arg[2])
		return false;
	if (m)
		return true;
	return is_into(p) ? !watch_is_due(w) : !peek_is_due(w);
}

/*
 * The hop that the call is likely to make; -1: the tracer must look at the end
 * of the call.
 */
static int likely_hop(struct tracer *t, const struct task *p)
{
	const int *hop;

	if (t->job->all_calls || !(p->call->when & CALL_MAY_BE_LATE) ||
	    !is_alone(t, p) || watch_is_on(p->mm))
		return -1;
	hop = hop_of(p);
	if (!hop || !*hop || t->window[*hop - 1].proofs < 0 ||
	    !is_quiet(t, p, *hop - 1))
		return -1;
	return *hop - 1;
}

/*
 * The first calls of a hop stop at their ends, too, and show whether the kernel
 * counts as we do.
 */
bool late_begin(struct tracer *t, struct task *p)
{
	int hop = likely_hop(t, p);
	bool known = p->counted && hop >= 0;

	p->counted = false;
	known = known || (hop >= 0 && read_counts(t, p, &p->counts));
	p->proving = known && t->window[hop].proofs < PROOFS;
	p->late = known && !p->proving;
	return p->late;
}

void late_prove(struct tracer *t, struct task *p)
{
	uint64_t moved = p->ret > 0 ? (uint64_t)p->ret : 0, bytes;
	int *hop = p->call->when & CALL_MAY_BE_LATE ? hop_of(p) : NULL;
	struct counts now;

	if (!hop || p->hop < 0)
		return;
	*hop = p->hop + 1;
	if (!p->proving)
		return;
	if (read_counts(t, p, &now) && moved_since(p, &now, &bytes) &&
	    bytes == moved)
		t->window[p->hop].proofs++;
	else
		t->window[p->hop].proofs = -1;
}

/* --- the late look -------------------------------------------------------- */

static void settle_as(struct tracer *t, struct task *p,
		      const struct counts *now, bool known)
{
	uint64_t bytes;

	p->counted = known && moved_since(p, now, &bytes);
	if (p->counted) {
		p->counts = *now;
		p->ret = (int64_t)bytes;
		p->call->look(t, p, true);
	} else {
		mm_object(t, p->mm);
		trace_doubt(t, p->mm,
			    "the kernel's count of the bytes that %s moved by "
			    "%s cannot be read, or does not fit the calls",
			    p->mm->name, p->call->name);
	}
	p->late = false;
}

void late_settle(struct tracer *t, struct task *p)
{
	struct counts now;

	if (p->late)
		settle_as(t, p, &now, read_counts(t, p, &now));
}

void late_settle_early(struct tracer *t, struct task *p)
{
	struct counts now;

	if (p->late && read_counts(t, p, &now) &&
	    (now.calls_in != p->counts.calls_in ||
	     now.calls_out != p->counts.calls_out))
		settle_as(t, p, &now, true);
}
