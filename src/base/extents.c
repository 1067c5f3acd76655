/* Asks the file system (FIEMAP) whether a file shares blocks with others. */
#include "base/extents.h"

#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#define EXTENTS 64 /* extents that one call asks for */

/*
 * Adds the next extents of the file, up to 64, to `sum`. Looks for them from
 * offset *at on, and sets *at to the offset behind the last of them. Returns 1
 * if there may be more, 0 if there are no more, or -errno.
 */
static int add_extents(int fd, uint64_t *at, struct extents *sum)
{
	union {
		struct fiemap map;
		char space[sizeof(struct fiemap) +
			   EXTENTS * sizeof(struct fiemap_extent)];
	} f = { .map = { .fm_start = *at,
			 .fm_length = FIEMAP_MAX_OFFSET - *at,
			 .fm_extent_count = EXTENTS } };
	const struct fiemap_extent *x = f.map.fm_extents;

	if (ioctl(fd, FS_IOC_FIEMAP, &f.map) < 0)
		return -errno;
	for (uint32_t i = 0; i < f.map.fm_mapped_extents; i++, x++) {
		sum->all_bytes += x->fe_length;
		if (x->fe_flags & FIEMAP_EXTENT_SHARED)
			sum->shared_bytes += x->fe_length;
		*at = x->fe_logical + x->fe_length;
		if (x->fe_flags & FIEMAP_EXTENT_LAST)
			return 0;
	}
	return f.map.fm_mapped_extents == EXTENTS;
}

int extents_read(int fd, struct extents *x)
{
	struct statfs fs;
	uint64_t at = 0;
	int more;

	*x = (struct extents){ 0 };
	do {
		more = add_extents(fd, &at, x);
	} while (more > 0);
	if (more == 0 || fstatfs(fd, &fs) < 0 || fs.f_type != TMPFS_MAGIC)
		return more;
	x->never = true;
	return 0;
}
