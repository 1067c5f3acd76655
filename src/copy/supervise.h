/* The supervisor: watches the workers of a session and ends every wait. */
#ifndef COPY_SUPERVISE_H
#define COPY_SUPERVISE_H

#include <sys/types.h>

#include "copy/side.h"

struct worker {
	pid_t pid; /* 0: this side is not ours */
	int pidfd;
	bool ended;
	bool killed;       /* by us, after it had been asked to stop in vain */
	bool ended_itself; /* before we asked it to stop, or not of that */
	int status;        /* as from waitpid, once ended */
	struct copy_side *side;
};

struct watch {
	const struct copy_job *job;
	struct worker worker[COPY_ROLES];
	int ctl_fd; /* of serve and fetch: tells of the peer's death */
	bool forced;
	struct err *err;
};

/*
 * Until both have ended, which it sees to. 0 if they ended well, else -errno
 * with the reason; -EINTR when this process was asked to stop.
 */
int supervise(struct watch *w);

#endif
