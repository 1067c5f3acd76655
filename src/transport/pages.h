/* Common to splice, vmsplice, vmsplice-splice: they move pages by a pipe. */
#ifndef TRANSPORT_PAGES_H
#define TRANSPORT_PAGES_H

#include "transport/transport.h"

/*
 * Buffers for vmsplice, which are lent one after the other. pages.c says why
 * there are enough of them.
 */
struct page_pool {
	void *map; /* NULL while there is no pool */
	size_t map_len;
	char *base; /* where the first huge page begins */
	size_t len;
	size_t at;   /* start of the buffer that is lent now */
	size_t room; /* bytes for one message, in whole pages */
};

/* Hooks for mechanisms whose priv is a page_pool and whose fd[] is a pipe. */
int tr_pages_create(struct tr *tr);
int tr_pages_attach(struct tr *tr);
int tr_pages_lend(struct tr *tr, void **buf);
int tr_pages_send(struct tr *tr, size_t len);
void tr_pages_close(struct tr *tr);

/* Moves up to `max` bytes from the pipe into a file; 0: the pipe has ended. */
ssize_t tr_pages_splice(struct tr *tr, int out_fd, uint64_t max);

/* A hook that moves everything from the pipe into the output file. */
int tr_pages_into_file(struct tr *tr, int out_fd, uint64_t len_bytes);

/*
 * Flags for splice(2) and vmsplice(2): SPLICE_F_NONBLOCK if this side spins.
 * vmsplice ignores O_NONBLOCK, and so did splice before Linux 5.1.
 */
unsigned int tr_pages_flags(const struct tr *tr);

#endif
