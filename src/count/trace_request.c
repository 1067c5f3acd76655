/*
 * Requests of io_uring: finds which bytes each of them moves, from where and to
 * where.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "count/trace_ring.h"

/* How a request describes its memory. */
enum shape { BUFFER, VECTOR, MESSAGE, KERNEL };

struct operation {
	int op;
	const char *call, *kind;
	enum shape shape;
	bool into; /* the request fills memory */
};

#define ZEROCOPY 0x4000000 /* MSG_ZEROCOPY */

static const struct operation operations[] = {
	{ IORING_OP_READ, "io_uring read", "read", BUFFER, true },
	{ IORING_OP_WRITE, "io_uring write", "write", BUFFER, false },
	{ IORING_OP_READ_FIXED, "io_uring read", "read", BUFFER, true },
	{ IORING_OP_WRITE_FIXED, "io_uring write", "write", BUFFER, false },
	{ IORING_OP_READV, "io_uring readv", "read", VECTOR, true },
	{ IORING_OP_WRITEV, "io_uring writev", "write", VECTOR, false },
	{ IORING_OP_RECV, "io_uring recv", "recv", BUFFER, true },
	{ IORING_OP_SEND, "io_uring send", "send", BUFFER, false },
	{ IORING_OP_RECVMSG, "io_uring recvmsg", "recv", MESSAGE, true },
	{ IORING_OP_SENDMSG, "io_uring sendmsg", "send", MESSAGE, false },
	{ RING_OP_SEND_ZC, "io_uring send_zc", "send", BUFFER, false },
	{ RING_OP_SENDMSG_ZC, "io_uring sendmsg_zc", "send", MESSAGE, false },
	{ IORING_OP_SPLICE, "io_uring splice", "splice", KERNEL, false },
	{ IORING_OP_TEE, "io_uring tee", "tee", KERNEL, false },
};

static const struct operation *operation(int op)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].op == op)
			return &operations[i];
	return NULL;
}

static struct fd_entry entry_of(struct tracer *t, struct task *p,
				const struct ring *r, int fd, bool registered)
{
	static const struct fd_entry none = { .in = FD_NONE, .out = FD_NONE };

	if (!registered)
		return trace_fd(t, p, fd);
	return fd >= 0 && (size_t)fd < r->files ? r->file[fd] : none;
}

static void find_memory(const struct task *p, const struct operation *o,
			struct request *q)
{
	uint64_t at = q->sqe.addr, n = q->sqe.len;
	struct msghdr h;

	if (o->shape == KERNEL)
		return;
	q->piece = calloc(PIECES, sizeof(*q->piece));
	if (!q->piece)
		abort();
	if (o->shape == BUFFER) {
		q->piece[0] =
			(struct piece){ .mm = p->mm, .addr = at, .len = n };
		q->pieces = 1;
		return;
	}
	if (o->shape == MESSAGE) {
		if (trace_peek(p, &h, at, sizeof(h)) < sizeof(h))
			return;
		at = (uint64_t)(uintptr_t)h.msg_iov;
		n = h.msg_iovlen;
	}
	q->pieces = trace_iovec(p, p->mm, at, n, q->piece);
}

/*
 * Notes a doubt for a request whose effect cannot be seen in the request and
 * its result.
 */
static void look_for_doubts(struct tracer *t, struct task *p,
			    const struct io_uring_sqe *sqe)
{
	const char *why = NULL;

	if (sqe->opcode > RING_OP_KNOWN)
		why = "a request that this version of ipcopy does not know";
	else if (sqe->opcode == RING_OP_URING_CMD)
		why = "a command that only its driver understands";
	else if (sqe->flags & IOSQE_BUFFER_SELECT)
		why = "buffers that the kernel chooses";
	else if (sqe->flags & RING_SQE_SKIP_SUCCESS && operation(sqe->opcode))
		why = "requests that report no result";
	else if ((sqe->opcode == IORING_OP_OPENAT ||
		  sqe->opcode == IORING_OP_OPENAT2 ||
		  sqe->opcode == IORING_OP_ACCEPT ||
		  sqe->opcode == RING_OP_SOCKET) &&
		 sqe->file_index)
		why = "files that only the ring knows";
	mm_object(t, p->mm);
	if (why)
		trace_doubt(t, p->mm,
			    "the process %s uses io_uring with %s, which the "
			    "counter does not follow",
			    p->mm->name, why);
}

struct request *request_new(struct tracer *t, struct task *p,
			    const struct ring *r,
			    const struct io_uring_sqe *sqe)
{
	const struct operation *o = operation(sqe->opcode);
	struct request *q;

	look_for_doubts(t, p, sqe);
	if (sqe->opcode == IORING_OP_CLOSE)
		files_forget(p->files, (unsigned int)sqe->fd,
			     (unsigned int)sqe->fd);
	if (!o || sqe->flags & IOSQE_BUFFER_SELECT)
		return NULL;
	q = calloc(1, sizeof(*q));
	if (!q)
		abort();
	q->sqe = *sqe;
	q->fd = entry_of(t, p, r, sqe->fd, sqe->flags & IOSQE_FIXED_FILE);
	if (o->shape == KERNEL)
		q->splice_in = entry_of(t, p, r, sqe->splice_fd_in,
					sqe->splice_flags >> 31);
	find_memory(p, o, q);
	return q;
}

void request_done(struct tracer *t, struct task *p, const struct request *q,
		  int32_t result)
{
	const struct operation *o = operation(q->sqe.opcode);
	bool zerocopy = q->sqe.opcode == RING_OP_SEND_ZC ||
			q->sqe.opcode == RING_OP_SENDMSG_ZC;
	struct piece in = piece_of(q->splice_in.in);
	struct piece out = piece_of(q->fd.out);
	struct move m = {
		.by = p,
		.call = o->call,
		.kind = o->kind,
		.way = PROBE_NO_WAY,
		.who = LEDGER_BY_KERNEL,
		.evidence = LEDGER_CALIBRATED,
	};

	if (result <= 0)
		return;
	if (o->shape == KERNEL)
		trace_move(t, &m, (struct piece_list){ &in, 1 },
			   (struct piece_list){ &out, 1 }, (uint64_t)result);
	else
		look_at(t, p,
			&(struct transfer){ .fd = q->fd,
					    .into = o->into,
					    .memory = { q->piece, q->pieces },
					    .bytes = (uint64_t)result,
					    .flags = zerocopy ? ZEROCOPY : 0,
					    .call = o->call,
					    .kind = o->kind });
}

void request_free(struct request *q)
{
	free(q->piece);
	free(q);
}
