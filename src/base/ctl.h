/*
 * The control socket: typed messages between two sides, with descriptors.
 *
 * No payload passes through it. A message may come from a hostile process of
 * the same user. So sizes and types are checked, and surplus descriptors are
 * closed.
 */
#ifndef BASE_CTL_H
#define BASE_CTL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CTL_VERSION  2
#define CTL_NAME_MAX 128

/*
 * Types of messages that this module sends. The types of a session have other
 * numbers (copy/messages.h).
 */
enum {
	CTL_ITEM = 3,   /* from ctl_give: a name, and perhaps a descriptor */
	CTL_ALIVE = 7,  /* the sender still works; how many bytes are done */
	CTL_ERROR = 10, /* the sender gave up; with the reason */
};

struct ctl {
	int fd;
	struct err *err;
	int patience_ms;    /* longest wait for a message or progress */
	const char *peer;   /* "the server" or "the client", for error texts */
	uint64_t alive;     /* bytes done, by the last CTL_ALIVE that counted */
	uint64_t alive_max; /* the most bytes that the peer may report */
	_Atomic uint64_t *beats; /* counts reports with progress; optional */
};

/* Makes a connected pair of sockets, close-on-exec. 0 or -errno. */
int ctl_pair(int fd[2], struct err *e);

/* Sends one message, and with it `fd` unless `fd` is -1. 0 or -errno. */
int ctl_send(struct ctl *c, unsigned int type, const void *body, size_t len,
	     int fd);

/*
 * Receives a message of that type and length. *fd_out becomes -1 if no
 * descriptor came. Returns 0 or -errno. -EPIPE: the peer is gone. -ETIMEDOUT:
 * for patience_ms neither a message nor a report of progress came. -EPROTO: the
 * peer sent something else. -ECANCELED: this process was asked to stop. If the
 * peer reported an error, the result is -errno of that error, and c->err has
 * the peer's words.
 */
int ctl_recv(struct ctl *c, unsigned int type, void *body, size_t len,
	     int *fd_out);

/*
 * Reads the peer's report of an error, and waits up to wait_ms for it. Returns
 * 0 if there is none, else -errno with the peer's reason in c->err; -EPIPE if
 * the peer is gone and left no report.
 */
int ctl_last_words(struct ctl *c, int wait_ms);

/* For mechanisms: send or receive a name and perhaps a descriptor. */
int ctl_give(struct ctl *c, const char *name, int fd);
int ctl_take(struct ctl *c, char name[CTL_NAME_MAX], int *fd);

/*
 * Tells the peer why this side gives up. Does not wait: if the socket is full,
 * the peer is not told.
 */
void ctl_say_error(struct ctl *c, const struct err *why);

/*
 * Reports that this side still works. The peer counts the report as progress
 * only if `done_bytes` has grown by 1 MiB or more since the last report that it
 * counted. If the peer has left many messages unread, nothing is sent, so that
 * the next message has room.
 */
void ctl_say_alive(struct ctl *c, uint64_t done_bytes);

#endif
