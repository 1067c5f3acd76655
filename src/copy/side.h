/* One worker as its supervisor sees it: a page of memory both of them map. */
#ifndef COPY_SIDE_H
#define COPY_SIDE_H

#include <stdalign.h>
#include <stdatomic.h>

#include "base/ctl.h"
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
	/* Written by the supervisor between transfers: not to be verified. */
	_Atomic uint32_t unverified;
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
	struct copy_usage used;

	char remark[TR_REMARK_MAX]; /* the mechanism's, empty for none */
	char spec[TR_SPEC_MAX];     /* client: what the server chose */
	struct calls calls;         /* written by the tracer */
};

/* A transfer begins: whatever the last has left here is nothing to it. */
void side_begin(struct copy_side *s);

/* Adds (sign 1) or takes away (sign -1) what this process has used so far. */
void side_count(struct copy_side *s, int sign);

/*
 * The client's clock at the last byte. With a lag it is read later: a slowdown
 * of known size, for calibrating the measuring.
 */
int64_t side_last_byte_ns(const struct copy_side *s,
			  const struct copy_job *job);

/*
 * Before the start line, once the other side's CPU is known: how to wait for
 * it. Two spinners on one CPU would each burn its whole time slice.
 */
int side_share_cpu(struct copy_side *s, struct tr *tr, int other_cpu);

/* Tells the peer why, having asked it; returns rc. */
int side_give_up(struct copy_side *s, struct ctl *ctl, int rc);

/*
 * How long to wait for the other side's word. It may be kept waiting itself, by
 * standard input or output, which only a supervisor that has both can see.
 */
int side_patience_ms(const struct copy_side *s, const struct copy_job *job);

static inline void side_reach(const struct copy_job *job, enum copy_role role,
			      enum copy_point point)
{
	if (job->checkpoint)
		job->checkpoint(role, point);
}

static inline void side_enter(struct copy_side *s, enum copy_phase phase)
{
	atomic_store(&s->phase, phase);
}

#endif
