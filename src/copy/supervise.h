/* The supervisor: watches the workers of pairs and ends every wait. */
#ifndef COPY_SUPERVISE_H
#define COPY_SUPERVISE_H

#include <sys/types.h>

#include "copy/side.h"

struct worker {
	pid_t pid; /* 0: this side is not ours */
	int pidfd;
	int line_fd;   /* -1 once it has nothing more to say */
	unsigned said; /* how often it has waited for us */
	bool ended;
	bool killed;       /* by us, after it had been asked to stop in vain */
	bool ended_itself; /* before we asked it to stop, or not of that */
	int status;        /* as from waitpid, once ended */
	struct copy_side *side;
};

/* While it is being supervised. */
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
	int ctl_fd;   /* of serve and fetch: tells of the peer's death */
	unsigned due; /* how often each worker is to have waited */
	bool to_end;  /* not that: until they have ended */
	bool dragged; /* stopped because another failed */
	bool forced;
	struct watch_state state;
	struct err *err;
};

#define for_each_worker(w, k) \
	for (struct worker *k = (w)->worker; k < (w)->worker + COPY_ROLES; k++)

bool watch_runs(const struct worker *k);
/*
 * Whether it has waited as often as is due; whether it ended before, or badly.
 */
bool watch_heard(const struct watch *w, const struct worker *k);
bool watch_failed(const struct watch *w, const struct worker *k);

/*
 * Whether the reason in w->err is none of its own: where this process was asked
 * to stop, that is the reason. Whether a worker or the other side was told to.
 */
bool watch_may_follow_a_stop(struct watch *w);
bool watch_was_told(struct watch *w);

/* The reason, in w->err: no progress; the worker that knows best. */
int watch_say_stall(struct watch *w);
int watch_say_failure(struct watch *w);

void watch_init(struct watch *w, const struct copy_job *job, struct err *err);
/* Lets go of its descriptors; the workers stay. */
void watch_close(struct watch *w);

/*
 * Until all have done what is due; if one does not, all end, which it sees to.
 * Those that failed have the reason in w->err, -EINTR when this process was
 * asked to stop.
 */
void supervise(struct watch *const *w, int n);

#endif
