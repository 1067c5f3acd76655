/* "-": the standard input or output in place of a named file. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/run_dir.h"
#include "base/stop.h"
#include "leftovers.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"

/*
 * A stream is silent for this many looks of the supervisor. Together they take
 * much longer than the timeout.
 */
#define SILENT_LOOKS 20

static const struct sample in = { .len = 300001, .seed = 5, .mode = 0640 };

static struct once o;

/*
 * The other end of a stream, which the supervisor's process itself reads or
 * writes.
 */
static int far_end;
static int looks;
static uint64_t passed;

/*
 * A test runs in a child, which replaces its standard descriptors. Keeps the
 * old standard output for the test's own lines.
 */
static void save_stdout(int as)
{
	if (as == STDOUT_FILENO)
		stdout = fdopen(fcntl(as, F_DUPFD_CLOEXEC, 10), "w");
}

static void open_as(int as, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, in.mode);

	save_stdout(as);
	if (fd == as)
		return;
	dup2(fd, as);
	close(fd);
}

static void pipe_as(int as)
{
	int end[2], near = as == STDIN_FILENO ? 0 : 1;

	if (pipe2(end, O_CLOEXEC) < 0)
		_exit(9);
	save_stdout(as);
	dup2(end[near], as);
	close(end[near]);
	far_end = end[!near];
}

static bool copies_files(void)
{
	open_as(STDIN_FILENO, "in", O_RDONLY);
	open_as(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
	once_init(&o, "-", "-");
	return once_copies(&o, &in) && o.out.verified && o.out.hash &&
	       !sample_differs("out", &in);
}

/* Copies from the current offsets; earlier contents stay. */
static bool copies_from_there(void)
{
	struct stat st;

	open_as(STDIN_FILENO, "in", O_RDONLY);
	open_as(STDOUT_FILENO, "out", O_WRONLY | O_CREAT);
	lseek(STDIN_FILENO, 1, SEEK_SET);
	if (write(STDOUT_FILENO, "12345", 5) != 5)
		return false;
	once_init(&o, "-", "-");
	once_run(&o);
	return o.rc == 0 && o.out.bytes == in.len - 1 &&
	       stat("out", &st) == 0 && st.st_size == (off_t)in.len + 4;
}

/* A pipe has no mode, so the copy gets that of any new file. */
static bool copies_pipe(void)
{
	struct sample s = in;
	bool good;
	pid_t pid;

	umask(027);
	s.mode = 0640;
	pipe_as(STDIN_FILENO);
	pid = fork();
	if (pid == 0) {
		static char bytes[300008];

		sample_fill(bytes, sizeof(bytes), in.seed, 0);
		_exit(write(far_end, bytes, in.len) != (ssize_t)in.len);
	}
	close(far_end);
	once_init(&o, "-", "out");
	good = once_copies(&o, &s) && o.out.verified;
	waitpid(pid, NULL, 0);
	return good && !leftovers_children();
}

/* --- streams that fail ---------------------------------------------------- */

static bool refuses_broken_pipe(void)
{
	stop_install_supervisor(); /* so that SIGPIPE is ignored */
	pipe_as(STDOUT_FILENO);
	close(far_end);
	return once_refused(&o, "in", "-", EPIPE,
			    "cannot write -: Broken pipe");
}

static bool refuses_full(void)
{
	open_as(STDOUT_FILENO, "/dev/full", O_WRONLY);
	return once_refused(&o, "in", "-", ENOSPC,
			    "cannot write -: No space left");
}

static bool refuses_closed(void)
{
	bool good;

	close(STDIN_FILENO);
	good = once_refused(&o, "-", "out", EBADF, "standard input: Bad file");
	open_as(STDIN_FILENO, "/dev/null", O_WRONLY);
	return good &&
	       once_refused(&o, "-", "out", EBADF, "cannot read -: Bad file") &&
	       access("out", F_OK) < 0;
}

static bool refuses_directory(void)
{
	open_as(STDIN_FILENO, ".", O_RDONLY);
	return once_refused(&o, "-", "out", EISDIR, "cannot read -: Is a dir");
}

/* --- slow streams --------------------------------------------------------- */

static bool is_silent(void)
{
	return looks++ < SILENT_LOOKS;
}

static void feed(void *arg, uint64_t done, uint64_t all)
{
	char block[4096];

	(void)arg;
	(void)done;
	(void)all;
	if (far_end < 0 || is_silent())
		return;
	sample_fill(block, sizeof(block), in.seed, 0);
	passed += write(far_end, block, sizeof(block)) > 0 ? sizeof(block) : 0;
	close(far_end);
	far_end = -1;
}

static void drain(void *arg, uint64_t done, uint64_t all)
{
	static char block[64 << 10];
	ssize_t n;

	(void)arg;
	(void)done;
	(void)all;
	if (is_silent())
		return;
	while ((n = read(far_end, block, sizeof(block))) > 0)
		passed += (uint64_t)n;
}

/* A worker that had the other end, too, would wait for itself. */
static void close_far_end(enum copy_role role, enum copy_point point)
{
	(void)role;
	if (point == COPY_AT_JOIN)
		close(far_end);
}

static bool waits_for_input(void)
{
	pipe_as(STDIN_FILENO);
	once_init(&o, "-", "out");
	o.job.timeout_ms = 100;
	o.job.progress = feed;
	o.job.checkpoint = close_far_end;
	once_run(&o);
	if (o.rc < 0)
		diag("%s", o.err.text);
	return o.rc == 0 && passed == 4096 && o.out.bytes == passed;
}

/* As waits_for_input, but the client only waits for the end. */
static bool waits_for_nothing(void)
{
	pipe_as(STDIN_FILENO);
	once_init(&o, "-", "out");
	tr_spec_parse("null", &o.job.spec, &o.err);
	o.job.timeout_ms = 100;
	o.job.progress = feed;
	o.job.checkpoint = close_far_end;
	once_run(&o);
	if (o.rc < 0)
		diag("%s", o.err.text);
	return o.rc == 0 && o.out.bytes == 0;
}

static bool waits_for_output(void)
{
	pipe_as(STDOUT_FILENO);
	fcntl(far_end, F_SETFL, O_NONBLOCK);
	once_init(&o, "in", "-");
	o.job.timeout_ms = 100;
	o.job.progress = drain;
	o.job.checkpoint = close_far_end;
	once_run(&o);
	if (o.rc < 0)
		diag("%s", o.err.text);
	close(STDOUT_FILENO); /* closes the last descriptor that could write */
	drain(NULL, 0, 0);
	return o.rc == 0 && passed == in.len;
}

int main(void)
{
	struct err e = { 0 };
	char dir[120], *before;

	scratch_begin();
	run_dir(dir, sizeof(dir), &e);
	before = leftovers_names();
	sample_write("in", &in);
	ok(once_in_child(copies_files),
	   "a file to a file through standard input and output");
	unlink("out");
	ok(once_in_child(copies_from_there),
	   "files are copied from their current offsets");
	unlink("out");
	ok(once_in_child(copies_pipe), "a pipe is copied to a file");
	unlink("out");
	ok(once_in_child(refuses_broken_pipe),
	   "a pipe without a reader is an error");
	ok(once_in_child(refuses_full), "a full device is an error");
	ok(once_in_child(refuses_closed),
	   "a closed or write-only standard input is refused");
	ok(once_in_child(refuses_directory),
	   "a directory as standard input is refused");
	ok(once_in_child(waits_for_input), "a silent input is no stall");
	unlink("out");
	ok(once_in_child(waits_for_nothing),
	   "a silent input is no stall if nothing is transferred");
	ok(once_in_child(waits_for_output),
	   "an output that accepts nothing is no stall");
	unlink("in");
	ok(leftovers_none_since(before), "nothing is left behind");
	free(before);
	return done_testing();
}
