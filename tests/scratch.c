/* A test's own directory and, if possible, names that no other process sees. */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Written once by scratch_begin and scratch_isolate. */
static char top[64];
static char queues[80];
static pid_t owner;

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

/*
 * Children that exit call this, too. Only the process that made the directory
 * removes it.
 */
static void scratch_end(void)
{
	if (getpid() != owner)
		return;
	if (chdir("/") < 0)
		return;
	if (*queues)
		umount2(queues, MNT_DETACH);
	nftw(top, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void make_dir(const char *name, unsigned uid, char path[80])
{
	snprintf(path, 80, "%s/%s", top, name);
	must(mkdir(path, 0700) == 0 || errno == EEXIST, path);
	if (uid != geteuid())
		must(chown(path, uid, uid) == 0, path);
}

/*
 * Makes three directories whose names begin with this prefix. Points
 * XDG_RUNTIME_DIR and TMPDIR to two of them, and goes into the third.
 */
static void settle(const char *prefix, unsigned uid)
{
	char name[24], path[80];

	snprintf(name, sizeof(name), "%srun", prefix);
	make_dir(name, uid, path);
	setenv("XDG_RUNTIME_DIR", path, 1);
	snprintf(name, sizeof(name), "%stmp", prefix);
	make_dir(name, uid, path);
	setenv("TMPDIR", path, 1);
	snprintf(name, sizeof(name), "%shere", prefix);
	make_dir(name, uid, path);
	must(chdir(path) == 0, path);
}

/*
 * All tests of a user share the bytes of its queues. Root may have more, so its
 * tests need not wait or skip.
 */
static void allow_more_queues(void)
{
	const struct rlimit rl = { 64 << 20, 64 << 20 };

	setrlimit(RLIMIT_MSGQUEUE, &rl);
}

void scratch_begin(void)
{
	/*
	 * not in TMPDIR, whose path may be long: a socket's name has at most
	 * 107 letters
	 */
	snprintf(top, sizeof(top), "/tmp/ipcopy-test.XXXXXX");
	must(mkdtemp(top) != NULL, top);
	owner = getpid();
	atexit(scratch_end);
	allow_more_queues();
	settle("", geteuid());
}

const char *scratch_dir(void)
{
	return top;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return good;
}

/*
 * Isolates the names of this process. Without privileges this needs a user
 * namespace too, in which the user stays the same.
 */
static bool unshare_all(void)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[40];

	if (unshare(CLONE_NEWNS | CLONE_NEWIPC) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC) < 0)
		return false;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (!write_file("/proc/self/uid_map", map))
		return false;
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	return write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/gid_map", map);
}

const char *scratch_isolate(void)
{
	static char why[120];
	char path[80];

	make_dir("queues", geteuid(), path);
	if (unshare_all() &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777") == 0 &&
	    mount("mqueue", path, "mqueue", 0, NULL) == 0) {
		memcpy(queues, path, sizeof(queues));
		return NULL;
	}
	snprintf(why, sizeof(why), "no namespaces of our own: %s",
		 strerror(errno));
	return why;
}

const char *scratch_queues(void)
{
	return *queues ? queues : NULL;
}

void scratch_become(unsigned uid)
{
	must(chmod(top, 0711) == 0, top);
	settle("its-", uid);
	must(setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0,
	     "setresuid");
}
