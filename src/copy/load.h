/* The loops of what is measured without files, the same for every mechanism. */
#ifndef COPY_LOAD_H
#define COPY_LOAD_H

#include "copy/side.h"

/* Messages of one way, and where in their row the next one is. */
struct load {
	const struct copy_load *how;
	struct tr *tr;
	struct copy_side *side;
	uint64_t next;  /* number of the next message */
	uint64_t bytes; /* moved so far, this way */
	uint64_t wrong; /* not 0 once something else arrived than was sent */
};

/* Server and client of a stream: n messages. 0 or -errno. */
int load_send(struct load *l, uint64_t n);
int load_receive(struct load *l, uint64_t n);

/*
 * Server: n messages out and back, each trip's time into `trips` unless NULL.
 */
int load_trips(struct load *out, struct load *back, uint64_t n,
	       struct histogram *trips);
/* Client: n messages in and back. */
int load_echo(struct load *in, struct load *back, uint64_t n);

/* That what has come is what was sent; that nothing more comes. */
int load_right(const struct load *l);
int load_ended(struct load *l);

/* Client: all of a file that begins with that word, read and nothing else. */
int load_swallow(struct tr *tr, struct copy_side *side, uint64_t first);

/* For a workload or sink that this mechanism cannot serve: -EINVAL and why. */
int load_check(const struct copy_load *how, const struct tr_spec *spec,
	       struct err *e);

#endif
