/*
 * Calls that change what an address or a descriptor means, or which tasks share
 * it.
 */
#include <elf.h>
#include <linux/sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "count/trace_look.h"
#include "count/trace_watch.h"

/* --- addresses ------------------------------------------------------------ */

void trace_on_mmap(struct tracer *t, struct task *p, bool exit)
{
	if (exit || p->mm->refs == 1)
		p->mm->stale = true;
	if (!exit && !(p->arg[3] & MAP_ANONYMOUS))
		mm_note_file(t, p, (int)p->arg[4]);
	if (!exit && p->arg[3] & MAP_FIXED)
		watch_forget(p->mm, p->arg[0], p->arg[1]);
}

static bool touches_map(const struct mm *mm, uint64_t start, uint64_t len)
{
	for (size_t i = 0; i < mm->maps; i++)
		if (mm->map[i].start < start + len && mm->map[i].end > start)
			return true;
	return false;
}

void trace_on_unmap(struct tracer *t, struct task *p, bool exit)
{
	watch_forget(p->mm, p->arg[0], p->arg[1]);
	if (!exit)
		trace_note_maps(t, p->mm, p->arg[0], p->arg[1]);
	if (touches_map(p->mm, p->arg[0], p->arg[1]))
		p->mm->stale = true;
}

/* An execve that succeeds drops all mappings. */
void trace_on_execve(struct tracer *t, struct task *p, bool exit)
{
	(void)exit;
	trace_note_maps(t, p->mm, 0, UINT64_MAX);
}

/* mremap, shmat and shmdt are rare, so read all mappings again. */
void trace_on_remap(struct tracer *t, struct task *p, bool exit)
{
	if (!exit)
		trace_note_maps(t, p->mm, p->arg[0],
				p->nr == SYS_shmdt ? 1 : p->arg[1]);
	if (p->nr == SYS_mremap && !exit && p->arg[2] < p->arg[1])
		watch_forget(p->mm, p->arg[0] + p->arg[2],
			     p->arg[1] - p->arg[2]);
	if (p->nr == SYS_mremap && exit && p->ret > 0 &&
	    (uint64_t)p->ret != p->arg[0]) {
		watch_move(p->mm, p->arg[0], (uint64_t)p->ret, p->arg[1]);
		fill_move(p->mm, p->arg[0], (uint64_t)p->ret,
			  p->arg[1] < p->arg[2] ? p->arg[1] : p->arg[2]);
	}
	p->mm->stale = true;
}

/* --- descriptors ---------------------------------------------------------- */

/* close(fd), dup2(from, fd), close_range(first, last) */
void trace_on_close(struct tracer *t, struct task *p, bool exit)
{
	unsigned int fd = (unsigned int)p->arg[0], last;

	if (p->call->variant == 1)
		fd = (unsigned int)p->arg[1];
	last = p->call->variant == 2 ? (unsigned int)p->arg[1] : fd;
	if (!exit)
		trace_ring_closed(t, p, fd, last);
	files_forget(p->files, fd, last);
}

void trace_on_socketpair(struct tracer *t, struct task *p, bool exit)
{
	char path[48];
	struct stat st[2];
	int fd[2];

	(void)exit;
	if (p->ret < 0 || trace_peek(p, fd, p->arg[3], sizeof(fd)) < sizeof(fd))
		return;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d",
			 (int)p->tracee.tid, fd[i]);
		if (stat(path, &st[i]) < 0)
			return;
	}
	trace_pair(t, st[0].st_ino, st[1].st_ino);
}

/* --- sharing -------------------------------------------------------------- */

#ifdef __x86_64__
#define FIRST_ARGUMENT(regs) ((regs).rdi)
#else
#define FIRST_ARGUMENT(regs) ((regs).regs[0])
#endif

/*
 * Turns off CLONE_UNTRACED, so that the child is followed, too. The child would
 * inherit the filter, and without a tracer the calls that the filter stops
 * would fail in it.
 */
static uint64_t follow_too(const struct task *p, uint64_t flags)
{
	struct user_regs_struct regs;
	struct iovec all = { &regs, sizeof(regs) };

	flags &= ~(uint64_t)CLONE_UNTRACED;
	if (p->call->variant == 1) {
		ptrace(PTRACE_POKEDATA, p->tracee.tid, p->arg[0], flags);
	} else if (ptrace(PTRACE_GETREGSET, p->tracee.tid, NT_PRSTATUS, &all) ==
		   0) {
		FIRST_ARGUMENT(regs) = flags;
		ptrace(PTRACE_SETREGSET, p->tracee.tid, NT_PRSTATUS, &all);
	}
	return flags;
}

void look_clone(struct tracer *t, struct task *p, bool exit)
{
	uint64_t flags = p->arg[0];

	(void)t;
	(void)exit;
	if (p->call->variant == 1 &&
	    trace_peek(p, &flags, p->arg[0], sizeof(flags)) < sizeof(flags))
		flags = 0;
	if (flags & CLONE_UNTRACED && p->call->variant < 2)
		flags = follow_too(p, flags);
	if (p->call->variant < 2) {
		p->clone_flags = flags;
		return;
	}
	/* the task gets its own table of descriptors; the others keep theirs */
	if (flags & CLONE_FILES && p->files->refs > 1) {
		files_put(p->files);
		p->files = files_new();
	}
}

/*
 * The program can take results from memory that it shares with the kernel,
 * without a call.
 */
void look_aio(struct tracer *t, struct task *p, bool exit)
{
	(void)exit;
	mm_object(t, p->mm);
	trace_doubt(
		t, p->mm,
		"the process %s uses io_submit (libaio), which is not followed",
		p->mm->name);
}

/*
 * A task cannot have two tracers. If the call is about a task that we follow,
 * it fails, or we lose the task.
 */
void look_ptrace(struct tracer *t, struct task *p, bool exit)
{
	(void)exit;
	mm_object(t, p->mm);
	trace_doubt(t, p->mm,
		    "the process %s uses ptrace itself, which may fail in a "
		    "program that is counted",
		    p->mm->name);
}
