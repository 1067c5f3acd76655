/* Lets a server and a client that were started separately meet at a name. */
#ifndef COPY_MEET_H
#define COPY_MEET_H

#include "base/err.h"
#include "base/lease.h"

struct meet {
	int listen_fd;
	int lock_fd; /* locked while the server lives */
	char path[108], lock[120];
	struct lease lease;
};

#define MEET_INIT                                                   \
	{                                                           \
		.listen_fd = -1, .lock_fd = -1, .lease = LEASE_INIT \
	}

/*
 * Takes the name. Replaces what a killed server left there. Refuses the name of
 * a live server.
 */
int meet_open(struct meet *m, const char *name, struct err *e);

/*
 * Waits for the next client. Returns its socket. -ETIMEDOUT: none came.
 * -EACCES: a client of another user came. -EINTR: this process was asked to
 * stop.
 */
int meet_accept(struct meet *m, int wait_ms, struct err *e);

/* True if there is no socket of that name, so that meet_connect has to wait. */
bool meet_awaits(const char *name);

/* Connects to the server of that name, and waits up to wait_ms for it. */
int meet_connect(const char *name, int wait_ms, struct err *e);

/*
 * For a forked process: leaves the name to its parent. Otherwise the parent
 * could not remove the name as long as this process, or one that it forks,
 * lives.
 */
void meet_leave(struct meet *m);

/* Gives the name up. Calling it twice is harmless. */
void meet_close(struct meet *m);

#endif
