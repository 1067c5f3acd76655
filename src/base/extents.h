/* Whether a file's blocks are its own: asked of its file system (FIEMAP). */
#ifndef BASE_EXTENTS_H
#define BASE_EXTENTS_H

#include <stdbool.h>
#include <stdint.h>

struct extents {
	uint64_t all_bytes, shared_bytes;
	bool never; /* a file system that shares none and has no FIEMAP */
};

/*
 * Adds them up. -errno where the file system does not tell. Nothing is flushed
 * for it: extents that are not yet on the disk are not shared.
 */
int extents_read(int fd, struct extents *x);

#endif
