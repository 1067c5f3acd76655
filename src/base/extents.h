/*
 * Asks the file system (FIEMAP) whether a file shares its blocks with others.
 */
#ifndef BASE_EXTENTS_H
#define BASE_EXTENTS_H

#include <stdbool.h>
#include <stdint.h>

struct extents {
	uint64_t all_bytes, shared_bytes;
	bool never; /* the file system shares none and has no FIEMAP */
};

/*
 * Sums up the extents. -errno if the file system does not tell. Nothing is
 * flushed for this, since extents that are not yet on the disk are not shared.
 */
int extents_read(int fd, struct extents *x);

#endif
