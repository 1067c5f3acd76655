/*
 * Destinations: which are accepted, and whether a file there is always complete
 * or untouched.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/run_dir.h"
#include "base/stop.h"
#include "leftovers.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"

#define SMALL_BYTES (256 << 10)

static const struct sample in = { .len = 300001, .seed = 5, .mode = 0640 };
static const struct sample large = { .len = 2 << 20, .seed = 6, .mode = 0600 };
static const struct sample old = { .len = 777, .seed = 99, .mode = 0604 };

static struct once o;

/* --- existing destinations ------------------------------------------------ */

static void test_links(void)
{
	const struct sample copy = sample_over(&in, &old);
	struct stat st;

	sample_write("old", &old);
	once_init(&o, "in", "soft");
	if (symlink("old", "soft") == 0)
		once_run(&o);
	ok(o.rc == 0 && !sample_differs("old", &copy) &&
		   lstat("soft", &st) == 0 && S_ISLNK(st.st_mode),
	   "a copy to a symbolic link replaces its file, and the link stays");
	sample_write("old", &old);
	once_init(&o, "in", "old");
	ok(link("old", "hard") == 0 && once_copies(&o, &copy) &&
		   !sample_differs("hard", &old),
	   "the other name of a replaced file keeps the old contents");
	unlink("old");
	unlink("hard");
	ok(once_refused(&o, "in", "soft", EINVAL, "a symbolic link to a file"),
	   "a symbolic link to nothing is refused");
	unlink("soft");
}

/* The path of this directory is longer than the kernel accepts. */
static bool refuses_too_deep(void)
{
	char name[NAME_MAX + 1];
	int depth = 0;
	bool good;

	memset(name, 'd', NAME_MAX);
	name[NAME_MAX] = '\0';
	for (; depth <= PATH_MAX / NAME_MAX; depth++)
		if (mkdir(name, 0700) < 0 || chdir(name) < 0)
			return false;
	sample_write("in", &in);
	good = once_refused(&o, "in", "out", EINVAL, "shorter path");
	unlink("in");
	/* the path is too long to remove it from above */
	for (; depth > 0; depth--)
		good = chdir("..") == 0 && rmdir(name) == 0 && good;
	return good;
}

static void test_refused(void)
{
	char name[300];

	memset(name, 'x', sizeof(name));
	name[256] = '\0';
	mkdir("dir", 0700);
	mkfifo("fifo", 0600);
	ok(once_refused(&o, "in", "dir", EINVAL, "dir: it is a directory") &&
		   once_refused(&o, "in", ".", EINVAL, "is a directory"),
	   "a directory is refused");
	ok(once_refused(&o, "in", "dir/new/", EINVAL, "does not name a file"),
	   "a name that ends with a slash is refused");
	ok(once_refused(&o, "in", "", EINVAL, "does not name a file"),
	   "an empty name is refused");
	alarm(20); /* ends a copy that waits for a reader */
	ok(once_refused(&o, "in", "/dev/null", EINVAL, "not a regular file") &&
		   once_refused(&o, "in", "fifo", EINVAL, "not a regular file"),
	   "a destination that is not a file is refused, without a wait");
	alarm(0);
	ok(once_refused(&o, "in", "nowhere/out", EINVAL,
			"cannot write nowhere/out"),
	   "a directory that is not there is refused");
	ok(once_refused(&o, "in", "in/out", EINVAL, "cannot write in/out"),
	   "a file in place of a directory is refused");
	ok(once_refused(&o, "in", name, EINVAL, "too long"),
	   "a name of 256 letters is refused");
	ok(once_in_child(refuses_too_deep),
	   "a directory with too long a path is refused, and the error says "
	   "so");
	unlink("fifo");
	rmdir("dir");
}

static bool refuses_read_only(void)
{
	struct sample locked = old;
	bool good;

	locked.mode = 0444;
	sample_write("in", &in);
	sample_write("out", &locked);
	good = once_refused(&o, "in", "out", EACCES,
			    "cannot write out: Permission denied") &&
	       !sample_differs("out", &locked);
	mkdir("dir", 0500);
	return good && once_refused(&o, "in", "dir/out", EACCES,
				    "cannot write dir/out: Permission denied");
}

/* --- destinations that change --------------------------------------------- */

static void lose_dir(enum copy_role role, enum copy_point point)
{
	if (role != COPY_CLIENT || point != COPY_AT_END)
		return;
	unlink("dir/out");
	if (rmdir("dir") < 0)
		_exit(9);
}

static void move_dir(enum copy_role role, enum copy_point point)
{
	if (role == COPY_CLIENT && point == COPY_AT_END &&
	    rename("dir", "moved") < 0)
		_exit(9);
}

static void make_dir(enum copy_role role, enum copy_point point)
{
	if (role == COPY_CLIENT && point == COPY_AT_END &&
	    mkdir("out", 0700) < 0)
		_exit(9);
}

static void make_file(enum copy_role role, enum copy_point point)
{
	if (role == COPY_CLIENT && point == COPY_AT_END)
		sample_write("out", &old);
}

static void test_meanwhile(void)
{
	mkdir("dir", 0700);
	once_init(&o, "in", "dir/out");
	o.job.checkpoint = lose_dir;
	ok(once_fails(&o, ENOENT, "dir/out") && access("dir", F_OK) < 0,
	   "a directory that is removed meanwhile: %s", o.err.text);
	mkdir("dir", 0700);
	sample_write("dir/out", &old);
	once_init(&o, "in", "dir/out");
	o.job.checkpoint = lose_dir;
	ok(once_fails(&o, ENOENT, "dir/out") && access("dir", F_OK) < 0,
	   "a directory that is removed with the old file: %s", o.err.text);
	mkdir("dir", 0700);
	once_init(&o, "in", "dir/out");
	o.job.checkpoint = move_dir;
	once_run(&o);
	ok(o.rc == 0 && !sample_differs("moved/out", &in),
	   "a directory that is renamed meanwhile gets the copy");
	unlink("moved/out");
	rmdir("moved");
	once_init(&o, "in", "out");
	o.job.checkpoint = make_dir;
	ok(once_fails(&o, EISDIR, "cannot give the copy the name out") &&
		   rmdir("out") == 0,
	   "a directory that appears under the name is an error: %s",
	   o.err.text);
	once_init(&o, "in", "out");
	o.job.checkpoint = make_file;
	ok(once_copies(&o, &in),
	   "a file that appears under the name is replaced");
	unlink("out");
}

/* --- spoilt copies -------------------------------------------------------- */

/* Changes one byte of the new file, which may have no name. */
static void spoil(enum copy_role role, enum copy_point point)
{
	char link[40], path[300];

	if (role != COPY_CLIENT || point != COPY_AT_END)
		return;
	for (int fd = 3; fd < 100; fd++) {
		ssize_t n;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, path, sizeof(path) - 1);
		path[n > 0 ? n : 0] = '\0';
		if (strstr(path, "/here/") && !strstr(path, "/here/in") &&
		    pwrite(fd, "?", 1, 100000) == 1)
			return;
	}
	_exit(9);
}

static void test_spoilt(void)
{
	const struct sample copy = sample_over(&in, &old);

	sample_write("out", &old);
	once_init(&o, "in", "out");
	o.job.checkpoint = spoil;
	ok(once_fails(&o, EIO, "not those that were sent") &&
		   !sample_differs("out", &old),
	   "a copy with a wrong byte fails: %s", o.err.text);
	once_init(&o, "in", "out");
	o.job.checkpoint = spoil;
	o.job.verify = false;
	once_run(&o);
	ok(o.rc == 0 && !o.out.verified && sample_differs("out", &copy),
	   "a wrong byte is not noticed without verification");
	unlink("out");
}

/* --- without O_TMPFILE -------------------------------------------------- */

static bool forbid_tmpfile(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[2])),
		/* leave out the bit of O_DIRECTORY, which O_TMPFILE includes */
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY,
			 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = { .len = sizeof(code) / sizeof(code[0]),
					 .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}

/*
 * Without O_TMPFILE, the file must have a temporary name while it is written.
 */
static void look_for_part(enum copy_role role, enum copy_point point)
{
	char *names = leftovers_names();

	if (role == COPY_CLIENT && point == COPY_AT_START &&
	    !strstr(names, "/here/.ipcopy-"))
		_exit(9);
	free(names);
}

static void die_at_end(enum copy_role role, enum copy_point point)
{
	if (role == COPY_CLIENT && point == COPY_AT_END)
		raise(SIGKILL);
}

static bool copies_by_name(void)
{
	char *before = leftovers_names();
	bool good;

	if (!forbid_tmpfile()) {
		diag("seccomp: %m");
		return false;
	}
	once_init(&o, "in", "out");
	o.job.checkpoint = look_for_part;
	good = once_copies(&o, &in);
	good &= once_copies(&o, &in); /* replaces the first copy */
	unlink("out");
	once_init(&o, "in", "out");
	o.job.checkpoint = die_at_end;
	good &= once_fails(&o, EPIPE, "killed by signal 9");
	good &= leftovers_none_since(before);
	free(before);
	return good;
}

/* --- full --------------------------------------------------------------- */

static bool has_small(void)
{
	char size[24];

	snprintf(size, sizeof(size), "size=%d", SMALL_BYTES);
	mkdir("small", 0700);
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", "small", "tmpfs", 0, size) == 0;
}

static bool refuses_full(void)
{
	char *before;
	bool good;

	has_small();
	sample_write("small/old", &old);
	before = leftovers_names();
	good = once_refused(&o, "large", "small/new", ENOSPC,
			    "cannot write small/new: No space left");
	good &= once_refused(&o, "large", "small/old", ENOSPC,
			     "cannot write small/old: No space left");
	good &= !sample_differs("small/old", &old);
	good &= leftovers_none_since(before);
	forbid_tmpfile();
	good &= once_refused(&o, "large", "small/new", ENOSPC,
			     "cannot write small/new: No space left");
	good &= leftovers_none_since(before);
	free(before);
	return good;
}

/*
 * If shared memory were larger than the space for it, a later store would raise
 * SIGBUS.
 */
static bool refuses_full_region(void)
{
	char *before, path[200], dir[120];
	bool good;

	has_small();
	before = leftovers_names();
	if (!getcwd(dir, sizeof(dir)))
		return false;
	snprintf(path, sizeof(path), "%s/small", dir);
	setenv("TMPDIR", path, 1);
	once_init(&o, "in", "out");
	tr_spec_parse("shm:region=file", &o.job.spec, &o.err);
	good = once_fails(&o, ENOSPC, "of shared memory: No space left");
	good &= leftovers_none_since(before);
	free(before);
	return good;
}

static void test_full(void)
{
	if (!once_in_child(has_small)) {
		skip("a full file system: mounting one is not allowed here");
		return;
	}
	ok(once_in_child(refuses_full), "a full file system is an error");
	ok(once_in_child(refuses_full_region),
	   "a file system without room for the shared memory is an error");
}

static bool refuses_over_limit(void)
{
	const struct rlimit rl = { SMALL_BYTES, SMALL_BYTES };
	char *before = leftovers_names();
	bool good;

	stop_install_supervisor(); /* so that SIGXFSZ is ignored */
	setrlimit(RLIMIT_FSIZE, &rl);
	once_init(&o, "large", "out");
	tr_spec_parse("pipe", &o.job.spec, &o.err);
	good = once_fails(&o, EFBIG, "cannot write out: File too large") &&
	       leftovers_none_since(before);
	free(before);
	return good;
}

int main(void)
{
	struct err e = { 0 };
	char dir[120], *before;
	int fds;

	scratch_begin();
	run_dir(dir, sizeof(dir), &e);
	ok(once_as_nobody(refuses_read_only),
	   "a file that may not be written is refused");
	unlink("in");
	mkdir("small", 0700);
	before = leftovers_names();
	fds = leftovers_fds();
	sample_write("in", &in);
	sample_write("large", &large);
	test_links();
	test_refused();
	test_meanwhile();
	test_spoilt();
	ok(once_in_child(copies_by_name),
	   "without O_TMPFILE the copy has a temporary name");
	test_full();
	ok(once_in_child(refuses_over_limit),
	   "a copy beyond the limit of file sizes is an error");
	unlink("in");
	unlink("large");
	ok(leftovers_none_since(before), "nothing is left behind");
	ok(leftovers_fds() == fds && !leftovers_children(),
	   "no descriptor and no child is left behind");
	free(before);
	return done_testing();
}
