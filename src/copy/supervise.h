/* The supervisor: it watches the workers of pairs and ends every wait. */
#ifndef COPY_SUPERVISE_H
#define COPY_SUPERVISE_H

#include <sys/types.h>

#include "copy/side.h"

struct worker {
	pid_t pid; /* 0: another program runs this side */
	int pidfd;
	int line_fd;   /* -1 once it reports no more */
	unsigned said; /* how often it has reported that it waits */
	bool ended;
	/* killed by us, because it did not stop when it was asked to */
	bool killed;
	/* before we asked it to stop, or for another reason */
	bool ended_itself;
	int status; /* as from waitpid, once ended */
	struct copy_side *side;
};

/* Used while a pair is supervised. */
struct watch_state {
	int reason;       /* why we are ending it, 0 while all is well */
	int64_t stop_ns;  /* when we began to */
	uint64_t life;    /* sum of everything that moves */
	int64_t moved_ns; /* when it last did */
	bool had_failed;  /* before we began */
};

struct watch {
	const struct copy_job *job;
	struct worker worker[COPY_ROLES];
	int ctl_fd;   /* serve and fetch: shows that the peer has died */
	unsigned due; /* how often each worker must have reported */
	bool to_end;  /* wait until they have ended instead */
	bool dragged; /* stopped because another pair failed */
	bool forced;
	struct watch_state state;
	struct err *err;
};

#define for_each_worker(w, k) \
	for (struct worker *k = (w)->worker; k < (w)->worker + COPY_ROLES; k++)

bool watch_runs(const struct worker *k);
/*
 * Whether the worker has reported as often as it must; whether it ended before
 * that, or badly.
 */
bool watch_heard(const struct watch *w, const struct worker *k);
bool watch_failed(const struct watch *w, const struct worker *k);

/*
 * Whether a stop request may have caused the error in w->err: it says that a
 * side stopped, left or was silent, and no worker was killed. Whether a worker
 * or the other side says that it was asked to stop.
 */
bool watch_may_follow_a_stop(struct watch *w);
bool watch_was_told(struct watch *w);

/*
 * Puts the reason into w->err: there was no progress; the worker that knows
 * best says why.
 */
int watch_say_stall(struct watch *w);
int watch_say_failure(struct watch *w);

void watch_init(struct watch *w, const struct copy_job *job, struct err *err);
/* Closes its descriptors. The workers continue. */
void watch_close(struct watch *w);

/*
 * Waits until all workers have done what they must. If one of them fails, it
 * ends all of them. Pairs that failed have the reason in w->err. -EINTR there
 * means that this process was asked to stop.
 */
void supervise(struct watch *const *w, int n);

#endif
