/* The ring's turns kept by two numbers, whatever a side sleeps on. */
#include "transport/ring_count.h"

#include <errno.h>
#include <sched.h>

#include "base/hot.h"
#include "base/stop.h"

#define HURRY 100 /* wakings */

/*
 * Woken by one that has the same CPU: it may have had more to pass on when it
 * had to give way to us, and then it is better to let it, than to be woken for
 * each. Where that was not so, as in a conversation, it is not tried again
 * soon.
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
 * Waits while the number is *seen; then *seen is what it was found to be, since
 * a second look may find something else. Each side says that it sleeps before
 * its last look, and the other counts before it asks: one of them must notice.
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
	/* none sleeps where both spin; a fence would wait for the payload */
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

	/* the other's number as last seen spares a trip for its cache line */
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
 * While messages are known to lie there, none costs a look at the other side.
 */
HOT bool ring_count_try_full(struct tr *tr, struct ring *r)
{
	(void)tr;
	if (r->other == r->turn)
		r->other = atomic_load_explicit(&r->shared->sent,
						memory_order_acquire);
	/* never more than the ring holds: wait_full says what is wrong */
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

/* `turn` counts what was received; all of it has been given back by now. */
HOT int ring_count_post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	(void)slots;
	return publish(tr, r, RING_SENDER, r->turn);
}
