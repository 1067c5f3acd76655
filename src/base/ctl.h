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

/* Its own messages; those of a session have other numbers. */
enum {
	CTL_ITEM = 3,   /* one name or descriptor, see ctl_give */
	CTL_ALIVE = 7,  /* still working, so many bytes done */
	CTL_ERROR = 10, /* gave up, and why */
};

struct ctl {
	int fd;
	struct err *err;
	int patience_ms;    /* longest wait for the next message */
	const char *peer;   /* "the server" or "the client", for messages */
	uint64_t alive;     /* the peer's last word in CTL_ALIVE */
	uint64_t alive_max; /* and the most it can have to say */
	_Atomic uint64_t *beats; /* counts those; optional */
};

/* A connected pair, close-on-exec. 0 or -errno. */
int ctl_pair(int fd[2], struct err *e);

/* Sends one message, with `fd` unless it is -1. 0 or -errno. */
int ctl_send(struct ctl *c, unsigned int type, const void *body, size_t len,
	     int fd);

/*
 * Receives a message of that type and length; *fd_out becomes -1 where none
 * came. -EPIPE: the peer is gone; -ETIMEDOUT; -EPROTO: it sent something else;
 * any other code: the peer's own error, its words in c->err.
 */
int ctl_recv(struct ctl *c, unsigned int type, void *body, size_t len,
	     int *fd_out);

/*
 * For one that failed on the channel: the peer's reason, if it sent one before
 * it left or within wait_ms. 0 if it said nothing.
 */
int ctl_last_words(struct ctl *c, int wait_ms);

/* For mechanisms: a name and perhaps a descriptor, one message each. */
int ctl_give(struct ctl *c, const char *name, int fd);
int ctl_take(struct ctl *c, char name[CTL_NAME_MAX], int *fd);

/* Tells the peer why we give up; best effort, never waits. */
void ctl_say_error(struct ctl *c, const struct err *why);

/* Says that work goes on; `done_bytes` must grow by a MiB to count. */
void ctl_say_alive(struct ctl *c, uint64_t done_bytes);

#endif
