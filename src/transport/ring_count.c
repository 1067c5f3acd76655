/* The ring's turns kept by two numbers, with any way to sleep. */
#include "transport/ring_count.h"

#include <errno.h>
#include <sched.h>

#include "base/hot.h"
#include "base/stop.h"

#define HURRY 100 /* wakings */

/*
 * Called after waking on the same CPU as the other side. That side may have had
 * more messages to pass on when it had to give way to us. Then it is better to
 * let it continue than to be woken for each message. If it had no more, as in a
 * conversation, this is not tried again for some time.
 */
static void linger(struct ring *r, const _Atomic uint32_t *count)
{
	uint32_t before;

	if (r->hurry > 0) {
		r->hurry--;
		return;
	}
	before = atomic_load_explicit(count, memory_order_relaxed);
	sched_yield();
	if (atomic_load_explicit(count, memory_order_relaxed) == before)
		r->hurry = HURRY;
}

/*
 * Waits while the number is *seen, and then sets *seen to the number that it
 * found; a second look might find another one. Each side says that it sleeps
 * before its last look, and the other side changes the number before it checks
 * for a sleeper. So one of the two must notice.
 */
static HOT int wait_change(struct tr *tr, struct ring *r, enum ring_side side,
			   uint32_t *seen)
{
	_Atomic uint32_t *count = ring_count_of(r, side);
	uint32_t looked = 0, now;
	int rc = 0;

	while ((now = atomic_load_explicit(count, memory_order_acquire)) ==
	       *seen) {
		if (stop_requested())
			return -ECANCELED;
		if (waiter_spins(&tr->wait, &looked))
			continue;
		ring_say_asleep(r, side, *seen);
		rc = r->sync->sleep(tr, r, side, *seen);
		ring_say_awake(r, side);
		if (rc < 0)
			return rc;
		if (tr->wait.yield)
			linger(r, count);
	}
	*seen = now;
	return 0;
}

static HOT int publish(struct tr *tr, struct ring *r, enum ring_side side,
		       uint32_t value)
{
	/*
	 * if both sides spin, none sleeps, and a fence would wait for the
	 * payload
	 */
	if (tr->wait.kind == WAIT_SPIN) {
		atomic_store_explicit(ring_count_of(r, side), value,
				      memory_order_release);
		return 0;
	}
	atomic_store(ring_count_of(r, side), value);
	return ring_must_wake(r, side, value) ? r->sync->wake(tr, r, side) : 0;
}

HOT int ring_count_check(struct tr *tr, const struct ring *r, uint32_t ahead)
{
	if (ahead <= r->depth)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the other side says that %u messages lie in a ring of "
		       "%u",
		       ahead, r->depth);
}

HOT int ring_count_wait_empty(struct tr *tr, struct ring *r)
{
	int rc;

	/*
	 * comparing with the other's number as last seen avoids loading its
	 * cache line
	 */
	if (r->turn - r->other < r->depth)
		return 0;
	rc = wait_change(tr, r, RING_SENDER, &r->other);
	return rc < 0 ? rc : ring_count_check(tr, r, r->turn - r->other);
}

HOT int ring_count_post_full(struct tr *tr, struct ring *r)
{
	return publish(tr, r, RING_RECEIVER, r->turn + 1);
}

/*
 * As long as it knows of messages in the ring, this does not look at the other
 * side.
 */
HOT bool ring_count_try_full(struct tr *tr, struct ring *r)
{
	(void)tr;
	if (r->other == r->turn)
		r->other = atomic_load_explicit(&r->shared->sent,
						memory_order_acquire);
	/* more than the ring holds is an error, which wait_full reports */
	return r->other != r->turn && r->other - r->turn <= r->depth;
}

HOT int ring_count_wait_full(struct tr *tr, struct ring *r)
{
	int rc = ring_count_check(tr, r, r->other - r->turn);

	if (rc < 0 || r->other != r->turn)
		return rc;
	rc = wait_change(tr, r, RING_RECEIVER, &r->other);
	return rc < 0 ? rc : ring_count_check(tr, r, r->other - r->turn);
}

/* `turn` counts received messages, all of which were given back by now. */
HOT int ring_count_post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	(void)slots;
	return publish(tr, r, RING_SENDER, r->turn);
}
