/* The ring's turns kept by two counters; whoever must sleep does so on them. */
#include <errno.h>

#include "base/futex.h"
#include "base/stop.h"
#include "transport/ring.h"

static int create(struct tr *tr, struct ring *r)
{
	(void)tr;
	(void)r;
	return 0; /* zeroed memory is the start */
}

/*
 * Waits while *count == *seen; then *seen is what it was found to be, since a
 * second look may find something else. Each side says that it sleeps before its
 * last look, and the other counts before it asks: one of them must notice.
 */
static int wait_change(struct tr *tr, _Atomic uint32_t *count, uint32_t *seen,
		       _Atomic uint32_t *sleeps)
{
	uint32_t looked = 0, now;
	int rc = 0;

	while ((now = atomic_load_explicit(count, memory_order_acquire)) ==
	       *seen) {
		if (stop_requested())
			return -ECANCELED;
		if (waiter_spins(&tr->wait, &looked))
			continue;
		atomic_store(sleeps, 1);
		rc = futex_sleep(count, *seen);
		atomic_store_explicit(sleeps, 0, memory_order_relaxed);
		if (rc < 0)
			return err_code(tr->err, rc, "futex");
	}
	*seen = now;
	return 0;
}

static void publish(_Atomic uint32_t *count, uint32_t value,
		    _Atomic uint32_t *sleeps)
{
	atomic_store(count, value);
	if (atomic_load(sleeps))
		futex_wake_all(count);
}

/* How far the sender is ahead can only lie between nothing and the depth. */
static int check(struct tr *tr, const struct ring *r, uint32_t ahead)
{
	if (ahead <= r->depth)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the other side says that %u messages lie in a ring of "
		       "%u",
		       ahead, r->depth);
}

static int wait_empty(struct tr *tr, struct ring *r)
{
	int rc;

	/* the other's count as last seen spares a trip for its cache line */
	if (r->turn - r->other < r->depth)
		return 0;
	rc = wait_change(tr, &r->shared->freed, &r->other,
			 &r->shared->sender_sleeps);
	return rc < 0 ? rc : check(tr, r, r->turn - r->other);
}

static int post_full(struct tr *tr, struct ring *r)
{
	(void)tr;
	publish(&r->shared->sent, r->turn + 1, &r->shared->receiver_sleeps);
	return 0;
}

/* While messages are known to lie there, none costs a look at the other side. */
static bool try_full(struct ring *r)
{
	if (r->other == r->turn)
		r->other = atomic_load_explicit(&r->shared->sent,
						memory_order_acquire);
	/* never more than the ring holds: wait_full says what is wrong */
	return r->other != r->turn && r->other - r->turn <= r->depth;
}

static int wait_full(struct tr *tr, struct ring *r)
{
	int rc = check(tr, r, r->other - r->turn);

	if (rc < 0 || r->other != r->turn)
		return rc;
	rc = wait_change(tr, &r->shared->sent, &r->other,
			 &r->shared->receiver_sleeps);
	return rc < 0 ? rc : check(tr, r, r->other - r->turn);
}

/* `turn` counts what was received; all of it has been given back by now. */
static int post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	(void)tr;
	(void)slots;
	publish(&r->shared->freed, r->turn, &r->shared->sender_sleeps);
	return 0;
}

const struct ring_sync ring_futex = {
	.create = create,
	.wait_empty = wait_empty,
	.post_full = post_full,
	.try_full = try_full,
	.wait_full = wait_full,
	.post_empty = post_empty,
};
