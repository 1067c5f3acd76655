/*
 * The files that are copied. This module makes them. If the destinations exist
 * before the transfers, it changes their contents before each transfer that is
 * verified.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "args/command.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/stop.h"
#include "cell.h"
#include "copy/pattern.h"

#define PIECE       (1 << 20)
#define SPOIL_LEAST 4096 /* smaller steps would take too long */

/* Writes c->bytes of the pattern over the contents of a file. */
static int fill(const struct cell *c, int fd, uint64_t first)
{
	char *buf = malloc(PIECE);
	int rc = buf ? 0 : -ENOMEM;

	for (uint64_t at = 0; at < c->bytes && rc == 0; at += PIECE) {
		uint64_t left = c->bytes - at;
		size_t len = left < PIECE ? (size_t)left : PIECE;

		pattern_fill(buf, len, first + at / 8);
		rc = fd_write_all(fd, buf, len);
		if (stop_requested())
			rc = -ECANCELED;
	}
	free(buf);
	return rc;
}

static int write_file(const struct cell *c, const char *path, uint64_t first,
		      struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return err_sys(e, "cannot write %s", path);
	rc = fill(c, fd, first);
	fd_close(&fd);
	return rc < 0 ? err_code(e, rc, "cannot write %s", path) : 0;
}

static int name_file(struct cell *c, const char *what, char *path,
		     struct err *e)
{
	char dir[PATH_MAX], unique[64];

	if (!realpath(c->opts.dir, dir))
		return err_sys(e, "--dir %s", c->opts.dir);
	lease_unique(unique, sizeof(unique), what);
	if (snprintf(path, PATH_MAX, "%s/%s", dir, unique) >= PATH_MAX)
		return err_code(e, ENAMETOOLONG, "--dir %s", c->opts.dir);
	return lease_note(&c->lease, LEASE_PATH, path, e);
}

/* Refuses before anything is written if the files do not fit. */
static int check_room(struct cell *c, struct err *e)
{
	uint64_t copies = c->opts.sink == COPY_NOWHERE ? 0 : c->opts.pairs;
	double need = (double)c->bytes * (double)(1 + copies), have;
	char need_text[32], have_text[32];
	struct statvfs fs;

	if (statvfs(c->opts.dir, &fs) < 0)
		return err_sys(e, "--dir %s", c->opts.dir);
	have = (double)fs.f_bavail * (double)fs.f_frsize;
	if (have >= need)
		return 0;
	return err_say(e, ENOSPC, "%s has room for %s, and the files need %s",
		       c->opts.dir,
		       size_human(have, have_text, sizeof(have_text)),
		       size_human(need, need_text, sizeof(need_text)));
}

static const char *default_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (access("/dev/shm", W_OK | X_OK) == 0)
		return "/dev/shm";
	return tmp && *tmp ? tmp : "/tmp";
}

int cell_files_make(struct cell *c, struct err *e)
{
	int rc;

	if (c->opts.workload != COPY_FILE)
		return 0;
	c->cannot = EXIT_CANNOT;
	if (!c->opts.dir)
		c->opts.dir = default_dir();
	rc = check_room(c, e);
	if (rc == 0)
		rc = name_file(c, "in", c->in, e);
	if (rc == 0)
		rc = write_file(c, c->in, c->seed, e);
	for (uint64_t i = 0; i < c->opts.pairs && rc == 0; i++) {
		rc = name_file(c, "out", c->out[i], e);
		if (rc == 0 && c->opts.sink == COPY_OVER)
			rc = write_file(c, c->out[i], ~c->seed, e);
	}
	return rc;
}

/*
 * Changes one word in each piece of a file, so that bytes that are not copied
 * are found. A piece is as long as a message, but at least SPOIL_LEAST.
 */
static int spoil(const struct cell *c, const char *path, struct err *e)
{
	uint64_t step = cell_message_bytes(&c->runner[0]);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = 1;

	if (step < SPOIL_LEAST)
		step = SPOIL_LEAST;

	if (fd < 0)
		return err_sys(e, "cannot write %s", path);
	for (uint64_t at = 0; n > 0 && at < c->bytes; at += step) {
		uint64_t left = c->bytes - at;
		uint64_t word = ~(c->seed + at / 8);

		n = pwrite(fd, &word, left < 8 ? left : 8, (off_t)at);
	}
	fd_close(&fd);
	return n < 0 ? err_sys(e, "cannot write %s", path) : 0;
}

int cell_files_spoil(struct cell *c, struct err *e)
{
	int rc = 0;

	if (c->opts.workload != COPY_FILE || c->opts.sink != COPY_OVER)
		return 0;
	for (uint64_t i = 0; i < c->opts.pairs && rc == 0; i++)
		rc = spoil(c, c->out[i], e);
	return rc;
}
