/*
 * One side of a pair, in a process of its own, from the first word to the last.
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
	bool once;   /* a single transfer, with which the channel ends */
	int line_fd; /* to the supervisor, see below */
	struct copy_gate *gate;
	struct copy_side *side;
	const struct copy_side *other; /* where one supervisor has both */
	struct ctl ctl;
	struct tr *tr;   /* server to client */
	struct tr *back; /* of a pingpong: client to server; else NULL */
	/* of a file */
	struct input *in;
	struct output *out;
	struct offer offer; /* of the transfer that is due or under way */
	struct hash *hash;  /* taken in passing, NULL: read again afterwards */
	/* of messages, one way and the other */
	struct copy_load how_back;
	struct load there, home;
};

/*
 * The line between a supervisor and its workers. A worker says one byte each
 * time it waits for a transfer, and after its only one. The server is told
 * whether there is another; the client hears that from the server.
 */
enum { LINE_WAITING = '.', LINE_GO = 'g', LINE_END = 'e' };

/* A side's steps, by its role and by what is moved. All are 0 or -errno. */
struct part {
	int (*join)(struct work *w);  /* handshake, up to the start line */
	int (*again)(struct work *w); /* before each transfer, unless once */
	int (*move)(struct work *w);  /* from start line to last byte */
	/* No more will come, nothing more has come. */
	int (*end)(struct work *w);
	int (*judge)(struct work *w); /* what was moved, by both sides */
};

extern const struct part file_server, file_client;
extern const struct part load_server, load_client;

/* In a fresh worker: signals, CPU, and what to do if a region is cut short. */
int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side);

/* 0, or -errno with the reason in w->side->err. */
int worker_run(struct work *w);

/* For a channel of this side: where its hooks report and count. */
void worker_watch(struct work *w, struct tr *tr);

/*
 * For the channel from server to client, before its first message: the extra
 * work that the job asks of this side. 0 or -errno, as above.
 */
int worker_dose(struct work *w);

#endif
