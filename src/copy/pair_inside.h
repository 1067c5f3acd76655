/* The inside of a pair, for the files of copy/ that make pairs. */
#ifndef COPY_PAIR_INSIDE_H
#define COPY_PAIR_INSIDE_H

#include "base/lease.h"
#include "copy/gate.h"
#include "copy/input.h"
#include "copy/output.h"
#include "copy/pair.h"
#include "copy/supervise.h"

struct copy_pair {
	struct copy_pair *next; /* next pair of this process */
	struct copy_job job;
	bool once; /* a single transfer, after which it ends by itself */
	struct watch watch;
	struct err why;         /* the first failure */
	struct copy_side *side; /* COPY_ROLES of them, shared with workers */
	struct copy_gate *gate;
	struct lease lease;
	struct tr tr;
	struct tr back; /* only for a pingpong */
	struct input in;
	struct output out;
	int ctl[COPY_ROLES];  /* each side's end of the control socket */
	int line[COPY_ROLES]; /* and of its line to the supervisor */
	int gate_fd[2];       /* workers wait here for the tracer */
	pid_t tracer;
};

/*
 * The steps of setting up a pair. All but the first leave the reason of a
 * failure in p->why. After any of them pair_finish() ends the pair.
 */
struct copy_pair *pair_new(const struct copy_job *job, bool once,
			   struct err *e);
int pair_make_channel(struct copy_pair *p);
int pair_start(struct copy_pair *p, bool server, bool client);

/*
 * Ends and frees the pair. After a failure `rc` it copies the reason to `e`.
 * Returns rc. It sets out->forced in any case.
 */
int pair_finish(struct copy_pair *p, int rc, struct copy_outcome *out,
		struct err *e);

/* The outcome of its last transfer. */
void pair_outcome(const struct copy_pair *p, struct copy_outcome *o);

#endif
