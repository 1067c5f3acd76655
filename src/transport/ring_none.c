/*
 * No synchronisation: each side uses every slot without waiting. It exists to
 * show what goes wrong.
 */
#include "transport/ring.h"

static int wait_empty(struct tr *tr, struct ring *r)
{
	(void)tr;
	(void)r;
	return 0;
}

static bool try_full(struct tr *tr, struct ring *r)
{
	(void)tr;
	(void)r;
	return true;
}

static int post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	(void)tr;
	(void)r;
	(void)slots;
	return 0;
}

const struct ring_sync ring_none = {
	.wait_empty = wait_empty,
	.post_full = wait_empty,
	.try_full = try_full,
	.wait_full = wait_empty,
	.post_empty = post_empty,
};
