/*
 * Leases: named objects are removed by their maker, or by the process that
 * finds the lease later.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lease.h"
#include "base/run_dir.h"
#include "base/sysv.h"
#include "leftovers.h"
#include "scratch.h"
#include "tap.h"

static struct lease l;
static struct err e;
static char dir[120];
/* The names that existed before any lease. */
static char *before;

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		diag("%s: %m", path);
	close(fd);
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* The absolute path of a name in this directory. */
static const char *here(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/here/%s", scratch_dir(), name);
	return path;
}

/* Notes an object of each kind in the lease, and then makes the object. */
static void make_all(void)
{
	char name[80] = "/";
	sem_t *sem;

	l = (struct lease)LEASE_INIT;
	memset(&e, 0, sizeof(e));
	lease_note(&l, LEASE_PATH, here("with a\nnewline"), &e);
	touch("with a\nnewline");
	lease_unique(name + 1, sizeof(name) - 1, "test");
	lease_note(&l, LEASE_SHM, name, &e);
	close(shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	lease_note(&l, LEASE_MQ, name, &e);
	mq_close(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
	lease_note(&l, LEASE_SEM, name, &e);
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	if (sem != SEM_FAILED)
		sem_close(sem);
	lease_sysv(&l, SYSV_MSG, 0, name, sizeof(name), &e);
	lease_sysv(&l, SYSV_SHM, 100, name, sizeof(name), &e);
	lease_sysv(&l, SYSV_SEM, 2, name, sizeof(name), &e);
	/* noted, but not made before its maker died */
	lease_note(&l, LEASE_PATH, here("never made"), &e);
}

static void test_end(void)
{
	make_all();
	ok(!e.code && exists("with a\nnewline"), "names are noted %s", e.text);
	lease_end(&l);
	lease_end(&l);
	ok(leftovers_none_since(before),
	   "the noted objects are removed at the end");
}

static void test_sweep(void)
{
	make_all();
	ok(lease_sweep() == 0 && exists("with a\nnewline"),
	   "objects of a living run are not swept");
	lease_leave(&l);
	ok(lease_sweep() == 1 && leftovers_none_since(before),
	   "objects of a dead run are swept");
	ok(lease_sweep() == 0, "a dead run is swept only once");
}

/* The lock lives as long as any process of the run. */
static void test_child_holds(void)
{
	pid_t pid;

	make_all();
	pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	lease_leave(&l);
	ok(lease_sweep() == 0 && exists("with a\nnewline"),
	   "a child holds the lease after its parent has left it");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(lease_sweep() == 1 && leftovers_none_since(before),
	   "the lease is free once the child is dead");
}

/* --- leases in any state -------------------------------------------------- */

static void write_lease(const char *text, size_t len)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), "%s/lease-found", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		diag("%s: %m", path);
	close(fd);
}

static void test_cut(void)
{
	char text[600];
	int len;

	touch("whole");
	touch("cut");
	len = snprintf(text, sizeof(text), "p%s", here("whole")) + 1;
	len += snprintf(text + len, sizeof(text) - (size_t)len, "p%s",
			here("cut"));
	write_lease(text, (size_t)len);
	ok(lease_sweep() == 1 && !exists("whole") && exists("cut"),
	   "an unfinished record is ignored");
	unlink("cut");
	ok(leftovers_none_since(before),
	   "the lease with the unfinished record is removed");
}

static void test_garbage(void)
{
	char text[5000];

	write_lease("", 0);
	ok(lease_sweep() == 1, "an empty lease is removed");
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * i * 7 + i / 3);
	write_lease(text, sizeof(text));
	ok(lease_sweep() == 1 && leftovers_none_since(before),
	   "a lease full of nonsense is removed, and no other file");
}

static void test_others(void)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/name.sock", dir);
	touch(path);
	touch("target");
	ok(lease_sweep() == 0 && exists(path),
	   "a file that is not a lease stays");
	unlink(path);
	snprintf(path, sizeof(path), "%s/lease-link", dir);
	ok(symlink(here("target"), path) == 0 && lease_sweep() == 0 &&
		   exists("target"),
	   "a symbolic link in place of a lease is not followed");
	unlink(path);
	unlink("target");
}

/*
 * If a lock file is locked, another run has taken over the names that follow it
 * in the lease.
 */
static void test_lock(void)
{
	int fd;

	touch("lock");
	touch("socket");
	l = (struct lease)LEASE_INIT;
	lease_note(&l, LEASE_LOCK, here("lock"), &e);
	lease_note(&l, LEASE_PATH, here("socket"), &e);
	fd = open("lock", O_RDWR | O_CLOEXEC);
	flock(fd, LOCK_EX);
	lease_leave(&l);
	ok(lease_sweep() == 1 && exists("lock") && exists("socket"),
	   "names after a lock that is held stay");
	close(fd);
	lease_note(&l, LEASE_LOCK, here("lock"), &e);
	lease_note(&l, LEASE_PATH, here("socket"), &e);
	lease_leave(&l);
	ok(lease_sweep() == 1 && leftovers_none_since(before),
	   "names after a free lock are removed with the lock");
}

static void test_unique(void)
{
	char a[80], b[80];
	struct err why = { 0 };

	lease_unique(a, sizeof(a), "x");
	lease_unique(b, sizeof(b), "x");
	ok(strcmp(a, b) != 0, "no name is made twice");
	memmove(a + 1, a, sizeof(a) - 1);
	a[0] = '/';
	ok(lease_check(a, &why) == 0,
	   "each name that we make is known as ours");
	ok(lease_check("/other", &why) == -EPROTO &&
		   lease_check("/ipcopy-1/../x", &why) == -EPROTO &&
		   lease_check("ipcopy-1", &why) == -EPROTO &&
		   lease_check("", &why) == -EPROTO &&
		   lease_check(NULL, &why) == -EPROTO,
	   "other names are not known as ours");
}

int main(void)
{
	const char *why;
	int fds;

	scratch_begin();
	why = scratch_isolate();
	if (why)
		skip("looking for names in /dev/shm and of queues: %s", why);
	run_dir(dir, sizeof(dir), &e);
	before = leftovers_names();
	fds = leftovers_fds();
	test_end();
	test_sweep();
	test_child_holds();
	test_cut();
	test_garbage();
	test_others();
	test_lock();
	test_unique();
	ok(leftovers_fds() == fds, "no descriptor is left behind");
	free(before);
	return done_testing();
}
