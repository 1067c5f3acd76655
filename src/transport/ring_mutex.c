/*
 * Two numbers (ring_count.h), which a robust mutex guards, say whose turn it
 * is. A side sleeps on one of two conditions.
 *
 * The mutex is that of pthreads. The condition variables of pthreads are not
 * robust: a side that is killed or stopped while it uses one blocks the other
 * side for ever, and pthread_cond_wait does not return after a signal. So the
 * number itself is the condition. A side unlocks the mutex, sleeps by futex(2)
 * while the number is the one it saw, and locks the mutex again.
 *
 * glibc keeps pointers in the mutex and follows them. A side that overwrites
 * these pointers can kill the other side. This cannot be prevented. The error
 * message then says that the lock was overwritten (tr_in_lock).
 */
#include <errno.h>

#include "base/clock.h"
#include "base/futex.h"
#include "base/stop.h"
#include "transport/ring_count.h"

/* How soon a side that waits for the lock notices that it was told to stop. */
#define SLICE_NS (10 * MS_IN_NS)

static int create(struct tr *tr, struct ring *r)
{
	pthread_mutexattr_t attr;
	int rc = pthread_mutexattr_init(&attr);

	if (rc)
		return err_code(tr->err, rc, "pthread_mutexattr_init");
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	rc = pthread_mutex_init(&r->shared->lock, &attr);
	pthread_mutexattr_destroy(&attr);
	return rc ? err_code(tr->err, rc, "pthread_mutex_init") : 0;
}

static void unlock(struct ring *r)
{
	tr_in_lock = 1;
	pthread_mutex_unlock(&r->shared->lock);
	tr_in_lock = 0;
}

static int try_lock(struct ring *r)
{
	int rc;

	tr_in_lock = 1;
	rc = pthread_mutex_trylock(&r->shared->lock);
	tr_in_lock = 0;
	return rc;
}

/*
 * Locks the mutex, or gives up after a slice of time. pthread_mutex_lock would
 * not return after a signal.
 */
static int lock_for_a_while(struct ring *r)
{
	int64_t until_ns = clock_ns() + SLICE_NS;
	const struct timespec until = { .tv_sec = until_ns / 1000000000,
					.tv_nsec = until_ns % 1000000000 };
	int rc;

	tr_in_lock = 1;
	rc = pthread_mutex_clocklock(&r->shared->lock, CLOCK_MONOTONIC, &until);
	tr_in_lock = 0;
	return rc == ETIMEDOUT ? EBUSY : rc;
}

/*
 * Reports that the lock could not be taken. pthreads says EOWNERDEAD only once,
 * so `orphaned` remembers it. Even after such a death the two numbers are
 * right, since each is written by one store. But the other side is dead, so the
 * ring is of no more use.
 */
static int no_lock(struct tr *tr, struct ring *r, int code)
{
	if (code == EOWNERDEAD) {
		pthread_mutex_consistent(&r->shared->lock);
		unlock(r);
		r->orphaned = true;
	}
	if (r->orphaned)
		return err_say(tr->err, EPIPE,
			       "the other side died while it held the lock of "
			       "the ring");
	return err_code(tr->err, code, "cannot take the lock of the ring");
}

static int lock(struct tr *tr, struct ring *r)
{
	uint32_t looked = 0;
	int code = r->orphaned ? EPIPE : try_lock(r);

	while (code == EBUSY) {
		if (stop_requested())
			return -ECANCELED;
		if (waiter_spins(&tr->wait, &looked))
			code = try_lock(r);
		else
			code = lock_for_a_while(r);
	}
	return code ? no_lock(tr, r, code) : 0;
}

/*
 * The caller has the lock before the call, and also after it unless it fails.
 */
static int wait_for_signal(struct tr *tr, struct ring *r, enum ring_side side,
			   uint32_t seen, uint32_t *looked)
{
	int rc = 0;

	unlock(r);
	if (stop_requested())
		return -ECANCELED;
	if (!waiter_spins(&tr->wait, looked)) {
		ring_say_asleep(r, side, seen);
		rc = futex_sleep(ring_count_of(r, side), seen);
		ring_say_awake(r, side);
	}
	return rc < 0 ? err_code(tr->err, rc, "futex") : lock(tr, r);
}

/* Waits until the number differs from *seen. *seen is the new number then. */
static int mutex_wait_change(struct tr *tr, struct ring *r, enum ring_side side,
			     uint32_t *seen)
{
	uint32_t looked = 0, now = *seen;
	int rc = lock(tr, r);

	while (rc == 0 && (now = *ring_count_of(r, side)) == *seen)
		rc = wait_for_signal(tr, r, side, *seen, &looked);
	if (rc < 0)
		return rc;
	unlock(r);
	*seen = now;
	return 0;
}

static int mutex_publish(struct tr *tr, struct ring *r, enum ring_side side,
			 uint32_t value)
{
	_Atomic uint32_t *count = ring_count_of(r, side);
	int rc = lock(tr, r);

	if (rc < 0)
		return rc;
	*count = value;
	unlock(r);
	if (ring_must_wake(r, side, value))
		futex_wake_all(count);
	return 0;
}

static int wait_empty(struct tr *tr, struct ring *r)
{
	int rc;

	/* slots that were empty at the last look are still empty */
	if (r->turn - r->other < r->depth)
		return 0;
	rc = mutex_wait_change(tr, r, RING_SENDER, &r->other);
	return rc < 0 ? rc : ring_count_check(tr, r, r->turn - r->other);
}

static int post_full(struct tr *tr, struct ring *r)
{
	return mutex_publish(tr, r, RING_RECEIVER, r->turn + 1);
}

/* If a call fails here, it fails again in wait_full, which reports it. */
static bool try_full(struct tr *tr, struct ring *r)
{
	if (r->other == r->turn && lock(tr, r) == 0) {
		r->other = r->shared->sent;
		unlock(r);
	}
	return r->other != r->turn && r->other - r->turn <= r->depth;
}

static int wait_full(struct tr *tr, struct ring *r)
{
	int rc = ring_count_check(tr, r, r->other - r->turn);

	if (rc < 0 || r->other != r->turn)
		return rc;
	rc = mutex_wait_change(tr, r, RING_RECEIVER, &r->other);
	return rc < 0 ? rc : ring_count_check(tr, r, r->other - r->turn);
}

static int post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	(void)slots;
	return mutex_publish(tr, r, RING_SENDER, r->turn);
}

const struct ring_sync ring_mutex = {
	.create = create,
	.wait_empty = wait_empty,
	.post_full = post_full,
	.try_full = try_full,
	.wait_full = wait_full,
	.post_empty = post_empty,
};
