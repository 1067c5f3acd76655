/* A worker: one side of a pair, in a process of its own. */
#ifndef COPY_WORKER_H
#define COPY_WORKER_H

#include "base/hash.h"
#include "copy/gate.h"
#include "copy/input.h"
#include "copy/load.h"
#include "copy/offer.h"
#include "copy/output.h"
#include "copy/side.h"

struct work {
	const struct copy_job *job;
	enum copy_role role;
	bool once;   /* the channel ends after a single transfer */
	int line_fd; /* socket to the supervisor, see below */
	struct copy_gate *gate;
	struct copy_side *side;
	/*
	 * The other side's notes, never NULL. If another supervisor has the
	 * other side, nobody writes them, and their `cpu` stays -1.
	 */
	const struct copy_side *other;
	struct ctl ctl;
	struct tr *tr;     /* server to client */
	struct tr *second; /* for DOSE_PASSES (dose_pass.h), else NULL */
	void *crossings;   /* memory of both sides, see dose_shared_bytes */
	struct tr *back; /* only for a pingpong: client to server; else NULL */
	/* for a file */
	struct input *in;
	struct output *out;
	struct offer offer; /* of the next or the present transfer */
	/* computed while bytes pass; NULL: the file is read back, if at all */
	struct hash *hash;
	/* for messages, in each direction */
	struct copy_load how_back;
	struct load there, home;
};

/*
 * Words on the socket between a supervisor and each of its workers. A worker
 * sends LINE_WAITING each time it waits for a transfer. In a pair that makes
 * only one transfer, it sends LINE_WAITING after this transfer, too. The
 * supervisor tells the server whether there is another transfer (LINE_GO,
 * LINE_END), and the server tells the client.
 */
enum { LINE_WAITING = '.', LINE_GO = 'g', LINE_END = 'e' };

/*
 * The steps of a worker that depend on its side and on the workload. All return
 * 0 or -errno.
 */
struct part {
	int (*join)(struct work *w); /* the handshake, up to the start line */
	/* before each transfer, unless it is the only one */
	int (*again)(struct work *w);
	int (*move)(struct work *w); /* from start line to last byte */
	/* Ends the channel, and checks that nothing more has come. */
	int (*end)(struct work *w);
	int (*judge)(struct work *w); /* checks what was moved, on both sides */
};

extern const struct part file_server, file_client;
extern const struct part load_server, load_client;

/*
 * Called in a new worker: sets its name, signals and CPU. Handlers of signals
 * will report a region or file that is cut short while it is mapped.
 */
int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side);

/* Does the work of the worker. 0, or -errno with the reason in w->side->err. */
int worker_run(struct work *w);

/* Tells the hooks of `tr` where to record failures and to count bytes. */
void worker_watch(struct work *w, struct tr *tr);

/*
 * Adds the job's extra work for this side to the channel from server to client.
 * Call it before the first message. 0, or -errno with the reason in
 * w->side->err.
 */
int worker_dose(struct work *w);

/*
 * The handshake of a channel: the side that will send calls worker_be_joined,
 * and the side that will receive calls worker_join.
 */
int worker_be_joined(struct work *w, struct tr *tr);
int worker_join(struct work *w, struct tr *tr);

/* The handshake of the second channel (w->second), if there is one. */
int worker_join_second(struct work *w);

#endif
