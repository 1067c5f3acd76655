/*
 * A courier is a socket of the mechanism itself, for controls and for
 * mechanisms that pass the descriptor of a file. It carries that descriptor
 * (but not for controls), and reports of the side that works to the side that
 * waits: that it has ended, and usually its progress. No payload goes through
 * it.
 */
#ifndef TRANSPORT_COURIER_H
#define TRANSPORT_COURIER_H

#include "transport/transport.h"

/* The priv of a mechanism that has a courier. */
struct courier {
	uint64_t said; /* bytes done, as last reported to the other side */
};

/* Hooks. The server's end is fd[TR_WRITE_END], the client's fd[TR_READ_END]. */
int tr_courier_create(struct tr *tr);
int tr_courier_join(struct tr *tr, struct ctl *ctl);

/*
 * Reports that `done_bytes` bytes are done, but at most once for each MiB.
 * Returns 0 or -errno.
 */
int tr_courier_say(struct tr *tr, uint64_t done_bytes);

/* Reports the end of the work, and sends `fd` unless it is -1. */
int tr_courier_end(struct tr *tr, uint64_t done_bytes, int fd);

/*
 * Waits until the other side reports the end of its work. Its earlier reports
 * must show progress. *follow becomes the number of bytes done; if `follow` is
 * NULL, each report counts as a sign of life of this side. A report of more
 * than `most` bytes is refused. If `fd` is not NULL, *fd becomes the descriptor
 * that came.
 */
int tr_courier_hear(struct tr *tr, uint64_t most, _Atomic uint64_t *follow,
		    uint64_t *done_bytes, int *fd);

/*
 * Checks a file that came from the other side. It must be a regular file. If
 * `access` is O_RDONLY, the descriptor must allow reading. If `access` is
 * O_RDWR, the file must be one made for this copy: the descriptor allows
 * reading and writing, and the file belongs to our user and has `len` bytes.
 */
int tr_courier_check_file(struct tr *tr, const char *what, int fd, uint64_t len,
			  int access);

#endif
