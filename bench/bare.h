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
	uint64_t warm;     /* how many more come before the clock starts */
	int returns;       /* true: round trips; false: messages one way */
	/* true: time each trip, as ipcopy-cell does for its percentiles */
	int timed;
};

/*
 * Returns the nanoseconds from the start line to the last byte, with sender and
 * receiver tied to these CPUs. 0: a step failed, or the bytes that arrived were
 * not those that were sent. If both CPUs are the same, both processes are
 * SCHED_BATCH. Without SCHED_BATCH, on one CPU about 50 ns of work would decide
 * whether a process is woken for each single message.
 */
int64_t bare_run(const struct bare *b, const int cpu[2]);

#endif
