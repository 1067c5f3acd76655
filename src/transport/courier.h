/*
 * A socket of the mechanism's own, for those that pass a file's descriptor: it
 * carries that descriptor and, from the side that works to the side that
 * waits, how far the work is. No payload.
 */
#ifndef TRANSPORT_COURIER_H
#define TRANSPORT_COURIER_H

#include "transport/transport.h"

/* Their priv. */
struct courier {
	uint64_t said; /* to the other side */
};

/* Hooks; the server's end is fd[TR_WRITE_END], the client's the other. */
int tr_courier_create(struct tr *tr);
int tr_courier_join(struct tr *tr, struct ctl *ctl);

/* So much is done: a sign of life, told for every MiB. 0 or -errno. */
int tr_courier_say(struct tr *tr, uint64_t done_bytes);

/* All is done that will be; with `fd` unless it is -1. */
int tr_courier_end(struct tr *tr, uint64_t done_bytes, int fd);

/*
 * Waits for the other's end of work; what it says on the way, and it must get
 * on, goes to *follow, or counts as a beat if that is NULL. Words beyond `most`
 * are refused. *fd, unless NULL, becomes the descriptor that came.
 */
int tr_courier_hear(struct tr *tr, uint64_t most, _Atomic uint64_t *follow,
		    uint64_t *done_bytes, int *fd);

/*
 * For a file that came: a regular one, readable (O_RDONLY); or (O_RDWR) one
 * made for this copy: readable, writable, our user's and of `len` bytes.
 */
int tr_courier_check_file(struct tr *tr, const char *what, int fd, uint64_t len,
			  int access);

#endif
