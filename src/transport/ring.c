/* Whose turn it is in a ring: what all that have one do with its slots. */
#include "transport/ring.h"
#include "base/hot.h"

#include <errno.h>

static void next_slot(struct ring *r)
{
	r->turn++;
	r->slot = r->slot + 1 == r->depth ? 0 : r->slot + 1;
}

HOT int ring_post_full(struct tr *tr, struct ring *r, size_t len)
{
	_Atomic uint32_t *in_slot = &r->slots[r->slot].len;
	int rc;

	/* what stays as it is stays in both caches, too */
	if (atomic_load_explicit(in_slot, memory_order_relaxed) != len)
		atomic_store_explicit(in_slot, (uint32_t)len,
				      memory_order_relaxed);
	rc = r->sync->post_full(tr, r);
	next_slot(r);
	return rc;
}

/*
 * Each post may wake a sleeping sender, which costs more than emptying a small
 * slot. So they are saved up, but never while this side would wait itself.
 */
static int post_owed(struct tr *tr, struct ring *r)
{
	uint32_t owed = r->owed;

	r->owed = 0;
	return owed ? r->sync->post_empty(tr, r, owed) : 0;
}

static int wait_full(struct tr *tr, struct ring *r)
{
	int rc;

	if (r->owed == 0)
		return r->sync->wait_full(tr, r);
	if (r->sync->try_full(tr, r))
		return 0;
	rc = post_owed(tr, r);
	return rc < 0 ? rc : r->sync->wait_full(tr, r);
}

HOT ssize_t ring_wait_full(struct tr *tr, struct ring *r)
{
	uint32_t len;
	int rc = wait_full(tr, r);

	if (rc < 0)
		return rc;
	len = atomic_load_explicit(&r->slots[r->slot].len,
				   memory_order_relaxed);
	if (len > tr->msg_bytes)
		return err_say(tr->err, EPROTO,
			       "a slot of %zu bytes claims to hold %u",
			       tr->msg_bytes, len);
	return (ssize_t)len;
}

HOT int ring_give_back(struct tr *tr, struct ring *r)
{
	next_slot(r);
	return ++r->owed < r->batch ? 0 : post_owed(tr, r);
}
