/*
 * How a side waits. Every mechanism with the setting `wait` has the same
 * choices.
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

enum wait_kind {
	WAIT_BLOCK,           /* sleep in the kernel without looking first */
	WAIT_SPIN,            /* look again and again, never sleep */
	WAIT_SPIN_THEN_BLOCK, /* look a number of times, then sleep */
	WAIT_BATCH,           /* sleep; do not preempt when woken */
};

struct waiter {
	enum wait_kind kind;
	uint32_t looks; /* for WAIT_SPIN_THEN_BLOCK: how often to look */
	bool yield;     /* both sides share one CPU: let the other side run */
};

/* True if the side sleeps without looking first, so its calls may block. */
static inline bool waiter_sleeps(const struct waiter *w)
{
	return w->kind == WAIT_BLOCK || w->kind == WAIT_BATCH;
}

static inline void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield");
#endif
}

/*
 * Call it after a look that found nothing. True: look again. False: sleep now.
 * `looked` starts at 0 for every wait.
 */
static inline bool waiter_spins(const struct waiter *w, uint32_t *looked)
{
	if (waiter_sleeps(w))
		return false;
	if (w->kind == WAIT_SPIN_THEN_BLOCK && *looked >= w->looks)
		return false;
	++*looked;
	if (w->yield)
		sched_yield();
	else
		cpu_relax();
	return true;
}

#endif
