/* Processes that measure at the same time see each other (measure/beside.h). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "measure/beside.h"
#include "scratch.h"
#include "tap.h"

#define PROCESSES 6
#define ROUNDS    200

/* True if the file is there under its name, and is locked. */
static bool is_shown(const struct meas_beside *b)
{
	int fd = open(b->path, O_RDONLY | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;

	fd_close(&fd);
	return b->fd >= 0 && locked;
}

/* Begins and ends many times. Returns whether it was shown each time. */
static bool keeps_being_shown(void)
{
	static struct meas_beside b;
	bool good = true;

	for (int i = 0; i < ROUNDS && good; i++) {
		b = (struct meas_beside)MEAS_BESIDE_INIT;
		meas_beside_begin(&b, scratch_dir());
		good = is_shown(&b);
		meas_beside_end(&b);
	}
	return good;
}

static void test_at_once(void)
{
	pid_t pid[PROCESSES];
	int bad = 0, status;

	for (int i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			_exit(keeps_being_shown() ? 0 : 1);
	}
	for (int i = 0; i < PROCESSES; i++)
		bad += pid[i] < 0 || waitpid(pid[i], &status, 0) < 0 ||
		       status != 0;
	ok(bad == 0, "%d processes that begin and end at once are shown",
	   PROCESSES);
}

static void test_seen(void)
{
	static struct meas_beside mine = MEAS_BESIDE_INIT,
				  theirs = MEAS_BESIDE_INIT;
	int status;
	pid_t pid;

	meas_beside_begin(&mine, scratch_dir());
	expect_int(mine.other, 0);
	pid = fork();
	if (pid == 0) {
		meas_beside_begin(&theirs, scratch_dir());
		_exit(theirs.other == getppid() &&
				      !strcmp(theirs.other_dir, scratch_dir())
			      ? 0
			      : 1);
	}
	ok(waitpid(pid, &status, 0) == pid && status == 0,
	   "a process finds the one that measures, and its folder");
	meas_beside_end(&mine);
	ok(access(mine.path, F_OK) < 0, "its file is removed at the end");
	meas_beside_begin(&mine, scratch_dir());
	ok(mine.other == 0, "a process that has ended is not found");
	meas_beside_end(&mine);
}

int main(void)
{
	char dir[600];

	snprintf(dir, sizeof(dir), "%s/run", scratch_dir());
	mkdir(dir, 0700);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	test_seen();
	test_at_once();
	return done_testing();
}
