/* Overwrites a ring as a hostile side may do. */
#include <string.h>
#include <sys/sem.h>

#include "fuzz_ring.h"

static bool overlap(size_t at, size_t from, size_t len)
{
	return at + 8 > from && at < from + len;
}

/*
 * True for words that make glibc abort or follow a wild pointer: the word
 * behind a sem_t's value, which tells glibc how to call futex(2), and all words
 * of a mutex but the first. No code of ours can prevent that, so leave these
 * words alone.
 */
static bool is_abort_word(size_t at)
{
	return overlap(at, offsetof(struct ring_shared, empty) + 8, 8) ||
	       overlap(at, offsetof(struct ring_shared, full) + 8, 8) ||
	       overlap(at, offsetof(struct ring_shared, lock) + 4,
		       sizeof(pthread_mutex_t) - 4);
}

/* Overwrites the holder of the lock: any thread, none, or a dead one. */
static void scribble_lock(struct ring *r, uint64_t value)
{
	memcpy(&r->shared->lock, &value, 4);
}

/* Overwrites a semaphore's value, or the number of its sleepers. */
static void scribble_semaphore(sem_t *sem, struct script *s, uint64_t value)
{
	memcpy((char *)sem + script_u8(s) % 2 * 4, &value, 4);
}

/* Overwrites the objects on which the sides wait for each other. */
static void scribble_sync(struct ring *r, struct script *s, int which)
{
	uint64_t value = script_odd(s, r->depth);

	if (r->empty)
		scribble_semaphore(which ? r->empty : r->full, s, value);
	else if (r->sem_id >= 0)
		semctl(r->sem_id, which, SETVAL, (int)(value % 32768));
	else
		scribble_lock(r, value);
}

void fuzz_ring_scribble(struct world *w, struct script *s)
{
	/* write through the other side's mapping */
	struct ring *r = fuzz_ring_of(w, !w->honest);
	size_t head = (size_t)(r->data - (char *)r->region.base);
	uint8_t where = script_u8(s);
	uint64_t value;
	size_t at;

	w->scribbled = true;
	switch (where % 8) {
	case 0:
		r->shared->sent = (uint32_t)script_odd(s, r->turn + r->depth);
		break;
	case 1:
		r->shared->freed = (uint32_t)script_odd(s, r->turn);
		break;
	case 2:
		r->shared->receiver_sleeps = (uint32_t)script_odd(s, 1);
		r->shared->sender_sleeps = (uint32_t)script_odd(s, 1);
		break;
	case 3:
	case 4:
		r->slots[(where >> 3) % r->depth].len =
			(uint32_t)script_odd(s, w->tr[SENDER].msg_bytes);
		break;
	case 5:
		scribble_sync(r, s, where >> 3 & 1);
		break;
	case 6:
		at = script_u(s, 2) % (head - 8);
		value = script_u(s, 8);
		if (!is_abort_word(at))
			memcpy((char *)r->region.base + at, &value, 8);
		break;
	default:
		at = script_u(s, 2) % (r->depth * r->stride);
		memset(r->data + at, script_u8(s), r->depth * r->stride - at);
	}
}
