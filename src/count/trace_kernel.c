/*
 * Finds the bytes that calls between two descriptors, and vmsplice, have moved.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/extents.h"
#include "base/fd.h"
#include "count/trace_look.h"

static void between(struct tracer *t, struct task *p, int in_fd, int out_fd)
{
	struct piece from = piece_of(trace_fd(t, p, in_fd).in);
	struct piece to = piece_of(trace_fd(t, p, out_fd).out);
	struct move m = {
		.by = p,
		.call = p->call->name,
		.kind = p->call->kind,
		.way = PROBE_NO_WAY,
		.who = LEDGER_BY_KERNEL,
		.evidence = LEDGER_CALIBRATED,
	};

	if (p->ret > 0)
		trace_move(t, &m, (struct piece_list){ &from, 1 },
			   (struct piece_list){ &to, 1 }, (uint64_t)p->ret);
}

void look_sendfile(struct tracer *t, struct task *p, bool exit)
{
	(void)exit;
	between(t, p, (int)p->arg[1], (int)p->arg[0]);
}

void look_splice(struct tracer *t, struct task *p, bool exit)
{
	/* the arguments are splice(in, offset, out, …) and tee(in, out, …) */
	(void)exit;
	between(t, p, (int)p->arg[0],
		(int)p->arg[p->call->nr == SYS_tee ? 1 : 2]);
}

/* From memory into a pipe, or from a pipe into memory. */
void look_vmsplice(struct tracer *t, struct task *p, bool exit)
{
	struct piece piece[PIECES];
	char path[48];
	struct stat st;
	struct transfer l;

	(void)exit;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)p->tracee.tid,
		 (int)p->arg[0]);
	if (p->ret <= 0 || lstat(path, &st) < 0)
		return;
	l = transfer_of(t, p);
	l.into = !(st.st_mode & S_IWUSR);
	l.memory.piece = piece;
	l.memory.n = trace_iovec(p, p->mm, p->arg[1], p->arg[2], piece);
	l.bytes = (uint64_t)p->ret;
	look_at(t, p, &l);
}

/* --- files that may share their blocks ------------------------------------ */

/*
 * The bytes that one process cloned or copied from one file to another. The
 * extents of the output tell at the end how many of them were copied.
 */
struct clones {
	int in, out; /* objects */
	int fd;
	uint64_t calls, bytes;
	struct window window;
	char process[64];
	const char *call;
	struct clones *next;
};

static struct clones *new_clone(struct tracer *t, struct task *p, int fd)
{
	struct clones *c = calloc(1, sizeof(*c));
	char path[48];

	if (!c)
		abort();
	mm_object(t, p->mm);
	snprintf(c->process, sizeof(c->process), "%s", p->mm->name);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)p->tracee.tid, fd);
	c->fd = open(path, O_RDONLY | O_CLOEXEC);
	c->window.process = p->process;
	c->window.first_calls = p->process->calls;
	c->window.first_blocked = p->process->blocked;
	c->next = t->clones;
	t->clones = c;
	return c;
}

static void trace_clone(struct tracer *t, struct task *p, int in_fd, int out_fd,
			uint64_t bytes, const char *call)
{
	int in = trace_fd(t, p, in_fd).in, out = trace_fd(t, p, out_fd).out;
	struct clones *c = t->clones;

	if (in < 0 || out < 0 || bytes == 0)
		return;
	while (c && (c->in != in || c->out != out ||
		     c->window.process != p->process || c->call != call))
		c = c->next;
	if (!c)
		c = new_clone(t, p, out_fd);
	c->in = in;
	c->out = out;
	c->call = call;
	c->calls++;
	c->bytes += bytes;
	c->window.last_calls = p->process->calls;
	c->window.last_blocked = p->process->blocked;
}

static void settle(struct tracer *t, const struct clones *c, uint64_t calls,
		   uint64_t bytes, int copies)
{
	const struct ledger_hop hop = {
		.from = c->in,
		.to = c->out,
		.by = LEDGER_BY_KERNEL,
		.pid = c->window.process->pid,
		.process = c->process,
		.call = c->call,
		.calls = calls,
		.bytes = bytes,
		.copies = copies,
		.evidence = copies == LEDGER_COPIES_UNKNOWN ? LEDGER_UNKNOWN
							    : LEDGER_EXTENTS,
	};

	if (bytes > 0)
		trace_window(t, ledger_add(t->ledger, &hop), &c->window);
}

/*
 * Asks the file system how many bytes lie in shared blocks. These bytes were
 * not copied.
 */
static void settle_by_extents(struct tracer *t, const struct clones *c)
{
	struct extents x = { 0 };
	uint64_t shared = 0;

	if (c->fd < 0 || extents_read(c->fd, &x) < 0) {
		settle(t, c, c->calls, c->bytes,
		       x.never ? 1 : LEDGER_COPIES_UNKNOWN);
		return;
	}
	if (x.all_bytes)
		shared = (uint64_t)((double)c->bytes * (double)x.shared_bytes /
				    (double)x.all_bytes);
	if (shared > c->bytes)
		shared = c->bytes;
	settle(t, c, shared ? c->calls : 0, shared, 0);
	settle(t, c, shared ? 0 : c->calls, c->bytes - shared, 1);
}

void trace_settle_clones(struct tracer *t)
{
	struct clones *next;

	for (struct clones *c = t->clones; c; c = next) {
		next = c->next;
		settle_by_extents(t, c);
		fd_close(&c->fd);
		free(c);
	}
	t->clones = NULL;
}

void look_copy_range(struct tracer *t, struct task *p, bool exit)
{
	(void)exit;
	if (p->ret > 0)
		trace_clone(t, p, (int)p->arg[0], (int)p->arg[2],
			    (uint64_t)p->ret, p->call->name);
}

static uint64_t size_of_fd(const struct task *p, int fd)
{
	char path[48];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)p->tracee.tid, fd);
	return stat(path, &st) < 0 ? 0 : (uint64_t)st.st_size;
}

void look_ioctl(struct tracer *t, struct task *p, bool exit)
{
	struct file_clone_range range = { .src_fd = (int)p->arg[2] };

	(void)exit;
	if (p->ret != 0 || ((uint32_t)p->arg[1] != FICLONE &&
			    (uint32_t)p->arg[1] != FICLONERANGE))
		return;
	if ((uint32_t)p->arg[1] == FICLONERANGE &&
	    trace_peek(p, &range, p->arg[2], sizeof(range)) < sizeof(range))
		return;
	if (range.src_length == 0)
		range.src_length =
			size_of_fd(p, (int)range.src_fd) - range.src_offset;
	trace_clone(t, p, (int)range.src_fd, (int)p->arg[0], range.src_length,
		    "ioctl(FICLONE)");
}
