/* Pages moved through a pipe: what splice and both vmsplices have in common. */
#ifndef TRANSPORT_PAGES_H
#define TRANSPORT_PAGES_H

#include "transport/transport.h"

/* Buffers for vmsplice, lent in turn; see pages.c for why they are enough. */
struct page_pool {
	void *map; /* NULL while there is none */
	size_t map_len;
	char *base; /* where huge pages begin in it */
	size_t len;
	size_t at;   /* where the buffer begins that is lent now */
	size_t room; /* of a whole message, in whole pages */
};

/* Hooks for mechanisms whose priv is a page_pool and whose fd[] is a pipe. */
int tr_pages_create(struct tr *tr);
int tr_pages_attach(struct tr *tr);
int tr_pages_lend(struct tr *tr, void **buf);
int tr_pages_send(struct tr *tr, size_t len);
void tr_pages_close(struct tr *tr);

/* Up to `max` bytes of what comes through the pipe into a file; 0: the end. */
ssize_t tr_pages_splice(struct tr *tr, int out_fd, uint64_t max);

/* A hook that moves what comes through the pipe into the output file. */
int tr_pages_into_file(struct tr *tr, int out_fd, uint64_t len_bytes);

/* SPLICE_F_NONBLOCK where the side waits by itself: O_NONBLOCK is ignored. */
unsigned int tr_pages_flags(const struct tr *tr);

#endif
