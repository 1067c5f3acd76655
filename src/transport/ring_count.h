/*
 * The ring's turns kept by two numbers in the region: how many messages were
 * sent, how many given back. Each side writes one of them and reads the other.
 */
#ifndef TRANSPORT_RING_COUNT_H
#define TRANSPORT_RING_COUNT_H

#include "transport/ring.h"

/* The number that side waits for, and its word that it sleeps (0: awake). */
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
 * Before its last look a side gives its word that it sleeps while the number is
 * `seen`. Who has changed the number takes that word back and wakes it: once,
 * however many messages follow before it runs.
 */
static inline uint32_t ring_word(uint32_t seen)
{
	return seen << 1 | 1; /* 0 is for: it does not sleep */
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
 * Now that the number is `value`. One that has found it already, and sleeps for
 * the next, keeps its word: taken back, the next would not wake it. So does one
 * that came to that between our look and our taking, as its word is another.
 */
static inline bool ring_must_wake(const struct ring *r, enum ring_side side,
				  uint32_t value)
{
	_Atomic uint32_t *sleeps = ring_sleeps_of(r, side);
	uint32_t word = atomic_load(sleeps);

	return word && word != ring_word(value) &&
	       atomic_compare_exchange_strong(sleeps, &word, 0);
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
