/*
 * The ring's turns kept by two numbers in the region: how many messages were
 * sent, how many given back. Each side writes one of them and reads the other.
 */
#ifndef TRANSPORT_RING_COUNT_H
#define TRANSPORT_RING_COUNT_H

#include "transport/ring.h"

/* What that side waits for, and whether it must be woken. */
static inline _Atomic uint32_t *ring_count_of(const struct ring *r,
					      enum ring_side side)
{
	return side == RING_SENDER ? &r->shared->freed : &r->shared->sent;
}

static inline _Atomic uint32_t *ring_sleeps_of(const struct ring *r,
					       enum ring_side side)
{
	return side == RING_SENDER ? &r->shared->sender_sleeps
				   : &r->shared->receiver_sleeps;
}

/* How far the sender is ahead can only lie between nothing and the depth. */
int ring_count_check(struct tr *tr, const struct ring *r, uint32_t ahead);

/* The hooks of a struct ring_sync that has .sleep and .wake. */
int ring_count_wait_empty(struct tr *tr, struct ring *r);
int ring_count_post_full(struct tr *tr, struct ring *r);
bool ring_count_try_full(struct tr *tr, struct ring *r);
int ring_count_wait_full(struct tr *tr, struct ring *r);
int ring_count_post_empty(struct tr *tr, struct ring *r, uint32_t slots);

#define RING_COUNT_HOOKS                                                    \
	.wait_empty = ring_count_wait_empty,                                \
	.post_full = ring_count_post_full, .try_full = ring_count_try_full, \
	.wait_full = ring_count_wait_full, .post_empty = ring_count_post_empty

#endif
