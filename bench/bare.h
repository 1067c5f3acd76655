/*
 * Transfers with nothing around them, to compare with ipcopy-cell: two
 * processes in the plainest loops that write, send, receive and compare.
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
	uint64_t warm;     /* how many more to make before the clock starts */
	int returns;       /* round trips instead of messages one way */
	/* time each trip, as ipcopy-cell does for its percentiles */
	int timed;
};

/*
 * Returns the nanoseconds from the start line to the last byte, with sender and
 * receiver tied to these CPUs. 0: something failed, or other bytes arrived than
 * were sent. On one CPU both are SCHED_BATCH. Otherwise a side that has some 50
 * ns more work would decide whether the other side is woken for each message.
 */
int64_t bare_run(const struct bare *b, const int cpu[2]);

#endif
