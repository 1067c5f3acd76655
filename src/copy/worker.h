/*
 * One side of a pair, in a process of its own, from its first message to its
 * last.
 */
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
	bool once;   /* a single transfer, after which the channel ends */
	int line_fd; /* to the supervisor, see below */
	struct copy_gate *gate;
	struct copy_side *side;
	/* the other side, if one supervisor has both */
	const struct copy_side *other;
	struct ctl ctl;
	struct tr *tr;   /* server to client */
	struct tr *back; /* only for a pingpong: client to server; else NULL */
	/* for a file */
	struct input *in;
	struct output *out;
	struct offer offer; /* of the next or the current transfer */
	/* computed while bytes pass; NULL: the file is read again afterwards */
	struct hash *hash;
	/* for messages, in each direction */
	struct copy_load how_back;
	struct load there, home;
};

/*
 * The socket between a supervisor and each of its workers. A worker sends one
 * byte each time it waits for a transfer, and after a single transfer. The
 * supervisor tells the server whether there is another transfer, and the server
 * tells the client.
 */
enum { LINE_WAITING = '.', LINE_GO = 'g', LINE_END = 'e' };

/*
 * The steps of a side, by its role and by what is moved. All return 0 or
 * -errno.
 */
struct part {
	int (*join)(struct work *w); /* the handshake, up to the start line */
	/* before each transfer, unless it is the only one */
	int (*again)(struct work *w);
	int (*move)(struct work *w); /* from start line to last byte */
	/* Ends the channel; checks that nothing more has come. */
	int (*end)(struct work *w);
	int (*judge)(struct work *w); /* checks what was moved, on both sides */
};

extern const struct part file_server, file_client;
extern const struct part load_server, load_client;

/*
 * Called in a new worker: sets signals and CPU, and what happens if a region is
 * cut short.
 */
int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side);

/* 0, or -errno with the reason in w->side->err. */
int worker_run(struct work *w);

/* Tells a channel of this side where its hooks report and count. */
void worker_watch(struct work *w, struct tr *tr);

/*
 * Adds the extra work that the job asks of this side to the channel from server
 * to client, before its first message. 0 or -errno, as above.
 */
int worker_dose(struct work *w);

#endif
