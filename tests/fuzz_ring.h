/* The two sides of the ring that fuzz_ring.c tries. */
#ifndef TESTS_FUZZ_RING_H
#define TESTS_FUZZ_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fuzz.h"
#include "transport/ring.h"

#define DEPTH_MAX 16

enum { SENDER, RECEIVER };

struct world {
	struct tr tr[2];
	int honest; /* the index of the honest side */
	struct lease lease;
	struct err err[2];
	char *fence; /* the pages around the honest side's mapping */
	size_t fence_bytes;
	bool scribbled;
	/* the messages under way, as a ring; right until w->scribbled is set */
	uint32_t len[DEPTH_MAX];
	unsigned sent, received, freed;
};

static inline struct ring *fuzz_ring_of(struct world *w, int side)
{
	return w->tr[side].priv;
}

/* Overwrites a part of the ring's head or of its data. */
void fuzz_ring_scribble(struct world *w, struct script *s);

#endif
