/* One worker as its supervisor sees it: a page of memory both of them map. */
#ifndef COPY_SIDE_H
#define COPY_SIDE_H

#include <stdalign.h>
#include <stdatomic.h>

#include "copy/session.h"

enum copy_phase {
	COPY_JOINING,   /* handshake */
	COPY_MOVING,    /* between the start line and the last byte */
	COPY_CHECKING,  /* hashing, final words */
	COPY_COMMITTED, /* client: the output is in place */
};

struct copy_side {
	/* Written with every message, by the worker: a line of its own. */
	alignas(64) _Atomic uint64_t moved_bytes;
	alignas(64) _Atomic uint64_t checked_bytes;
	_Atomic uint64_t beats;   /* anything else that shows life */
	_Atomic uint32_t phase;   /* enum copy_phase */
	_Atomic uint32_t outside; /* waits for standard input or output */
	_Atomic uint64_t length;  /* of the file, once known */
	struct err err;
	/* One supervisor has both sides: it alone keeps the time. */
	bool timed_from_above;

	/* Valid once phase is past COPY_MOVING. */
	int64_t t0_ns, t1_ns; /* start line; client: last byte written */
	int64_t checked_ns;
	uint64_t bytes;
	uint64_t hash;
	bool verified;
	bool yielded;
	int cpu;
	int64_t user_ns, sys_ns;

	char remark[TR_REMARK_MAX]; /* the mechanism's, empty for none */
	char spec[TR_SPEC_MAX]; /* client: what the server chose */
	struct calls calls;     /* written by the tracer */
};

static inline void side_enter(struct copy_side *s, enum copy_phase phase)
{
	atomic_store(&s->phase, phase);
}

#endif
