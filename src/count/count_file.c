/*
 * Makes the input of a counted copy and a name for its output. A lease
 * (base/lease.h) removes both files.
 */
#include "count/count_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ctl.h"
#include "base/fd.h"
#include "base/place.h"
#include "copy/pattern.h"

int count_file_name(const char *dir, const char *what, char *path, size_t size,
		    struct err *e)
{
	char name[CTL_NAME_MAX];
	char real[PATH_MAX];

	if (!dir || !*dir)
		dir = place_temp();
	/* a lease accepts only absolute paths */
	if (!realpath(dir, real))
		return err_file(e, errno, "%s", dir);
	lease_unique(name, sizeof(name), what);
	if (snprintf(path, size, "%s/%s", real, name) >= (int)size)
		return err_file(e, ENAMETOOLONG, "%s", dir);
	return 0;
}

static int name_file(struct count_files *f, const char *dir, const char *what,
		     char *path, size_t size, struct err *e)
{
	int rc = count_file_name(dir, what, path, size, e);

	return rc < 0 ? rc : lease_note(&f->lease, LEASE_PATH, path, e);
}

/* A pattern and not zeros, because a program can turn zeros into holes. */
static int fill_with_pattern(int fd, uint64_t bytes, struct err *e)
{
	char block[1 << 16];
	int rc = 0;

	for (uint64_t at = 0; at < bytes && rc == 0; at += sizeof(block)) {
		size_t len = bytes - at < sizeof(block) ? (size_t)(bytes - at)
							: sizeof(block);

		pattern_fill(block, len, COUNT_FILE_SEED + at / 8);
		rc = fd_write_all(fd, block, len);
	}
	return rc < 0 ? err_code(e, rc, "cannot write the file to be copied")
		      : 0;
}

int count_files_make(struct count_files *f, const char *dir, uint64_t bytes,
		     struct err *e)
{
	int fd, rc;

	f->lease = (struct lease)LEASE_INIT;
	rc = name_file(f, dir, "in", f->src, sizeof(f->src), e);
	if (rc == 0)
		rc = name_file(f, dir, "out", f->dst, sizeof(f->dst), e);
	if (rc < 0)
		return rc;
	fd = open(f->src, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "%s", f->src);
	rc = fill_with_pattern(fd, bytes, e);
	fd_close(&fd);
	return rc;
}

void count_files_end(struct count_files *f)
{
	lease_end(&f->lease);
}
