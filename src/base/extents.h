/* Asks the file system (FIEMAP) whether a file shares blocks with others. */
#ifndef BASE_EXTENTS_H
#define BASE_EXTENTS_H

#include <stdbool.h>
#include <stdint.h>

struct extents {
	uint64_t all_bytes, shared_bytes;
	bool never; /* tmpfs: it shares no blocks and has no FIEMAP */
};

/*
 * Sums up the extents of a file. -errno: the file system does not report them.
 * Nothing is flushed first: extents that are not on the disk yet are not
 * shared.
 */
int extents_read(int fd, struct extents *x);

#endif
