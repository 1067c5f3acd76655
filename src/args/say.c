/*
 * Writes messages to standard error, one line each, and reports, which usually
 * go to standard output. Checks at the end that all output was written.
 */
#include "args/say.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args/progress.h"
#include "base/stop.h"
#include "base/utf8.h"

/* Buffers of stdio, so that each message is one write(2). */
static char out_buf[64 << 10], err_buf[64 << 10];

/*
 * The errno value of a failed write to standard output; 0: none has failed;
 * UNKNOWN: one has failed, but its errno is not known. say_end reports it.
 */
static int lost;
#define UNKNOWN -1

__attribute__((format(printf, 1, 0))) static void put_message(const char *fmt,
							      va_list ap)
{
	char text[1000];

	vsnprintf(text, sizeof(text), fmt, ap);
	progress_hide();
	fputs("ipcopy: ", stderr);
	utf8_put_clean(stderr, text);
	fputc('\n', stderr);
	fflush(stderr);
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_message(fmt, ap);
	va_end(ap);
}

enum exit_code say_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_message(fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

enum exit_code say_error(const struct err *e, enum exit_code otherwise)
{
	if (e->code == EINTR)
		return say_interrupted();
	say("%s", e->text);
	return e->code == EINVAL ? EXIT_USAGE : otherwise;
}

enum exit_code say_no_memory(void)
{
	say("out of memory");
	return EXIT_FAILED;
}

enum exit_code say_interrupted(void)
{
	say("interrupted");
	return EXIT_INTERRUPTED;
}

/* The file for reports; NULL: standard output or standard error. */
static FILE *report;

bool say_report_into(const char *path)
{
	report = fopen(path, "we");
	return report != NULL;
}

bool say_report_end(void)
{
	bool whole = ferror(report) == 0;

	whole &= fclose(report) == 0;
	report = NULL;
	return whole;
}

void say_report(const char *text, bool to_stderr)
{
	FILE *to = report ? report : to_stderr ? stderr : stdout;

	progress_hide();
	fputs(text, to);
	if (fflush(to) != 0 && to == stdout)
		lost = errno;
}

enum exit_code say_and_free(char *text, bool to_stderr)
{
	if (!text)
		return say_no_memory();
	say_report(text, to_stderr);
	free(text);
	return EXIT_WELL;
}

static void hold_standard_fds(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* opened for the wrong direction, so that using it fails */
		if (open("/dev/null",
			 fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return;
	}
}

void say_begin(void)
{
	hold_standard_fds();
	setvbuf(stdout, out_buf, _IOFBF, sizeof(out_buf));
	setvbuf(stderr, err_buf, _IOFBF, sizeof(err_buf));
}

void say_flush(void)
{
	if (fflush(stdout) != 0 && !lost)
		lost = errno;
}

/* After a request to stop, drops output if writing it would have to wait. */
static void drop_what_would_wait(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (!stop_requested() || __fpending(stdout) == 0 || poll(&p, 1, 0) != 0)
		return;
	__fpurge(stdout);
	lost = EINTR;
}

/*
 * True if the reader has ended, as head(1) does when it has seen enough. Output
 * that such a reader does not get is no failure. poll tells whether the reader
 * has ended, since stdio does not keep errno.
 */
static bool reader_has_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP));
}

enum exit_code say_end(enum exit_code code)
{
	drop_what_would_wait();
	if (fflush(stdout) != 0)
		lost = errno;
	/* an earlier write failed, and stdio does not say why */
	if (!lost && ferror(stdout))
		lost = UNKNOWN;
	if (lost && reader_has_gone())
		return code;
	/* some file systems report only at close that the disk is full */
	if (!lost && close(STDOUT_FILENO) < 0 && errno != EBADF)
		lost = errno;
	if (!lost)
		return code;
	say("cannot write all of standard output: %s",
	    lost == UNKNOWN ? "the reason is not known" : strerror(lost));
	return code == EXIT_WELL ? EXIT_FAILED : code;
}
