/*
 * The supervisor watches the workers of pairs, so that no side waits for ever.
 */
#ifndef COPY_SUPERVISE_H
#define COPY_SUPERVISE_H

#include <sys/types.h>

#include "copy/side.h"

struct worker {
	pid_t pid; /* 0: another program runs this side */
	int pidfd;
	int line_fd;   /* -1: no more reports can come */
	unsigned said; /* number of LINE_WAITING that it has sent */
	bool ended;
	/* we killed it, because it did not stop when asked to */
	bool killed;
	/* it ended before we asked it to, or died of a signal not from us */
	bool ended_itself;
	int status; /* from waitpid, once it has ended */
	struct copy_side *side;
};

/* Used while a pair is supervised. */
struct watch_state {
	int reason;       /* why we end the pair; 0: all is well */
	int64_t stop_ns;  /* when we began to end it */
	uint64_t life;    /* sum of all signs of life */
	int64_t moved_ns; /* when `life` last changed */
	bool had_failed;  /* the pair had failed before the watch began */
};

struct watch {
	const struct copy_job *job;
	struct worker worker[COPY_ROLES];
	int ctl_fd;   /* serve and fetch: shows that the peer has died */
	unsigned due; /* number of LINE_WAITING each worker must have sent */
	bool to_end;  /* wait for the ends of the workers, not for reports */
	bool dragged; /* ended because another pair failed */
	bool forced;
	struct watch_state state;
	struct err *err;
};

#define for_each_worker(w, k) \
	for (struct worker *k = (w)->worker; k < (w)->worker + COPY_ROLES; k++)

bool watch_runs(const struct worker *k);
/*
 * watch_heard: true if the worker has reported as often as it must, or need not
 * report. watch_failed: true if the worker has ended badly, or has ended before
 * it reported.
 */
bool watch_heard(const struct watch *w, const struct worker *k);
bool watch_failed(const struct watch *w, const struct worker *k);

/*
 * watch_may_follow_a_stop: true if a request to stop may have caused the error
 * in w->err: the error says that a side stopped, left or was silent, and no
 * worker died of a signal that this program did not send. watch_was_told: true
 * if a worker or the other side says that it was asked to stop.
 */
bool watch_may_follow_a_stop(struct watch *w);
bool watch_was_told(struct watch *w);

/*
 * Record the reason in w->err. watch_say_stall records that there was no
 * progress. watch_say_failure records the error of the worker that knows the
 * reason best.
 */
int watch_say_stall(struct watch *w);
int watch_say_failure(struct watch *w);

void watch_init(struct watch *w, const struct copy_job *job, struct err *err);
/* Closes the descriptors of the watch. The workers continue. */
void watch_close(struct watch *w);

/*
 * Waits until all workers have reported, or ended, as each watch says. If one
 * of them fails, all workers are ended. If a pair failed, the reason is in its
 * w->err; EINTR there means that this process was asked to stop.
 */
void supervise(struct watch *const *w, int n);

#endif
