/* Finds out where the bytes came from that a hop takes from private memory. */
#ifndef COUNT_TRACE_TAKE_H
#define COUNT_TRACE_TAKE_H

#include "count/trace.h"

/*
 * A hop that takes bytes of private memory away, or a program's copy within it.
 * A copy becomes several hops if its bytes came in different ways.
 */
struct taking {
	struct tracer *t;
	const struct move *m;
	int out;   /* the hop that takes bytes away; -1: a copy */
	int owner; /* the memory that it takes bytes from */
	struct mm *mm;
	/* for a copy: the hop without its bytes, and the pieces up to now */
	const struct ledger_hop *copy;
	uint64_t from, to; /* addresses */
	uint64_t done;     /* bytes in the pieces */
	struct fill *piece;
	size_t pieces, room;
};

/* For a hop that takes bytes away. */
void take_away(struct taking *k, uint64_t bytes);

/*
 * For a program's copy within its memory. If it is several hops, the call
 * counts for the hop of the most bytes.
 */
void take_copy(struct taking *k, const struct ledger_hop *hop, uint64_t bytes,
	       bool first);

/* Calls trace_window with the counts of calls up to now. */
void take_window(struct tracer *t, const struct task *p, int hop);

#endif
