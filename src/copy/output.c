/*
 * The output file. A new one is written without a name, or under a temporary
 * name, and then put in its place.
 */
#include "copy/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hot.h"
#include "base/stop.h"

#define HOLE_BYTES 4096

static int output_stdout(struct output *o, struct err *e)
{
	o->stream = true;
	o->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return o->fd < 0 ? err_sys(e, "standard output") : 0;
}

/*
 * Explains why the path cannot be written. The user's path may be short, and
 * only the full path from / too long. Then the message must not blame the
 * user's path.
 */
static int refuse_path(const char *path, int code, struct err *e)
{
	if (code != ENAMETOOLONG || strlen(path) > NAME_MAX)
		return err_file(e, code, "cannot write %s", path);
	return err_say(e, EINVAL,
		       "cannot write %s: its full path, from /, has %d bytes "
		       "or more; copy to a directory with a shorter path",
		       path, PATH_MAX);
}

/*
 * Finds the full path of the output. If the name is a symbolic link to an
 * existing file, that file is replaced, and not the link.
 */
static int resolve(const char *path, char full[PATH_MAX], bool *exists,
		   struct err *e)
{
	char copy[PATH_MAX], dir[PATH_MAX], *slash;
	struct stat st;
	const char *base;

	*exists = realpath(path, full) != NULL;
	if (*exists)
		return 0;
	if (errno != ENOENT)
		return refuse_path(path, errno, e);
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return err_say(e, EINVAL,
			       "cannot write %s: it is a symbolic link to a "
			       "file that does not exist; name the file itself",
			       path);
	/* if another process has made the file just now, it is replaced */
	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return refuse_path(path, ENAMETOOLONG, e);
	slash = strrchr(copy, '/');
	base = slash ? slash + 1 : copy;
	if (!*base)
		return err_say(e, EINVAL,
			       "cannot write %s: it does not name a file",
			       *path ? path : "an empty word");
	if (slash)
		*slash = '\0';
	if (!realpath(!slash ? "." : *copy ? copy : "/", dir))
		return refuse_path(path, errno, e);
	if (snprintf(full, PATH_MAX, "%s/%s", dir[1] ? dir : "", base) >=
	    PATH_MAX)
		return refuse_path(path, ENAMETOOLONG, e);
	return 0;
}

static int check_old(const struct output *o, const char *full, struct err *e)
{
	struct stat st;

	if (stat(full, &st) < 0)
		return err_sys(e, "cannot write %s", o->path);
	if (S_ISDIR(st.st_mode))
		return err_say(
			e, EINVAL,
			"cannot write %s: it is a directory; name a file in it",
			o->path);
	if (!S_ISREG(st.st_mode))
		return err_say(
			e, EINVAL,
			"cannot write %s: it is not a regular file; to write "
			"into it, give - and redirect standard output",
			o->path);
	/* if the old file is read-only, do not replace it */
	if (access(full, W_OK) < 0)
		return err_sys(e, "cannot write %s", o->path);
	return 0;
}

/* Makes a file without a name, if possible: a crash then leaves nothing. */
static int open_nameless(struct output *o)
{
	o->fd = openat(o->dir_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (o->fd >= 0 && access("/proc/self/fd", X_OK) == 0)
		return 0;
	fd_close(&o->fd);
	return -EOPNOTSUPP;
}

/*
 * Chooses a temporary name and notes it before a file gets it, so that the file
 * is removed even if this process is killed.
 */
static int note_temp(struct output *o, struct err *e)
{
	char path[PATH_MAX + NAME_MAX + 2];
	char unique[64];

	if (o->temp[0])
		return 0;
	lease_unique(unique, sizeof(unique), "part");
	snprintf(o->temp, sizeof(o->temp), ".%s", unique);
	snprintf(path, sizeof(path), "%s/%s", o->dir, o->temp);
	return lease_note(o->lease, LEASE_PATH, path, e);
}

static int open_named(struct output *o, struct err *e)
{
	int rc = note_temp(o, e);

	if (rc < 0)
		return rc;
	o->fd = openat(o->dir_fd, o->temp,
		       O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return o->fd < 0 ? err_sys(e, "cannot write %s", o->path) : 0;
}

int output_open(struct output *o, const char *path, struct lease *lease,
		struct err *e)
{
	char full[PATH_MAX], *slash;
	int rc;

	*o = (struct output){
		.fd = -1, .dir_fd = -1, .path = path, .lease = lease
	};
	if (!strcmp(path, "-"))
		return output_stdout(o, e);
	rc = resolve(path, full, &o->replaces, e);
	if (rc == 0 && o->replaces)
		rc = check_old(o, full, e);
	if (rc < 0)
		return rc;
	slash = strrchr(full, '/');
	snprintf(o->base, sizeof(o->base), "%s", slash + 1);
	if (strlen(slash + 1) > NAME_MAX)
		return err_file(e, ENAMETOOLONG, "cannot write %s", path);
	*slash = '\0';
	snprintf(o->dir, sizeof(o->dir), "%s", *full ? full : "/");
	o->dir_fd = open(o->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (o->dir_fd < 0)
		return err_sys(e, "cannot write %s", path);
	/*
	 * Note the temporary name now. The worker would note it in a lease of
	 * its own, which only a later sweep would end.
	 */
	if (open_nameless(o) == 0) {
		struct err unused = { 0 };

		/*
		 * if this fails, the copy can still be made: only if the worker
		 * is killed while it renames the file, the temporary name stays
		 */
		note_temp(o, &unused);
		return 0;
	}
	return open_named(o, e);
}

/* Makes a new file, with the last file's temporary name if it had one. */
static int make_another(struct output *o, struct err *e)
{
	fd_close(&o->fd);
	if (open_nameless(o) == 0)
		return 0;
	unlinkat(o->dir_fd, o->temp, 0);
	return open_named(o, e);
}

int output_again(struct output *o, struct err *e)
{
	o->written_bytes = 0;
	if (o->nowhere)
		return 0;
	if (!o->in_place)
		return make_another(o, e);
	return lseek(o->fd, 0, SEEK_SET) < 0
		       ? err_sys(e, "cannot write %s again", o->path)
		       : 0;
}

int output_open_over(struct output *o, const char *path, struct err *e)
{
	struct stat st;

	*o = (struct output){
		.fd = -1, .dir_fd = -1, .path = path, .in_place = true
	};
	o->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (o->fd < 0 || fstat(o->fd, &st) < 0)
		return err_sys(e, "cannot write %s", path);
	if (S_ISREG(st.st_mode))
		return 0;
	return err_say(e, EINVAL, "cannot write %s: it is not a regular file",
		       path);
}

static bool is_same(const struct stat *st, dev_t dev, ino_t ino)
{
	return st->st_dev == dev && st->st_ino == ino;
}

int output_refuse_same(const struct output *o, dev_t dev, ino_t ino,
		       struct err *e)
{
	struct stat st;
	int rc = -1;

	if (o->in_place)
		rc = fstat(o->fd, &st);
	else if (o->replaces)
		rc = fstatat(o->dir_fd, o->base, &st, AT_SYMLINK_NOFOLLOW);
	if (rc < 0 || !is_same(&st, dev, ino))
		return 0;
	return err_say(e, EINVAL,
		       "cannot write %s: it is the file that is copied; give "
		       "another DST",
		       o->path);
}

static bool is_zero(const char *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

/* Writes blocks of zeros as holes. Used only if the source has holes. */
static int write_sparse(struct output *o, const char *p, size_t len)
{
	int rc = 0;

	while (len > 0 && rc == 0) {
		size_t step = HOLE_BYTES - o->written_bytes % HOLE_BYTES;

		if (step > len)
			step = len;
		if (!is_zero(p, step))
			rc = fd_write_all(o->fd, p, step);
		else if (lseek(o->fd, (off_t)step, SEEK_CUR) < 0)
			rc = -errno;
		p += step;
		len -= step;
		o->written_bytes += step;
	}
	return rc;
}

static HOT int write_some(struct output *o, const void *buf, size_t len,
			  struct copy_side *side)
{
	int rc;

	if (o->sparse)
		return write_sparse(o, buf, len);
	o->written_bytes += len;
	if (!o->stream)
		return fd_write_all(o->fd, buf, len);
	atomic_store(&side->outside, 1);
	rc = fd_write_all(o->fd, buf, len);
	atomic_store(&side->outside, 0);
	return rc;
}

HOT int output_write(struct output *o, const void *buf, size_t len,
		     struct copy_side *side)
{
	const char *from = buf;
	int rc = 0;

	/*
	 * write in steps with a sign of life after each, since a slow disk may
	 * take long; without `side` no supervisor waits for signs of life
	 */
	for (; side && len > TR_LONG_BYTES && rc == 0;
	     from += TR_LONG_BYTES, len -= TR_LONG_BYTES) {
		rc = write_some(o, from, TR_LONG_BYTES, side);
		atomic_fetch_add(&side->beats, 1);
		if (rc == 0 && stop_requested())
			rc = -ECANCELED;
	}
	return rc < 0 ? rc : write_some(o, from, len, side);
}

static int link_nameless(const struct output *o, const char *name)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", o->fd);
	return linkat(AT_FDCWD, self, o->dir_fd, name, AT_SYMLINK_FOLLOW);
}

static int put_in_place(struct output *o, struct err *e)
{
	struct stat st;

	/* a file without a name has no link */
	if (fstat(o->fd, &st) < 0)
		return err_sys(e, "fstat of %s", o->path);
	if (st.st_nlink == 0 && !o->replaces) {
		if (link_nameless(o, o->base) == 0)
			return 0;
		/* EEXIST: another process has just made a file of that name */
		if (errno != EEXIST)
			return err_sys(e, "cannot give the copy the name %s",
				       o->path);
	}
	if (st.st_nlink == 0) {
		int rc = note_temp(o, e);

		if (rc < 0)
			return rc;
		if (link_nameless(o, o->temp) < 0)
			return err_sys(e, "cannot give the copy the name %s",
				       o->path);
	}
	if (renameat(o->dir_fd, o->temp, o->dir_fd, o->base) < 0) {
		int rc =
			err_sys(e, "cannot give the copy the name %s", o->path);

		unlinkat(o->dir_fd, o->temp, 0);
		return rc;
	}
	return 0;
}

/*
 * Checks that the descriptor is still ours. If another part of the program
 * closed it, its number may now belong to another file, which got what we
 * wrote.
 */
int output_check(const struct output *o, struct err *e)
{
	struct stat st;

	if (o->stream || o->nowhere)
		return 0;
	if (fstat(o->fd, &st) < 0)
		return err_sys(e, "fstat of %s", o->path);
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size == o->written_bytes)
		return 0;
	return err_say(
		e, EIO,
		"cannot write %s: it is not a regular file with the %" PRIu64
		" bytes that were written; was its descriptor closed?",
		o->path, o->written_bytes);
}

/* False: the owner cannot be set. Usually only root can do that. */
static bool set_owner(const struct output *o, const struct stat *like)
{
	return fchown(o->fd, like->st_uid, like->st_gid) == 0;
}

static int set_mode(const struct output *o, mode_t mode, struct err *e)
{
	return fchmod(o->fd, mode) < 0
		       ? err_sys(e, "cannot set the permissions of %s", o->path)
		       : 0;
}

/*
 * Gives the output the owner, permissions and times of `like`. If the owner
 * cannot be set, it leaves out the set-user-ID and set-group-ID bits, which
 * would refer to another owner, and the sticky bit.
 */
static int preserve(const struct output *o, const struct stat *like,
		    struct err *e)
{
	const struct timespec times[] = { like->st_atim, like->st_mtim };
	int rc = set_mode(
		o, like->st_mode & (set_owner(o, like) ? 07777 : 0777), e);

	if (rc == 0 && futimens(o->fd, times) < 0)
		rc = err_sys(e, "cannot set the times of %s", o->path);
	return rc;
}

static mode_t current_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

static int describe(const struct output *o, const struct stat *like,
		    struct err *e)
{
	struct stat old;

	if (o->preserve)
		return preserve(o, like, e);
	if (!o->replaces ||
	    fstatat(o->dir_fd, o->base, &old, AT_SYMLINK_NOFOLLOW) < 0)
		return set_mode(o, like->st_mode & 0777 & ~current_umask(), e);
	set_owner(o, &old);
	return set_mode(o, old.st_mode & 0777, e);
}

int output_commit(struct output *o, const struct stat *like, struct err *e)
{
	int rc = output_check(o, e);

	if (rc < 0 || o->stream || o->nowhere || o->in_place)
		return rc;
	rc = describe(o, like, e);
	return rc < 0 ? rc : put_in_place(o, e);
}

void output_close(struct output *o)
{
	fd_close(&o->fd);
	fd_close(&o->dir_fd);
}
