/*
 * Two numbers say whose turn it is (ring_count.h). A side sleeps by futex(2).
 */
#include "base/futex.h"
#include "transport/ring_count.h"

static int futex_wait(struct tr *tr, struct ring *r, enum ring_side side,
		      uint32_t seen)
{
	int rc = futex_sleep(ring_count_of(r, side), seen);

	return rc < 0 ? err_code(tr->err, rc, "futex") : 0;
}

static int futex_wake(struct tr *tr, struct ring *r, enum ring_side side)
{
	(void)tr;
	futex_wake_all(ring_count_of(r, side));
	return 0;
}

const struct ring_sync ring_futex = {
	RING_COUNT_HOOKS,
	.sleep = futex_wait,
	.wake = futex_wake,
};
