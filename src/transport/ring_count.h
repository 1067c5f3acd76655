/*
 * Two numbers in the region say whose turn it is: the number of messages sent,
 * and the number of messages given back. Each side writes one of the numbers
 * and reads the other number.
 */
#ifndef TRANSPORT_RING_COUNT_H
#define TRANSPORT_RING_COUNT_H

#include "transport/ring.h"

/* The number that `side` waits for, and the note that it sleeps (0: awake). */
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

/*
 * The note of a side that sleeps while the number is `seen`. The side that
 * changes the number removes the note and wakes the sleeper. So it wakes the
 * sleeper only once, however many messages follow before the sleeper runs.
 */
static inline uint32_t ring_word(uint32_t seen)
{
	return seen << 1 | 1; /* never 0, since 0 means: it is awake */
}

static inline void ring_say_asleep(const struct ring *r, enum ring_side side,
				   uint32_t seen)
{
	atomic_store(ring_sleeps_of(r, side), ring_word(seen));
}

static inline void ring_say_awake(const struct ring *r, enum ring_side side)
{
	atomic_store_explicit(ring_sleeps_of(r, side), 0, memory_order_relaxed);
}

/*
 * Decides whether to wake the other side, now that the number is `value`. A
 * note that has `value` stays: the other side has seen this number already and
 * sleeps until the next change, and without the note it would not be woken
 * then. A note that changes between our look and our exchange stays, too,
 * because the exchange fails.
 */
static inline bool ring_must_wake(const struct ring *r, enum ring_side side,
				  uint32_t value)
{
	_Atomic uint32_t *sleeps = ring_sleeps_of(r, side);
	uint32_t word = atomic_load(sleeps);

	return word && word != ring_word(value) &&
	       atomic_compare_exchange_strong(sleeps, &word, 0);
}

/* Checks that the sender is ahead of the receiver by 0 to `depth` messages. */
int ring_count_check(struct tr *tr, const struct ring *r, uint32_t ahead);

/* The hooks for a struct ring_sync that has .sleep and .wake. */
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
