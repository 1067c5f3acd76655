/* Finds the bytes that calls have moved into memory, out of it or within it. */
#include <errno.h>
#include <linux/falloc.h>
#include <linux/sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/bytes.h"
#include "count/trace_late.h"
#include "count/trace_look.h"

/* glibc defines it from 2.27 on */
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif

static struct move move_by(struct task *p, const char *call, const char *kind)
{
	return (struct move){
		.by = p,
		.call = call,
		.kind = kind,
		.way = PROBE_NO_WAY,
		.who = LEDGER_BY_KERNEL,
		.evidence = LEDGER_CALIBRATED,
	};
}

/*
 * Notes that a device reads or writes the program's memory, so no CPU copies.
 */
static void by_device(struct move *m)
{
	m->who = LEDGER_BY_DEVICE;
	m->evidence = LEDGER_UNKNOWN;
	m->copies = 0;
}

static void move_pieces(struct tracer *t, const struct move *m, bool into,
			struct piece_list object, struct piece_list memory,
			uint64_t bytes)
{
	if (into)
		trace_move(t, m, object, memory, bytes);
	else
		trace_move(t, m, memory, object, bytes);
}

void look_at(struct tracer *t, struct task *p, const struct transfer *l)
{
	struct move m = move_by(p, l->call, l->kind);
	const struct fd_entry *e = &l->fd;
	struct piece object = piece_of(l->into ? e->in : e->out);

	if (l->into && e->in == FD_NONE && e->out >= 0)
		trace_doubt(t, p->mm,
			    "the counter cannot find out the peer of %s",
			    ledger_object_at(t->ledger, (size_t)e->out)->name);
	if (l->flags & MSG_ZEROCOPY && !l->into) {
		m.way = PROBE_SEND_TCP_ZEROCOPY;
		m.call = "send(MSG_ZEROCOPY)";
	}
	if (l->flags & MSG_PEEK && l->into)
		m.call = "recv (to look only)";
	if (e->direct)
		by_device(&m);
	move_pieces(t, &m, l->into, (struct piece_list){ &object, 1 },
		    l->memory, l->bytes);
}

struct transfer transfer_of(struct tracer *t, struct task *p)
{
	return (struct transfer){ .fd = trace_fd(t, p, (int)p->arg[0]),
				  .into = p->call->variant & LOOK_INTO,
				  .call = p->call->name,
				  .kind = p->call->kind };
}

/* --- read, write and the like --------------------------------------------- */

/* If a datagram has an address, it goes to the object of that address. */
static void address_datagram(struct tracer *t, struct task *p, uint64_t to,
			     struct transfer *l)
{
	if (l->fd.udp && to)
		l->fd.out = trace_udp_to(t, p, to);
}

static void one_buffer(struct tracer *t, struct task *p)
{
	struct transfer l = transfer_of(t, p);
	uint64_t ret = (uint64_t)p->ret;
	struct piece memory = {
		.mm = p->mm,
		.addr = p->arg[1],
		.len = p->arg[2],
	};

	if (p->call->variant & LOOK_FLAGS) {
		l.flags = p->arg[3];
		address_datagram(t, p, p->arg[4], &l);
	}
	l.memory = (struct piece_list){ &memory, 1 };
	/* with MSG_TRUNC the result may be larger than the buffer */
	l.bytes = ret < memory.len ? ret : memory.len;
	look_at(t, p, &l);
}

static uint64_t total(const struct piece *piece, size_t n)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += piece[i].len;
	return bytes;
}

static void message(struct tracer *t, struct task *p, const struct msghdr *h,
		    uint64_t bytes, uint64_t flags)
{
	struct piece piece[PIECES];
	size_t n = trace_iovec(p, p->mm, (uint64_t)(uintptr_t)h->msg_iov,
			       h->msg_iovlen, piece);
	uint64_t room = total(piece, n);
	struct transfer l = transfer_of(t, p);

	address_datagram(t, p, (uint64_t)(uintptr_t)h->msg_name, &l);
	l.memory = (struct piece_list){ piece, n };
	l.bytes = bytes < room ? bytes : room;
	l.flags = flags;
	look_at(t, p, &l);
}

static void vector(struct tracer *t, struct task *p)
{
	struct msghdr h = { .msg_iov = (struct iovec *)(uintptr_t)p->arg[1],
			    .msg_iovlen = p->arg[2] };

	message(t, p, &h, (uint64_t)p->ret, 0);
}

static void one_message(struct tracer *t, struct task *p)
{
	struct msghdr h;

	if (p->arg[2] & MSG_ERRQUEUE ||
	    trace_peek(p, &h, p->arg[1], sizeof(h)) < sizeof(h))
		return;
	message(t, p, &h, (uint64_t)p->ret, p->arg[2]);
}

static void messages(struct tracer *t, struct task *p)
{
	struct mmsghdr h;
	uint64_t at = p->arg[1];

	for (int64_t i = 0; i < p->ret; i++, at += sizeof(h)) {
		if (trace_peek(p, &h, at, sizeof(h)) < sizeof(h))
			return;
		message(t, p, &h.msg_hdr, h.msg_len, p->arg[3]);
	}
}

void look_memory(struct tracer *t, struct task *p, bool exit)
{
	(void)exit;
	if (p->ret <= 0)
		return;
	switch (p->call->variant & LOOK_KINDS) {
	case LOOK_VECTOR:
		vector(t, p);
		break;
	case LOOK_MESSAGE:
		one_message(t, p);
		break;
	case LOOK_MESSAGES:
		messages(t, p);
		break;
	default:
		one_buffer(t, p);
	}
}

/* --- queues --------------------------------------------------------------- */

void look_mqueue(struct tracer *t, struct task *p, bool exit)
{
	struct piece memory = { .mm = p->mm, .addr = p->arg[1] };
	struct transfer l;

	(void)exit;
	if (p->ret < 0)
		return;
	l = transfer_of(t, p);
	l.bytes = memory.len = l.into ? (uint64_t)p->ret : p->arg[2];
	l.memory = (struct piece_list){ &memory, 1 };
	look_at(t, p, &l);
}

/* The message begins with its type, a long, which is not payload. */
void look_sysvmq(struct tracer *t, struct task *p, bool exit)
{
	bool into = p->call->variant & LOOK_INTO;
	struct piece memory = { .mm = p->mm, .addr = p->arg[1] + sizeof(long) };
	struct move m = move_by(p, p->call->name, p->call->kind);
	struct piece queue;
	char key[48], name[48];

	(void)exit;
	if (p->ret < 0)
		return;
	snprintf(key, sizeof(key), "sysvmq:%d", (int)p->arg[0]);
	snprintf(name, sizeof(name), "SysV queue %d", (int)p->arg[0]);
	queue = piece_of(ledger_object(t->ledger, LEDGER_SYSVMQ, key, name,
				       "SysV message queue", 0));
	memory.len = into ? (uint64_t)p->ret : p->arg[2];
	move_pieces(t, &m, into, (struct piece_list){ &queue, 1 },
		    (struct piece_list){ &memory, 1 }, memory.len);
}

/* --- from one process's memory to another's ------------------------------- */

static struct mm *mm_of(struct tracer *t, pid_t pid)
{
	struct task *other = trace_find(t, pid);

	if (!other)
		return NULL;
	late_settle_early(t, other);
	return other->mm;
}

static size_t remote_pieces(struct tracer *t, struct task *p,
			    struct piece *remote)
{
	struct mm *mm = mm_of(t, (pid_t)p->arg[0]);
	char key[48], name[48];

	if (mm)
		return trace_iovec(p, mm, p->arg[3], p->arg[4], remote);
	snprintf(key, sizeof(key), "memory:of:%d", (int)p->arg[0]);
	snprintf(name, sizeof(name), "memory of process %d", (int)p->arg[0]);
	remote[0] = piece_of(ledger_object(t->ledger, LEDGER_PRIVATE, key, name,
					   "not followed", (int)p->arg[0]));
	trace_doubt(t, p->mm,
		    "a call used the memory of process %d, and that process is "
		    "not followed",
		    (int)p->arg[0]);
	return 1;
}

void look_vm(struct tracer *t, struct task *p, bool exit)
{
	struct piece local[PIECES], remote[PIECES];
	struct move m = move_by(p, p->call->name, p->call->kind);
	size_t local_n, remote_n;

	(void)exit;
	if (p->ret <= 0)
		return;
	local_n = trace_iovec(p, p->mm, p->arg[1], p->arg[2], local);
	remote_n = remote_pieces(t, p, remote);
	move_pieces(t, &m, p->call->variant & LOOK_INTO,
		    (struct piece_list){ remote, remote_n },
		    (struct piece_list){ local, local_n }, (uint64_t)p->ret);
}

/* --- what programs tell the tracer ---------------------------------------- */

/* If the main thread of a program has renamed itself, uses its new name. */
static void take_name(struct tracer *t, const struct task *p)
{
	char name[16], whole[40];

	if (p->mm->object < 0 ||
	    trace_peek(p, name, p->arg[1], sizeof(name)) == 0)
		return;
	name[sizeof(name) - 1] = '\0';
	snprintf(p->mm->name, sizeof(p->mm->name), "%s", name);
	snprintf(whole, sizeof(whole), "%s[%d]", name, (int)p->mm->tgid);
	ledger_rename(t->ledger, p->mm->object, whole);
}

/*
 * Notes that one of our own sides has passed its start line or moved its last
 * byte.
 */
static void take_mark(struct tracer *t, struct task *p)
{
	struct process *who = p->process;
	struct count_result *r = t->result;

	if (p->arg[4] == BYTES_BEGIN && p->arg[1] < COUNT_SIDES) {
		r->side[p->arg[1]] = mm_object(t, p->mm);
		who->marked = true;
		who->calls_before = who->calls;
		who->blocked_before = who->blocked;
		who->waits_before = who->waits;
	} else if (p->arg[4] == BYTES_END && who->marked) {
		who->marked = false;
		r->calls += who->calls - who->calls_before;
		r->blocked += who->blocked - who->blocked_before;
		r->waits += who->waits - who->waits_before;
	}
}

void look_told(struct tracer *t, struct task *p, bool exit)
{
	struct piece to = { .mm = p->mm, .addr = p->arg[1], .len = p->arg[3] };
	struct piece from = { .mm = p->mm,
			      .addr = p->arg[2],
			      .len = p->arg[3] };
	struct move m = move_by(p, "memcpy", "memcpy");

	(void)exit;
	if (p->arg[0] == PR_SET_NAME && p->tracee.tid == p->mm->tgid)
		take_name(t, p);
	/* with all_calls, other uses of prctl arrive here, too */
	if (p->arg[0] != BYTES_TELL)
		return;
	p->process->calls--; /* do not count it: it was made only to tell us */
	if (p->arg[4] >= BYTES_BEGIN) {
		if (t->job->between_bytes)
			take_mark(t, p);
		return;
	}
	m.who = LEDGER_BY_USER;
	m.copies = 1;
	m.evidence = p->arg[4] == 0 ? LEDGER_COUNTED : LEDGER_PRELOADED;
	trace_move(t, &m, (struct piece_list){ &from, 1 },
		   (struct piece_list){ &to, 1 }, p->arg[3]);
}
