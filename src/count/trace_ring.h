/*
 * io_uring as the tracer sees it. The rings of the tracee are mapped into the
 * tracer.
 */
#ifndef COUNT_TRACE_RING_H
#define COUNT_TRACE_RING_H

#include <linux/io_uring.h>

#include "count/trace_look.h"

/* Constants that the headers of older kernels lack. */
#define RING_SETUP_SQE128     (1U << 10)
#define RING_SETUP_CQE32      (1U << 11)
#define RING_SETUP_NO_MMAP    (1U << 14)
#define RING_SETUP_NO_SQARRAY (1U << 16)
#define RING_ENTER_REGISTERED (1U << 4)
#define RING_REGISTER_FDS     20
#define RING_CQE_NOTICE       (1U << 3)
#define RING_SQE_SKIP_SUCCESS (1U << 6)
enum {
	RING_OP_SOCKET = 45,
	RING_OP_URING_CMD = 46,
	RING_OP_SEND_ZC = 47,
	RING_OP_SENDMSG_ZC = 48,
	/* the last operation that this file knows */
	RING_OP_KNOWN = RING_OP_SENDMSG_ZC,
};

/* A request that has begun and has not ended. */
struct request {
	struct io_uring_sqe sqe;
	struct fd_entry fd; /* the descriptor that it works on */
	/* for splice: the descriptor that bytes come from */
	struct fd_entry splice_in;
	struct piece *piece; /* the memory that it works on */
	size_t pieces;
	struct request *next;
};

struct ring {
	struct mm *mm; /* the address space that uses the ring */
	int fd;        /* the ring's descriptor in that process */
	/* the index that some calls use in place of the descriptor */
	int registered;
	struct io_uring_params params;
	char *rings, *sqes; /* mapped */
	size_t rings_len, sqes_len;
	uint32_t sq_seen, cq_seen;
	struct fd_entry *file; /* the registered files */
	size_t files;
	/* requests in the order in which they began */
	struct request *first, **last;
	struct ring *next;
};

/*
 * Reads a request from its entry in the ring. NULL: the request moves nothing,
 * or cannot be followed.
 */
struct request *request_new(struct tracer *t, struct task *p,
			    const struct ring *r,
			    const struct io_uring_sqe *sqe);
/* Counts the bytes that a request has moved. */
void request_done(struct tracer *t, struct task *p, const struct request *q,
		  int32_t result);
void request_free(struct request *q);

#endif
