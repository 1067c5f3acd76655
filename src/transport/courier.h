/*
 * A socket of the mechanism itself, for mechanisms that pass the descriptor of
 * a file. It carries that descriptor. The side that works also tells the
 * waiting side through it how far it is. No payload goes through it.
 */
#ifndef TRANSPORT_COURIER_H
#define TRANSPORT_COURIER_H

#include "transport/transport.h"

/* The priv of these mechanisms. */
struct courier {
	uint64_t said; /* progress reported to the other side */
};

/* Hooks; the server's end is fd[TR_WRITE_END], the client's the other. */
int tr_courier_create(struct tr *tr);
int tr_courier_join(struct tr *tr, struct ctl *ctl);

/* Reports that so many bytes are done. Sent once for every MiB. 0 or -errno. */
int tr_courier_say(struct tr *tr, uint64_t done_bytes);

/* Reports the end of the work, with `fd` unless it is -1. */
int tr_courier_end(struct tr *tr, uint64_t done_bytes, int fd);

/*
 * Waits until the other side has ended its work. On the way that side must
 * report progress. The progress goes to *follow; if that is NULL, each report
 * counts as a beat. A report of more than `most` bytes is refused. If `fd` is
 * not NULL, *fd becomes the descriptor that came.
 */
int tr_courier_hear(struct tr *tr, uint64_t most, _Atomic uint64_t *follow,
		    uint64_t *done_bytes, int *fd);

/*
 * Checks a file that came from the other side. With O_RDONLY: a regular file
 * that can be read. With O_RDWR: a file made for this copy, which can be read
 * and written, belongs to our user and has `len` bytes.
 */
int tr_courier_check_file(struct tr *tr, const char *what, int fd, uint64_t len,
			  int access);

#endif
