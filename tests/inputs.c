/*
 * Inputs: which are copied, which are refused, and what happens if they change.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/run_dir.h"
#include "leftovers.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"

#define MIB (1 << 20)

static const struct sample in = { .len = 300001, .seed = 5, .mode = 0640 };
static const struct sample old = { .len = 777, .seed = 99, .mode = 0604 };

static struct once o;

/* --- refused ------------------------------------------------------------ */

static bool refuses(const char *src, int code, const char *words)
{
	bool good;

	sample_write("out", &old);
	good = once_refused(&o, src, "out", code, words) &&
	       !sample_differs("out", &old);
	unlink("out");
	return good;
}

static bool refuses_unreadable(void)
{
	struct sample secret = in;

	secret.mode = 0;
	sample_write("in", &secret);
	return refuses("in", EACCES, "cannot read in: Permission denied");
}

static void test_refused(void)
{
	mkdir("dir", 0700);
	mkfifo("fifo", 0600);
	ok(symlink("loop", "loop") == 0 && refuses("loop", EINVAL, "loop"),
	   "a link to itself is refused");
	ok(refuses("nowhere", EINVAL, "cannot read nowhere"),
	   "a file that is not there is refused");
	ok(refuses("dir", EINVAL, "dir: it is a directory"),
	   "a directory is refused");
	ok(refuses("/dev/null", EINVAL, "not a regular file"),
	   "a device is refused");
	alarm(20); /* ends a copy that waits for a writer */
	ok(refuses("fifo", EINVAL, "not a regular file"),
	   "a FIFO is refused, without a wait");
	alarm(0);
	ok(once_as_nobody(refuses_unreadable),
	   "a file that may not be read is refused");
	unlink("loop");
	unlink("fifo");
	rmdir("dir");
}

static void test_same_file(void)
{
	sample_write("in", &in);
	ok(link("in", "hard") == 0 && symlink("in", "soft") == 0 &&
		   once_refused(&o, "in", "in", EINVAL,
				"the file that is copied"),
	   "a file is not copied onto itself");
	ok(once_refused(&o, "in", "hard", EINVAL, "the file that is copied"),
	   "a file is not copied onto another name of it");
	ok(once_refused(&o, "in", "soft", EINVAL, "the file that is copied") &&
		   once_refused(&o, "soft", "hard", EINVAL,
				"the file that is copied"),
	   "a file is not copied onto itself through a symbolic link");
	ok(!sample_differs("in", &in), "the refused input stays as it was");
	unlink("hard");
	unlink("soft");
}

/* --- ordinary and sparse ------------------------------------------------ */

static void test_ordinary(void)
{
	struct sample s = { .len = 0, .mode = 0600 };

	sample_write("in", &s);
	once_init(&o, "in", "out");
	ok(once_copies(&o, &s) && o.out.verified, "an empty file is copied");
	unlink("out");
	sample_write("in", &in);
	once_init(&o, "soft", "out");
	ok(symlink("in", "soft") == 0 && once_copies(&o, &in),
	   "a symbolic link is copied as the file it names");
	once_init(&o, "in", "out");
	o.job.verify = false;
	ok(once_copies(&o, &in) && !o.out.verified,
	   "a file is copied without verification");
	once_init(&o, "in", "out");
	o.job.fsync = true;
	ok(once_copies(&o, &in), "a file is copied with fsync");
	unlink("soft");
	unlink("out");
}

static bool copies_to_mode(mode_t mode, bool preserve)
{
	struct sample s = in;

	s.mode = mode;
	once_init(&o, "in", "out");
	o.job.preserve = preserve;
	return once_copies(&o, &s);
}

/* The new mode is that of cp, or with `preserve` that of cp -p. */
static void test_mode(void)
{
	struct sample s = in;

	s.mode = 06777;
	sample_write("in", &s);
	umask(027);
	ok(copies_to_mode(0750, false),
	   "a new file has the mode less the umask");
	chmod("out", 0600);
	ok(copies_to_mode(0600, false),
	   "a file that is replaced keeps its mode");
	unlink("out");
	ok(copies_to_mode(06777, true),
	   "with preserve a new file has the whole mode");
	ok(copies_to_mode(06777, true),
	   "with preserve a replaced file has the whole mode");
	umask(022);
}

static bool has_times_and_owner_of(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_uid == y.st_uid &&
	       x.st_gid == y.st_gid && x.st_mtim.tv_sec == y.st_mtim.tv_sec &&
	       x.st_mtim.tv_nsec == y.st_mtim.tv_nsec;
}

static void test_owner(void)
{
	const struct timespec long_ago[] = { { 1000, 5 }, { 2000, 7 } };

	utimensat(AT_FDCWD, "in", long_ago, 0);
	ok(copies_to_mode(06777, true) && has_times_and_owner_of("in", "out"),
	   "preserve keeps the times");
	unlink("out");
	ok(copies_to_mode(0755, false) && !has_times_and_owner_of("in", "out"),
	   "without preserve the times are new");
	if (chown("out", 65534, 65534) < 0) {
		skip("another user's file: only root can make it");
		return;
	}
	ok(copies_to_mode(0755, false) && chown("in", 65534, 65534) == 0 &&
		   chmod("in", 06777) == 0 &&
		   utimensat(AT_FDCWD, "out", long_ago, 0) == 0 &&
		   utimensat(AT_FDCWD, "in", long_ago, 0) == 0 &&
		   has_times_and_owner_of("in", "out"),
	   "a file that is replaced keeps its owner");
	unlink("out");
	ok(copies_to_mode(0755, false) && !has_times_and_owner_of("in", "out"),
	   "a set-user-ID bit is not copied to another owner");
	ok(copies_to_mode(06777, true) && has_times_and_owner_of("in", "out"),
	   "preserve keeps the owner");
	unlink("out");
}

/* The set-user-ID bit is removed, since this user cannot keep the owner. */
static bool keeps_no_set_user_id(void)
{
	static const char su[] = "/bin/su";
	struct stat from, to;

	if (stat(su, &from) < 0 || !(from.st_mode & S_ISUID))
		return true;
	once_init(&o, su, "out");
	o.job.preserve = true;
	once_run(&o);
	return o.rc == 0 && stat("out", &to) == 0 &&
	       (to.st_mode & 07777) == (from.st_mode & 0777);
}

/* Holes at the front, in between and at the end; an odd length. */
static void write_sparse(const char *path, bool data, uint64_t len)
{
	static const off_t at[] = { 3 * MIB + 5, 9 * MIB, 21 * MIB - 1 };
	char block[5000];
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	sample_fill(block, sizeof(block), 3, 0);
	for (int i = 0; data && i < 3; i++)
		if (pwrite(fd, block, sizeof(block), at[i]) < 0)
			diag("pwrite: %m");
	if (ftruncate(fd, (off_t)len) < 0)
		diag("ftruncate: %m");
	close(fd);
}

static bool same_contents(const char *a, const char *b)
{
	static char block[2][MIB];
	int fd[2] = { open(a, O_RDONLY | O_CLOEXEC),
		      open(b, O_RDONLY | O_CLOEXEC) };
	ssize_t n[2];
	bool same;

	do {
		for (int i = 0; i < 2; i++)
			n[i] = read(fd[i], block[i], MIB);
		same = n[0] == n[1] && n[0] >= 0 &&
		       !memcmp(block[0], block[1], (size_t)n[0]);
	} while (same && n[0] > 0);
	close(fd[0]);
	close(fd[1]);
	return same;
}

static bool copies_sparse(const char *spec)
{
	struct stat st;

	once_init(&o, "in", "out");
	tr_spec_parse(spec, &o.job.spec, &o.err);
	once_run(&o);
	if (o.rc < 0 || stat("out", &st) < 0) {
		diag("%s: %s", spec, o.err.text);
		return false;
	}
	if (st.st_blocks > MIB / 512)
		diag("%s: it takes %lld blocks", spec, (long long)st.st_blocks);
	return same_contents("in", "out") && st.st_blocks <= MIB / 512;
}

static void test_sparse(void)
{
	write_sparse("in", true, 32 * MIB + 12345);
	ok(copies_sparse("shm") && copies_sparse("shm:size=100001") &&
		   copies_sparse("pipe") && copies_sparse("pipe:size=3001"),
	   "a file with holes is copied exactly, holes and all");
	write_sparse("in", false, 24 * MIB + 1);
	ok(copies_sparse("shm"), "a file that is one hole is copied as a hole");
	write_sparse("in", true, 21 * MIB + 4999);
	ok(copies_sparse("shm"),
	   "a file with holes that ends with data is copied exactly");
	unlink("out");
}

/* --- inputs that change --------------------------------------------------- */

static void grow(enum copy_role role, enum copy_point point)
{
	int fd = open("in", O_WRONLY | O_APPEND | O_CLOEXEC);

	if (role == COPY_SERVER && point == COPY_AT_START &&
	    write(fd, "more", 4) != 4)
		_exit(9);
	close(fd);
}

static void shrink(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_START &&
	    truncate("in", (off_t)in.len / 2) < 0)
		_exit(9);
}

static void change(enum copy_role role, enum copy_point point)
{
	int fd = open("in", O_WRONLY | O_CLOEXEC);

	if (role == COPY_SERVER && point == COPY_AT_END &&
	    pwrite(fd, "other", 5, 1000) != 5)
		_exit(9);
	close(fd);
}

/* An input that is removed or replaced can still be read, since it is open. */
static void replace(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_START &&
	    rename("other", "in") < 0)
		_exit(9);
}

static void notices(void (*act)(enum copy_role, enum copy_point),
		    const char *words)
{
	static const struct timespec long_ago[2] = { { 1, 0 }, { 1, 0 } };

	sample_write("in", &in);
	sample_write("out", &old);
	/*
	 * time stamps are coarse, so without this the changed file could have
	 * the same time stamp
	 */
	utimensat(AT_FDCWD, "in", long_ago, 0);
	once_init(&o, "in", "out");
	o.job.checkpoint = act;
	ok(once_fails(&o, EIO, words) && !sample_differs("out", &old),
	   "an input that %s ends in an error: %s", words, o.err.text);
	unlink("out");
}

static void test_changes(void)
{
	notices(grow, "grew");
	notices(shrink, "shrank");
	notices(change, "was changed");
	sample_write("in", &in);
	sample_write("other", &old);
	once_init(&o, "in", "out");
	o.job.checkpoint = replace;
	ok(once_copies(&o, &in),
	   "an input that is replaced meanwhile is copied");
	unlink("out");
}

int main(void)
{
	struct err e = { 0 };
	char dir[120], *before;
	int fds;

	scratch_begin();
	run_dir(dir, sizeof(dir), &e);
	test_refused(); /* uses other users' directories, which stay */
	ok(once_as_nobody(keeps_no_set_user_id),
	   "with preserve, a user who cannot set the owner sets no set-user-ID "
	   "bit");
	unlink("in");
	before = leftovers_names();
	fds = leftovers_fds();
	test_same_file();
	test_ordinary();
	test_mode();
	test_owner();
	test_sparse();
	test_changes();
	unlink("in");
	ok(leftovers_none_since(before), "nothing is left behind");
	ok(leftovers_fds() == fds && !leftovers_children(),
	   "no descriptor and no child is left behind");
	free(before);
	return done_testing();
}
