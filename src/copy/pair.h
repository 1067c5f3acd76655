/*
 * A pair: a server and a client that stay connected from one transfer to the
 * next. It is set up once; each transfer has figures of its own.
 *
 * All ints are 0 or -errno with the reason in `e`, as of copy_run().
 */
#ifndef COPY_PAIR_H
#define COPY_PAIR_H

#include "copy/session.h"

/* So many transfer side by side at most. */
#define COPY_PAIRS_MAX 64

struct copy_pair;

/*
 * Forks both sides and joins them; returns when both wait for their first start
 * line. The caller is their supervisor, and may have other pairs. The files are
 * regular ones; `new` makes one without a name for each transfer, and none is
 * put in place. The strings and job->trips must outlive the pair.
 */
int copy_pair_open(const struct copy_job *job, struct copy_pair **pair,
		   struct err *e);

/* Whether contents are verified from now on, where the job asks for it. */
void copy_pair_verify(struct copy_pair *p, bool on);

/*
 * One transfer: the input from its start as it is now, the next messages of a
 * stream; job->trips has this one's only. After a failure the pair is only fit
 * to be closed.
 */
int copy_pair_transfer(struct copy_pair *p, struct copy_outcome *out,
		       struct err *e);

/* n pairs side by side from a common start line. If one fails, all end. */
int copy_pairs_transfer(struct copy_pair *const *p, int n,
			struct copy_outcome *out, struct err *e);

/*
 * Lets both sides end and frees the pair, whatever has become of it; NULL is
 * none. 0, or -errno: more was in the channel than was transferred, or a side
 * did not end well.
 */
int copy_pair_close(struct copy_pair *p);

#endif
