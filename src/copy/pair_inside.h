/* The inside of a pair, only for files of copy/ that make pairs. */
#ifndef COPY_PAIR_INSIDE_H
#define COPY_PAIR_INSIDE_H

#include "base/lease.h"
#include "copy/gate.h"
#include "copy/input.h"
#include "copy/meet.h"
#include "copy/output.h"
#include "copy/pair.h"
#include "copy/supervise.h"

struct copy_pair {
	struct copy_pair *next; /* next pair of this process */
	struct copy_job job;
	struct meet *meet; /* the name of this server; NULL: none */
	bool once;         /* after a single transfer the pair ends by itself */
	struct watch watch;
	struct err why;         /* the first failure */
	struct copy_side *side; /* one for each role, shared with workers */
	struct copy_gate *gate;
	struct lease lease;
	struct tr tr;
	struct tr back;   /* only for a pingpong */
	struct tr second; /* only for DOSE_PASSES */
	struct input in;
	struct output out;
	int ctl[COPY_ROLES];  /* each side's end of the control socket */
	int line[COPY_ROLES]; /* each side's socket to its supervisor */
	int gate_fd[2];       /* workers wait here for the tracer */
	pid_t tracer;
	void *crossings; /* memory of both sides, see dose_shared_bytes */
	size_t crossing_bytes;
};

/*
 * The steps of setting up a pair. If pair_new fails, the reason is in `e`. If
 * another step fails, the reason is in p->why. After any step pair_finish() can
 * end the pair.
 */
struct copy_pair *pair_new(const struct copy_job *job, bool once,
			   struct err *e);
int pair_make_channel(struct copy_pair *p);
int pair_start(struct copy_pair *p, bool server, bool client);

/*
 * Ends and frees the pair. `rc` is the result of the last step. If it is a
 * failure, the reason is copied to `e`. Returns rc; 0 if the copy was made all
 * the same. Sets out->forced in any case.
 */
int pair_finish(struct copy_pair *p, int rc, struct copy_outcome *out,
		struct err *e);

/* Makes the outcome of the pair's last transfer. */
void pair_outcome(const struct copy_pair *p, struct copy_outcome *o);

#endif
