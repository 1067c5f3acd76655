/* Asks the file system (FIEMAP) whether a file shares blocks with others. */
#ifndef BASE_EXTENTS_H
#define BASE_EXTENTS_H

#include <stdbool.h>
#include <stdint.h>

struct extents {
	uint64_t all_bytes, shared_bytes;
	bool never; /* the file is on tmpfs, which shares no blocks */
};

/*
 * Sums up the extents of a file. 0, or -errno if the file system does not
 * report extents and is not tmpfs. The file need not be flushed before: extents
 * that are not on the disk yet cannot be shared.
 */
int extents_read(int fd, struct extents *x);

#endif
