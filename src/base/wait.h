/* How to wait: the same choice for every mechanism that can block. */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

enum wait_kind {
	WAIT_BLOCK,           /* sleep in the kernel at once */
	WAIT_SPIN,            /* look again for ever, never sleep */
	WAIT_SPIN_THEN_BLOCK, /* look so many times, then sleep */
	WAIT_BATCH,           /* sleep, and woken let the other go on */
};

struct waiter {
	enum wait_kind kind;
	uint32_t looks; /* bound of WAIT_SPIN_THEN_BLOCK */
	bool yield;     /* both sides share one CPU: let the other run */
};

/* It sleeps at once: calls need not come back with nothing. */
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
 * Called after a look that found nothing. True: look again. False: the caller
 * should now sleep. `looked` starts at 0 for every wait.
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
