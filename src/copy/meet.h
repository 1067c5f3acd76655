/* Where a server and a client that were started by hand meet: by a name. */
#ifndef COPY_MEET_H
#define COPY_MEET_H

#include "base/err.h"
#include "base/lease.h"

struct meet {
	int listen_fd;
	int lock_fd; /* locked as long as the server lives */
	char path[108], lock[120];
	struct lease lease;
};

#define MEET_INIT                                                   \
	{                                                           \
		.listen_fd = -1, .lock_fd = -1, .lease = LEASE_INIT \
	}

/* Takes the name. What a killed server left is replaced; a live one stays. */
int meet_open(struct meet *m, const char *name, struct err *e);

/* The next client of the same user; -ETIMEDOUT, -EINTR on stop. */
int meet_accept(struct meet *m, int wait_ms, struct err *e);

/* Whether meet_connect will have to wait for a server of that name. */
bool meet_awaits(const char *name);

/* Connects to a server of that name, waiting for it to appear. */
int meet_connect(const char *name, int wait_ms, struct err *e);

/* Gives the name up. Twice is harmless. */
void meet_close(struct meet *m);

#endif
