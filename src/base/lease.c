/* A lease: a locked file that lists the objects that a session has made. */
#include "base/lease.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/run_dir.h"

#define LEASE_PREFIX "lease-"

void lease_unique(char *buf, size_t size, const char *what)
{
	uint64_t salt;

	/*
	 * a process in another pid namespace may have our pid: add random bits
	 */
	if (getrandom(&salt, sizeof(salt), GRND_NONBLOCK) != sizeof(salt))
		salt = (uintptr_t)&salt ^ (uintptr_t)getppid();
	snprintf(buf, size, "ipcopy-%d-%016llx-%s", (int)getpid(),
		 (unsigned long long)salt, what);
}

int lease_check(const char *name, struct err *e)
{
	static const char start[] = "/ipcopy-";

	if (name && !strncmp(name, start, strlen(start)) &&
	    !strchr(name + 1, '/'))
		return 0;
	return err_say(e, EPROTO,
		       "the other side sent '%.100s', which is not a name that "
		       "ipcopy makes",
		       name ? name : "");
}

void lease_unname(enum lease_kind kind, const char *name)
{
	switch (kind) {
	case LEASE_PATH:
		remove(name);
		break;
	case LEASE_SHM:
		shm_unlink(name);
		break;
	case LEASE_MQ:
		mq_unlink(name);
		break;
	case LEASE_SEM:
		sem_unlink(name);
		break;
	case LEASE_SYSV_MSG:
	case LEASE_SYSV_SHM:
	case LEASE_SYSV_SEM:
		sysv_remove((enum sysv_kind)kind, name);
		break;
	case LEASE_LOCK:
		break; /* remove_names() removes it after locking it */
	}
}

static int lease_open(struct lease *l, struct err *e)
{
	char dir[120], name[64];
	int rc = run_dir(dir, sizeof(dir), e);

	while (rc == 0 && l->fd < 0) {
		lease_unique(name, sizeof(name), "names");
		snprintf(l->path, sizeof(l->path), "%s/" LEASE_PREFIX "%s", dir,
			 name);
		l->fd = open(l->path,
			     O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND,
			     0600);
		if (l->fd < 0)
			return err_sys(e, "cannot make %s", l->path);
		if (flock(l->fd, LOCK_EX) < 0) {
			rc = err_sys(e, "cannot lock %s", l->path);
			unlink(l->path);
			fd_close(&l->fd); /* without our lock it is no lease */
		}
		/* lease_sweep may have found the file before we locked it */
		if (rc == 0 && !fd_has_name(l->fd))
			fd_close(&l->fd);
	}
	return rc;
}

int lease_note(struct lease *l, enum lease_kind kind, const char *name,
	       struct err *e)
{
	char record[4200];
	int len, rc;

	if (l->fd < 0) {
		rc = lease_open(l, e);
		if (rc < 0)
			return rc;
	}
	len = snprintf(record, sizeof(record), "%c%s", kind, name);
	if (len >= (int)sizeof(record))
		return err_say(e, ENAMETOOLONG, "the path is too long: %.80s…",
			       name);
	/* a NUL ends the record, since a path may contain a newline */
	rc = fd_write_all(l->fd, record, (size_t)len + 1);
	return rc < 0 ? err_code(e, rc, "cannot write %s", l->path) : 0;
}

int lease_sysv(struct lease *l, enum sysv_kind kind, size_t len, char *name,
	       size_t size, struct err *e)
{
	int rc = sysv_free_key(kind, name, size, e);

	if (rc == 0)
		rc = lease_note(l, (enum lease_kind)kind, name, e);
	return rc < 0 ? rc : sysv_make(kind, name, len);
}

/*
 * Opens and locks a lock file. -1: it is missing, or a process has locked it.
 */
static int take_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) < 0 || !fd_has_name(fd)))
		fd_close(&fd);
	return fd;
}

/*
 * Removes the listed objects. A last record without its NUL is ignored: the
 * process that wrote it was killed meanwhile, and had not made the object yet.
 */
static void remove_names(const char *p, const char *end)
{
	const char *lock = NULL;
	int lock_fd = -1;

	for (; p < end && memchr(p, '\0', (size_t)(end - p));
	     p += strlen(p) + 1) {
		if (p[0] != LEASE_LOCK) {
			lease_unname((enum lease_kind)p[0], p + 1);
			continue;
		}
		lock = p + 1;
		lock_fd = take_lock(lock);
		if (lock_fd < 0)
			break;
	}
	if (lock_fd >= 0)
		unlink(lock); /* last, since its lock protects the names */
	fd_close(&lock_fd);
}

static void remove_noted(int fd)
{
	struct stat st;
	char *text;

	if (fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > 1 << 20)
		return;
	text = malloc((size_t)st.st_size);
	if (text && pread(fd, text, (size_t)st.st_size, 0) == st.st_size)
		remove_names(text, text + st.st_size);
	free(text);
}

void lease_end(struct lease *l)
{
	if (l->fd < 0)
		return;
	remove_noted(l->fd);
	unlink(l->path);
	fd_close(&l->fd);
}

void lease_leave(struct lease *l)
{
	fd_close(&l->fd);
}

static bool sweep_one(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool dead =
		fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fd_has_name(fd);

	if (dead) {
		remove_noted(fd);
		unlinkat(dir_fd, name, 0);
	}
	fd_close(&fd);
	return dead;
}

int lease_sweep(void)
{
	struct err ignored = { 0 };
	struct dirent *entry;
	char path[120];
	int swept = 0;
	DIR *dir;

	if (run_dir(path, sizeof(path), &ignored) < 0)
		return 0;
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, LEASE_PREFIX, strlen(LEASE_PREFIX)))
			swept += sweep_one(dirfd(dir), entry->d_name);
	closedir(dir);
	return swept;
}
