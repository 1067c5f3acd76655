/* A file of a run's folder, put there as a whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/lease.h"
#include "report/run.h"

/* A folder may be read-only and complete: then nothing has to be written. */
static bool has_already(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *there = malloc(len + 1);
	bool same = fd >= 0 && there &&
		    fd_read_full(fd, there, len + 1) == (ssize_t)len &&
		    !memcmp(there, text, len);

	fd_close(&fd);
	free(there);
	return same;
}

static int write_as(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fd_write_all(fd, text, len);
	if (rc == 0 && fsync(fd) < 0 && errno != EINVAL)
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

int rep_put_file(const char *dir, const char *name, const char *text,
		 struct err *e)
{
	char unique[100], *path = rep_path(dir, name), *beside;
	size_t len = strlen(text);
	int rc = -ENOMEM;

	lease_unique(unique, sizeof(unique), "new");
	beside = rep_path(dir, unique);
	if (path && beside)
		rc = has_already(path, text, len) ? 0 : 1;
	if (rc == 1) {
		rc = write_as(beside, text, len);
		if (rc == 0 && rename(beside, path) < 0)
			rc = -errno;
		if (rc < 0)
			unlink(beside);
	}
	if (rc < 0)
		err_code(e, rc, "cannot write %s/%s", dir, name);
	free(path);
	free(beside);
	return rc;
}
