/*
 * Two numbers in the region say whose turn it is. Each kind of ring that uses
 * them has its own way to sleep.
 */
#include "transport/ring_count.h"

#include <errno.h>
#include <sched.h>

#include "base/hot.h"
#include "base/stop.h"

#define HURRY 100 /* wake-ups for which linger() does nothing */

/*
 * Called when this side was woken and shares a CPU with the other side. The
 * other side may have had more to do when this side preempted it. Then it is
 * better to let the other side continue than to be woken for every message. If
 * the other side had no more to do, as in a pingpong, the next HURRY calls do
 * nothing.
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
 * Waits while the number is *seen, and then sets *seen to the number that ended
 * the wait. A sleeper notes that it sleeps before it looks for the last time.
 * The other side changes the number before it looks for such a note. So either
 * the sleeper sees the new number, or the other side sees the note.
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
	 * if both sides spin, no side has to be woken, so no fence is needed;
	 * it would wait until the payload is stored
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
		       "%u slots",
		       ahead, r->depth);
}

HOT int ring_count_wait_empty(struct tr *tr, struct ring *r)
{
	int rc;

	/*
	 * compare with the other side's number as last seen, to avoid loading
	 * its cache line
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

/* Looks at the other side's number only if this side knows of no message. */
HOT bool ring_count_try_full(struct tr *tr, struct ring *r)
{
	(void)tr;
	if (r->other == r->turn)
		r->other = atomic_load_explicit(&r->shared->sent,
						memory_order_acquire);
	/*
	 * if the number is too large for the ring, wait_full reports an error
	 */
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

/* `turn` counts the received messages. All of them have been given back now. */
HOT int ring_count_post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	(void)slots;
	return publish(tr, r, RING_SENDER, r->turn);
}
