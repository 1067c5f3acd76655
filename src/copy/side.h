/* The notes of a worker, in memory that it shares with its supervisor. */
#ifndef COPY_SIDE_H
#define COPY_SIDE_H

#include <stdalign.h>
#include <stdatomic.h>

#include "base/ctl.h"
#include "copy/session.h"

enum copy_phase {
	COPY_JOINING,   /* handshake */
	COPY_MOVING,    /* between the start line and the last byte */
	COPY_CHECKING,  /* hashing and the last messages */
	COPY_COMMITTED, /* client: the output is in place */
};

struct copy_side {
	/* Written for every message, so it has a cache line of its own. */
	alignas(64) _Atomic uint64_t moved_bytes;
	alignas(64) _Atomic uint64_t checked_bytes;
	_Atomic uint64_t beats;   /* grows as a sign of life */
	_Atomic uint32_t phase;   /* enum copy_phase */
	_Atomic uint32_t outside; /* waits for standard input or output */
	_Atomic uint64_t length;  /* length of the payload, once known */
	/* Set by the supervisor: do not verify the next transfer. */
	_Atomic uint32_t unverified;
	struct err err;
	/* True: one supervisor has both sides, and enforces the timeout. */
	bool timed_from_above;

	/* Valid after a transfer that succeeded. */
	int64_t t0_ns, t1_ns; /* start line; last byte */
	int64_t checked_ns;
	uint64_t bytes;
	uint64_t hash;
	bool verified;
	bool yielded;
	int cpu;
	struct copy_usage used;

	/* the remark of the mechanism; empty: none */
	char remark[TR_REMARK_MAX];
	char spec[TR_SPEC_MAX]; /* client: the settings that the server chose */
	struct calls calls;     /* written by the tracer */
};

/* Before a transfer: clears what the last transfer has left here. */
void side_begin(struct copy_side *s);

/*
 * Adds to s->used the resources that this process has used so far (sign 1), or
 * subtracts them (sign -1).
 */
void side_count(struct copy_side *s, int sign);

/*
 * The client's time of the last byte. If the job has a lag, the client first
 * spins for that percentage of the transfer's time, for calibration.
 */
int64_t side_last_byte_ns(const struct copy_side *s,
			  const struct copy_job *job);

/*
 * Called before the start line, once the CPU of the other side is known:
 * decides how to wait. Two sides that spin on the same CPU must yield it to
 * each other; else each would use up its whole time slice.
 */
int side_share_cpu(struct copy_side *s, struct tr *tr, int other_cpu);

/*
 * For a side that failed with `rc`: takes the peer's reason if the peer knows
 * it better, and tells the peer the reason. Returns rc.
 */
int side_give_up(struct copy_side *s, struct ctl *ctl, int rc);

/*
 * How long to wait for a message of the other side. If one supervisor has both
 * sides, there is no limit: the other side may have to wait for standard input
 * or output, and only the supervisor can see that.
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
