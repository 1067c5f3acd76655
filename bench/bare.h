/*
 * Transfers in bare loops, to compare with ipcopy-cell. One process writes and
 * sends messages, and the other receives and compares them. In a round trip the
 * second process then does the same for the way back.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>
#include <stdint.h>

enum bare_channel {
	BARE_PIPE,
	BARE_UNIX,
	BARE_RING, /* one slot in shared memory, two POSIX semaphores */
};

struct bare {
	enum bare_channel channel;
	size_t size;
	uint64_t messages; /* number of messages, or of round trips */
	uint64_t warm;     /* how many others come before the clock starts */
	int returns;       /* true: round trips; false: messages one way */
	/* true: time each trip, as ipcopy-cell does for its percentiles */
	int timed;
};

/*
 * Ties the sender to the first CPU and the receiver to the second. Returns the
 * nanoseconds from their common start to the last byte. 0: a step failed, or
 * wrong bytes arrived. If both CPUs are the same, both processes are
 * SCHED_BATCH. Without SCHED_BATCH, about 50 ns of work would decide on one CPU
 * whether a process is woken for each single message.
 */
int64_t bare_run(const struct bare *b, const int cpu[2]);

#endif
