/*
 * Transfers with nothing around them, to compare ipcopy-cell with: two
 * processes and the plainest loop that writes, sends, receives and compares.
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
	uint64_t messages; /* messages, or round trips */
	uint64_t warm;     /* so many more before the clock starts */
	int returns;       /* round trips, and not one way only */
	/* time each trip, as the cell does for its percentiles */
	int timed;
};

/*
 * Nanoseconds from the start line to the last byte, with sender and receiver
 * tied to these CPUs. 0 if anything failed, or if other bytes arrived than were
 * sent. On one CPU both are SCHED_BATCH: otherwise some 50 ns more work of one
 * side would decide whether the other side is woken for each message.
 */
int64_t bare_run(const struct bare *b, const int cpu[2]);

#endif
