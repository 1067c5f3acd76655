/*
 * The loops of workloads without files and of the sink `null`, the same for
 * each mechanism.
 */
#ifndef COPY_LOAD_H
#define COPY_LOAD_H

#include "copy/side.h"

/* The messages in one direction. */
struct load {
	const struct copy_load *how;
	struct tr *tr;
	struct copy_side *side;
	uint64_t next;  /* number of the next message */
	uint64_t bytes; /* moved so far in this direction */
	uint64_t wrong; /* not 0 if wrong bytes arrived */
};

/* For a stream: sends, or receives, n messages. 0 or -errno. */
int load_send(struct load *l, uint64_t n);
int load_receive(struct load *l, uint64_t n);

/*
 * Server: sends n messages, and receives the answer to each before it sends the
 * next. The time of each trip goes into `trips` unless that is NULL.
 */
int load_trips(struct load *out, struct load *back, uint64_t n,
	       struct histogram *trips);
/* Client: receives n messages and answers each. */
int load_echo(struct load *in, struct load *back, uint64_t n);

/* Check that the right bytes came, and that nothing more comes. */
int load_right(const struct load *l);
int load_ended(struct load *l);

/*
 * Client: receives a file whose contents begin with the word `first`
 * (copy/pattern.h), and compares every byte without writing it.
 */
int load_swallow(struct tr *tr, struct copy_side *side, uint64_t first);

/*
 * Refuses a workload or sink that this mechanism cannot serve: -EINVAL, with
 * the reason in `e`.
 */
int load_check(const struct copy_load *how, const struct tr_spec *spec,
	       struct err *e);

#endif
