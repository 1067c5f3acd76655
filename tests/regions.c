/*
 * Shared memory of each kind, and false items that a peer may offer in its
 * place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/region.h"
#include "base/run_dir.h"
#include "leftovers.h"
#include "scratch.h"
#include "tap.h"

#define BYTES 100000

static const char *const kinds[REGION_KINDS] = {
	[REGION_ANON] = "anon",       [REGION_DEVZERO] = "devzero",
	[REGION_POSIX] = "posix",     [REGION_FILE] = "file",
	[REGION_MEMFD] = "memfd",     [REGION_SYSV] = "sysv",
	[REGION_HUGETLB] = "hugetlb",
};

static struct region mine, yours;
static struct ctl us, them;
static struct lease lease;
static struct err e;
static char *before;
static int fds;

static void begin(void)
{
	int fd[2];

	memset(&e, 0, sizeof(e));
	before = leftovers_names();
	fds = leftovers_fds();
	mine = yours = (struct region)REGION_INIT;
	lease = (struct lease)LEASE_INIT;
	ctl_pair(fd, &e);
	us = (struct ctl){
		.fd = fd[0], .err = &e, .patience_ms = 10000, .peer = "it"
	};
	them = us;
	them.fd = fd[1];
}

/* Closes everything. True if no name and no descriptor is left. */
static bool end(void)
{
	bool good;

	region_close(&mine);
	region_close(&mine);
	region_close(&yours);
	lease_end(&lease);
	close(us.fd);
	close(them.fd);
	good = leftovers_none_since(before) && leftovers_fds() == fds;
	free(before);
	return good;
}

static bool is_zero(const struct region *r)
{
	const char *p = r->base;

	return p[0] == 0 && !memcmp(p, p + 1, r->len - 1);
}

/* --- correct items -------------------------------------------------------- */

static void try_kind(enum region_kind kind)
{
	bool good;

	begin();
	good = region_create(&mine, kind, BYTES, &lease, &e) == 0 &&
	       is_zero(&mine) && region_offer(&mine, &us) == 0 &&
	       region_join(&yours, kind, BYTES, &them, &e) == 0 &&
	       mine.base != yours.base;
	if (good) {
		region_unname(&mine);
		region_prefault(&mine);
		region_prefault(&yours);
		good = is_zero(&yours);
		memset(mine.base, 'x', BYTES);
		good &= !memcmp(mine.base, yours.base, BYTES);
	}
	ok(end() && good, "%s: two processes share it %s", kinds[kind], e.text);
}

static void test_inherited(enum region_kind kind)
{
	begin();
	ok(region_create(&mine, kind, BYTES, &lease, &e) == 0 &&
		   is_zero(&mine) && region_offer(&mine, &us) == 0 &&
		   region_join(&mine, kind, BYTES, &them, &e) == 0 && end(),
	   "%s: a child that has inherited it joins", kinds[kind]);
	begin();
	ok(region_create(&mine, kind, BYTES, &lease, &e) == 0 &&
		   region_offer(&mine, &us) == 0 &&
		   region_join(&yours, kind, BYTES, &them, &e) == -ENOTSUP &&
		   strstr(e.text, "inherit it from one parent") && end(),
	   "%s: an unrelated process is refused", kinds[kind]);
}

static bool reaches_a_child(enum region_kind kind)
{
	struct region r = REGION_INIT;
	pid_t pid;
	bool good;

	if (region_create(&r, kind, BYTES, &lease, &e) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		memset(r.base, 'x', BYTES);
		_exit(0);
	}
	good = waitpid(pid, NULL, 0) == pid && *(char *)r.base == 'x' &&
	       !memcmp(r.base, (char *)r.base + 1, BYTES - 1);
	region_close(&r);
	return good;
}

static void test_forked(enum region_kind kind)
{
	bool good;

	begin();
	good = reaches_a_child(kind);
	ok(end() && good, "%s: a child's store is seen", kinds[kind]);
}

/* --- false items ---------------------------------------------------------- */

/* Offers this name and descriptor. The other side must refuse them. */
static void refuses(enum region_kind kind, const char *name, int fd, int code,
		    const char *words, const char *what)
{
	int rc;
	bool good;

	begin();
	ctl_give(&us, name, fd);
	rc = region_join(&yours, kind, BYTES, &them, &e);
	good = rc == -code && strstr(e.text, words) && !yours.base;
	if (!good)
		diag("%d %s", rc, e.text);
	ok(end() && good, "%s: %s is refused", kinds[kind], what);
}

static int memfd(size_t len, int seals)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (ftruncate(fd, (off_t)len) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0)
		diag("memfd: %m");
	return fd;
}

static void refuses_fd(int fd, const char *words, const char *what)
{
	refuses(REGION_MEMFD, "", fd, EPROTO, words, what);
	if (fd >= 0)
		close(fd);
}

static void test_memfd(void)
{
	int end_of[2];

	refuses_fd(-1, "sent no descriptor", "no descriptor");
	refuses_fd(memfd(BYTES, 0), "not sealed",
		   "a memfd that could be truncated");
	refuses_fd(memfd(BYTES, F_SEAL_GROW), "not sealed",
		   "a memfd that is sealed only against growing");
	refuses_fd(memfd(BYTES - 1, F_SEAL_SHRINK),
		   "has 99999 bytes instead of 100000",
		   "a memfd that is too small");
	if (pipe2(end_of, O_CLOEXEC) < 0)
		return;
	refuses_fd(end_of[0], "not shared memory", "a pipe");
	close(end_of[1]);
	refuses_fd(open("/dev/null", O_RDWR | O_CLOEXEC), "not shared memory",
		   "a device");
	refuses_fd(open(".", O_RDONLY | O_CLOEXEC), "not shared memory",
		   "a directory");
}

static void test_posix(void)
{
	static const char name[] = "/ipcopy-1-x-ring";

	refuses(REGION_POSIX, "/other", -1, EPROTO, "not a name that ipcopy",
		"another program's name");
	refuses(REGION_POSIX, "/ipcopy-x/../y", -1, EPROTO,
		"not a name that ipcopy", "a path");
	refuses(REGION_POSIX, "", -1, EPROTO, "not a name that ipcopy",
		"no name");
	refuses(REGION_POSIX, name, -1, ENOENT, "shm_open",
		"a name that does not exist");
	close(shm_open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	refuses(REGION_POSIX, name, -1, EPROTO, "has 0 bytes",
		"an empty object");
	shm_unlink(name);
}

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (ftruncate(fd, BYTES) < 0)
		diag("%s: %m", path);
	close(fd);
}

static void test_file(void)
{
	char path[100], other[100];

	snprintf(path, sizeof(path), "%s/tmp/ipcopy-1-x-ring", scratch_dir());
	snprintf(other, sizeof(other), "%s/tmp/diary", scratch_dir());
	make_file(other);
	refuses(REGION_FILE, other, -1, EPROTO, "not a name that ipcopy",
		"a file of the user's");
	refuses(REGION_FILE, "ipcopy-1-x-ring", -1, EPROTO,
		"not a name that ipcopy", "a relative path");
	if (symlink(other, path) < 0)
		diag("%s: %m", path);
	refuses(REGION_FILE, path, -1, ELOOP, "open",
		"a symbolic link to the file");
	unlink(path);
	if (link(other, path) < 0)
		diag("%s: %m", path);
	refuses(REGION_FILE, path, -1, EPROTO, "not shared memory",
		"a file with a second name");
	unlink(path);
	unlink(other);
	mkfifo(path, 0600);
	alarm(20); /* ends a side that waits for a writer */
	refuses(REGION_FILE, path, -1, EPROTO, "not shared memory", "a FIFO");
	alarm(0);
	unlink(path);
}

/* --- System V ------------------------------------------------------------ */

static key_t key_of(const struct region *r)
{
	return (key_t)strtoul(r->name, NULL, 16);
}

static void test_sysv(void)
{
	key_t key = 0x69000000 | (getpid() & 0xffffff);
	int small = shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600);
	char name[20];
	bool there;

	snprintf(name, sizeof(name), "%08x", (unsigned)key);
	refuses(REGION_SYSV, name, -1, EPROTO,
		"has 100 bytes instead of 100000",
		"a segment that is too small");
	shmctl(small, IPC_RMID, NULL);
	refuses(REGION_SYSV, name, -1, ENOENT, "shmget",
		"a segment that does not exist");

	refuses(REGION_SYSV, "", -1, EPROTO, "not a key that ipcopy", "no key");
	refuses(REGION_SYSV, "00000001", -1, EPROTO, "not a key that ipcopy",
		"another program's key");
	begin();
	region_create(&mine, REGION_SYSV, BYTES, &lease, &e);
	key = key_of(&mine);
	there = shmget(key, 0, 0) >= 0;
	region_unname(&mine);
	memset(mine.base, 'x', BYTES);
	ok(there && shmget(key, 0, 0) < 0 && end(),
	   "sysv: a removed segment lives as long as a process has it");
}

/*
 * If no huge pages are reserved, the error must say so, and how to reserve
 * them.
 */
static void test_hugetlb(void)
{
	struct err why = { 0 };
	int fd;

	if (region_probe(REGION_HUGETLB, BYTES, &why) < 0) {
		ok(why.code == ENOTSUP ||
			   strstr(why.text, "sysctl -w vm.nr_hugepages="),
		   "hugetlb: %s", why.text);
		skip("hugetlb: %s", why.text);
	} else {
		try_kind(REGION_HUGETLB);
	}
	fd = memfd(BYTES, F_SEAL_SHRINK);
	refuses(REGION_HUGETLB, "", fd, EPROTO, "not made of huge pages",
		"a memfd of ordinary pages");
	close(fd);
}

int main(void)
{
	struct err unused = { 0 };
	const char *why;
	char dir[120];

	scratch_begin();
	why = scratch_isolate();
	if (why)
		skip("looking for names in /dev/shm: %s", why);
	run_dir(dir, sizeof(dir), &unused);
	for (int kind = REGION_POSIX; kind < REGION_HUGETLB; kind++)
		try_kind((enum region_kind)kind);
	test_inherited(REGION_ANON);
	test_inherited(REGION_DEVZERO);
	test_forked(REGION_ANON);
	test_forked(REGION_DEVZERO);
	test_sysv();
	test_hugetlb();
	test_memfd();
	test_posix();
	test_file();
	return done_testing();
}
