/*
 * The control socket: typed messages between two sides, with descriptors.
 *
 * No payload passes here. Whatever arrives may come from a hostile process of
 * the same user: sizes and types are checked, surplus descriptors are closed.
 */
#ifndef BASE_CTL_H
#define BASE_CTL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CTL_VERSION  2
#define CTL_NAME_MAX 128

/* The messages of this module; a session's own messages have other numbers. */
enum {
	CTL_ITEM = 3,   /* one name or descriptor, see ctl_give */
	CTL_ALIVE = 7,  /* the sender still works, and has done so many bytes */
	CTL_ERROR = 10, /* the sender gave up, and why */
};

struct ctl {
	int fd;
	struct err *err;
	int patience_ms;    /* longest wait for the next message */
	const char *peer;   /* "the server" or "the client", for messages */
	uint64_t alive;     /* bytes done, by the peer's last CTL_ALIVE */
	uint64_t alive_max; /* the largest number that it may report */
	_Atomic uint64_t *beats; /* counts these reports; optional */
};

/* A connected pair, close-on-exec. 0 or -errno. */
int ctl_pair(int fd[2], struct err *e);

/* Sends one message, with `fd` unless it is -1. 0 or -errno. */
int ctl_send(struct ctl *c, unsigned int type, const void *body, size_t len,
	     int fd);

/*
 * Receives a message of that type and length. *fd_out becomes -1 if no
 * descriptor came. -EPIPE: the peer is gone; -ETIMEDOUT; -EPROTO: it sent
 * something else; any other code: the peer's own error, with its words in
 * c->err.
 */
int ctl_recv(struct ctl *c, unsigned int type, void *body, size_t len,
	     int *fd_out);

/*
 * For a side whose channel failed: the peer's reason, if the peer sent one
 * before it left or sends one within wait_ms. 0: it sent none.
 */
int ctl_last_words(struct ctl *c, int wait_ms);

/* For mechanisms: a name and perhaps a descriptor, one message each. */
int ctl_give(struct ctl *c, const char *name, int fd);
int ctl_take(struct ctl *c, char name[CTL_NAME_MAX], int *fd);

/* Tells the peer why this side gives up. Never waits; it may fail. */
void ctl_say_error(struct ctl *c, const struct err *why);

/*
 * Reports that work continues. It counts as progress only if `done_bytes` has
 * grown by a MiB.
 */
void ctl_say_alive(struct ctl *c, uint64_t done_bytes);

#endif
