/* How many system calls a side makes from the start line to the last byte. */
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
	} kind[CALLS_KINDS]; /* in the order first seen; count 0 ends it */
};

/*
 * The tracer's whole life, in a process of its own: attaches to both workers,
 * opens their gate, counts until they are gone. Does not return.
 */
void calls_trace(const pid_t *pid, struct copy_side *const *side, int n,
		 int gate_fd) __attribute__((noreturn));

/* In a worker: waits until the tracer has it. 0 or -errno. */
int calls_wait_for_tracer(int gate_fd, struct err *e);

#endif
