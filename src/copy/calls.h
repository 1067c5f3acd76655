/*
 * Counts a side's system calls while it is in the phase COPY_MOVING: from the
 * start of a transfer to just after its last byte.
 */
#ifndef COPY_CALLS_H
#define COPY_CALLS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct copy_side;

#define CALLS_KINDS 24

struct calls {
	uint64_t total;
	struct {
		int nr; /* system call number */
		uint64_t count;
		/*
		 * The kinds, in the order in which the side first used them;
		 * count 0 ends the list. The last element of the array counts
		 * the calls of all further kinds together.
		 */
	} kind[CALLS_KINDS];
};

/*
 * The tracer; call it in a process forked for it. It attaches to the n workers,
 * lets them continue by writing to gate_fd, counts their calls until all
 * workers have ended, and exits.
 */
void calls_trace(const pid_t *pid, struct copy_side *const *side, int n,
		 int gate_fd) __attribute__((noreturn));

/* Called in a worker: waits until the tracer has attached. 0 or -errno. */
int calls_wait_for_tracer(int gate_fd, struct err *e);

#endif
