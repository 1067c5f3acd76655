/*
 * The shared ring: slots in a region, and a way for the two sides to agree on
 * whose turn it is. shm.c and cma.c move messages; a struct ring_sync waits for
 * turns.
 *
 * A hostile peer may overwrite everything in the region. So each side keeps in
 * its own memory the values that it relies on: which slot is next, and how
 * large slots are. When it takes a length or a number of messages from the
 * region, it checks what it has read before use. Semaphores and locks are left
 * to the C library and the kernel.
 */
#ifndef TRANSPORT_RING_H
#define TRANSPORT_RING_H

#include <pthread.h>
#include <semaphore.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "base/region.h"
#include "transport/transport.h"

#define RING_LINE 64 /* bytes of a cache line, for which CPUs compete */

struct ring_shared {
	/*
	 * messages sent, and messages given back; unused with semaphores and
	 * with sync=none
	 */
	alignas(RING_LINE) _Atomic uint32_t sent;
	_Atomic uint32_t receiver_sleeps;
	alignas(RING_LINE) _Atomic uint32_t freed;
	_Atomic uint32_t sender_sleeps;
	/* sync=sem: how many slots are empty and full */
	alignas(RING_LINE) sem_t empty;
	alignas(RING_LINE) sem_t full;
	/* sync=mutex: guards `sent` and `freed` */
	alignas(RING_LINE) pthread_mutex_t lock;
};

/* A side; also the number of the semaphore or eventfd it sleeps on. */
enum ring_side { RING_SENDER, RING_RECEIVER };

/*
 * The length of the message in a slot. Each slot has a cache line for it, so
 * that the sides do not compete for the lengths of neighbouring slots.
 */
struct ring_slot {
	alignas(RING_LINE) _Atomic uint32_t len;
};

struct ring {
	const struct ring_sync *sync;
	struct region region;
	struct ring_shared *shared; /* at the region's start */
	struct ring_slot *slots;    /* after `shared` */
	char *data;                 /* after `slots`, page-aligned */
	uint32_t depth;
	size_t stride;
	bool private_buffers;
	/* kept by this side alone */
	uint32_t slot;  /* the next slot to fill or to empty */
	uint32_t turn;  /* messages this side has sent, or received, so far */
	uint32_t other; /* the other side's count as last seen */
	uint32_t owed;  /* slots emptied, but not yet reported */
	uint32_t batch; /* so many emptied slots are reported together */
	/* for so many wake-ups linger() (ring_count.c) does nothing */
	uint32_t hurry;
	sem_t *empty, *full; /* only for sync=sem and sync=named-sem */
	char sem_name[2][CTL_NAME_MAX]; /* for a System V set: [0] is its key */
	int sem_id;                     /* sync=sysv-sem: identifier, else -1 */
	int bell[2]; /* sync=eventfd: one for each side, else -1 */
	/* sync=mutex: the other side died while it had the lock */
	bool orphaned;
};

/* How the sides wait for their turns. All int functions return 0 or -errno. */
struct ring_sync {
	/*
	 * Called in the process that made the region; all bytes of the region
	 * are 0. Optional, as are the next four members.
	 */
	int (*create)(struct tr *tr, struct ring *r);
	/*
	 * .offer, .join and .close are like those of struct transport. .unname
	 * removes names once the client has joined.
	 */
	int (*offer)(struct tr *tr, struct ring *r, struct ctl *ctl);
	int (*join)(struct tr *tr, struct ring *r, struct ctl *ctl);
	void (*unname)(struct ring *r);
	void (*close)(struct ring *r);
	/* Sender: wait until the next slot is empty; report it full. */
	int (*wait_empty)(struct tr *tr, struct ring *r);
	int (*post_full)(struct tr *tr, struct ring *r);
	/*
	 * Receiver: .try_full looks whether the next slot is full, and does not
	 * wait for that; if the sides have semaphores, it takes the slot as
	 * .wait_full does. .wait_full waits until the next slot is full.
	 * .post_empty reports `slots` slots empty.
	 */
	bool (*try_full)(struct tr *tr, struct ring *r);
	int (*wait_full)(struct tr *tr, struct ring *r);
	int (*post_empty)(struct tr *tr, struct ring *r, uint32_t slots);
	/*
	 * For the kinds with RING_COUNT_HOOKS (ring_count.h). .sleep sleeps
	 * while the number that `side` waits for is `seen`, but sometimes
	 * returns earlier. .wake wakes `side`.
	 */
	int (*sleep)(struct tr *tr, struct ring *r, enum ring_side side,
		     uint32_t seen);
	int (*wake)(struct tr *tr, struct ring *r, enum ring_side side);
};

extern const struct ring_sync ring_sem;
extern const struct ring_sync ring_named_sem;
extern const struct ring_sync ring_sysv_sem;
extern const struct ring_sync ring_mutex;
extern const struct ring_sync ring_eventfd;
extern const struct ring_sync ring_futex; /* sync=futex and sync=spin */
extern const struct ring_sync ring_none;  /* wrong on purpose */

/* --- whose turn it is ---------------------------------------------------- */

/*
 * Common to mechanisms with a ring. These functions are compiled into the
 * mechanisms' hooks: in a ring of one slot, one more function call for each
 * message would be noticeable.
 */

static inline void ring_next_slot(struct ring *r)
{
	r->turn++;
	r->slot = r->slot + 1 == r->depth ? 0 : r->slot + 1;
}

/*
 * Sender: reports that the slot holds `len` bytes, and goes to the next slot.
 */
static inline int ring_post_full(struct tr *tr, struct ring *r, size_t len)
{
	_Atomic uint32_t *in_slot = &r->slots[r->slot].len;
	int rc;

	/*
	 * a length that stays the same is not stored, so its cache line stays
	 * valid for both CPUs
	 */
	if (atomic_load_explicit(in_slot, memory_order_relaxed) != len)
		atomic_store_explicit(in_slot, (uint32_t)len,
				      memory_order_relaxed);
	rc = r->sync->post_full(tr, r);
	ring_next_slot(r);
	return rc;
}

/*
 * Reports (posts) the emptied slots. A report may wake a sleeping sender, which
 * costs more than emptying a small slot. So a receiver saves up reports, but it
 * always reports before it waits.
 */
static inline int ring_post_owed(struct tr *tr, struct ring *r)
{
	uint32_t owed = r->owed;

	r->owed = 0;
	return r->sync->post_empty(tr, r, owed);
}

static inline int ring_until_full(struct tr *tr, struct ring *r)
{
	if (r->owed > 0) {
		int rc;

		if (r->sync->try_full(tr, r))
			return 0;
		rc = ring_post_owed(tr, r);
		if (rc < 0)
			return rc;
	}
	return r->sync->wait_full(tr, r);
}

int ring_refuse(struct tr *tr, uint32_t len);

/*
 * Receiver: waits until the slot is full. Returns the number of bytes in the
 * slot, after a check, or -errno.
 */
static inline ssize_t ring_wait_full(struct tr *tr, struct ring *r)
{
	uint32_t len;
	int rc = ring_until_full(tr, r);

	if (rc < 0)
		return rc;
	len = atomic_load_explicit(&r->slots[r->slot].len,
				   memory_order_relaxed);
	return len > tr->msg_bytes ? ring_refuse(tr, len) : (ssize_t)len;
}

/* Receiver: reports the slot empty, now or later, and goes to the next. */
static inline int ring_give_back(struct tr *tr, struct ring *r)
{
	ring_next_slot(r);
	return ++r->owed < r->batch ? 0 : ring_post_owed(tr, r);
}

#endif
