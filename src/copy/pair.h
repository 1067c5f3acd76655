/*
 * A pair: a server and a client that stay connected from one transfer to the
 * next. It is set up only once, and each transfer has results of its own.
 *
 * All int functions return 0 or -errno, and those that have an `e` put the
 * reason there, as copy_run() does.
 */
#ifndef COPY_PAIR_H
#define COPY_PAIR_H

#include "copy/session.h"

/* The largest number of pairs that transfer side by side. */
#define COPY_PAIRS_MAX 64

struct copy_pair;

/*
 * Forks both sides and connects them. Returns when both wait for their first
 * start line. The caller is their supervisor and may have other pairs. Files
 * must be regular ones. With the sink `new`, each transfer writes a new file,
 * which is never put in place. The strings and job->trips must outlive the
 * pair.
 */
int copy_pair_open(const struct copy_job *job, struct copy_pair **pair,
		   struct err *e);

/* Switches verification on or off from now on, if the job has verification. */
void copy_pair_verify(struct copy_pair *p, bool on);

/*
 * Makes one transfer: of the input file from its start, as the file is now, or
 * of the next messages. job->trips is then about this transfer only. After a
 * failure the pair can only be closed.
 */
int copy_pair_transfer(struct copy_pair *p, struct copy_outcome *out,
		       struct err *e);

/*
 * Makes n pairs transfer side by side from a common start line. If one pair
 * fails, all of them end.
 */
int copy_pairs_transfer(struct copy_pair *const *p, int n,
			struct copy_outcome *out, struct err *e);

/*
 * Lets both sides end, and frees the pair in any case. `p` may be NULL. 0, or
 * -errno: the channel held more bytes than were transferred, or a side did not
 * end well. A failure before the end does not count.
 */
int copy_pair_close(struct copy_pair *p);

#endif
