/* io_uring as the tracer sees it: the rings themselves, mapped here too. */
#ifndef COUNT_TRACE_RING_H
#define COUNT_TRACE_RING_H

#include <linux/io_uring.h>

#include "count/trace_look.h"

/* A request that has begun and not ended. */
struct request {
	struct io_uring_sqe sqe;
	struct fd_entry fd;        /* what it is about */
	struct fd_entry splice_in; /* and what it takes from */
	struct piece *piece;       /* its memory */
	size_t pieces;
	struct request *next;
};

struct ring {
	struct mm *mm;  /* whose it is */
	int fd;         /* there */
	int registered; /* its number for calls that need no descriptor */
	struct io_uring_params params;
	char *rings, *sqes; /* mapped */
	size_t rings_len, sqes_len;
	uint32_t sq_seen, cq_seen;
	struct fd_entry *file; /* registered */
	size_t files;
	struct request *first, **last; /* in the order of their beginning */
	struct ring *next;
};

/* What a request is, from its entry in the ring; NULL: it moves nothing. */
struct request *request_new(struct tracer *t, struct tracee *p,
			    const struct ring *r,
			    const struct io_uring_sqe *sqe);
/* What it has moved. */
void request_done(struct tracer *t, struct tracee *p, const struct request *q,
		  int32_t result);
void request_free(struct request *q);

#endif
