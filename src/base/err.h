/* Keeps the first failure of an operation until the command prints it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

/*
 * The struct has a fixed size and no pointers, since it may lie in memory that
 * is shared with a worker process.
 */
struct err {
	int code;       /* positive errno, 0 while nothing has failed */
	bool relayed;   /* the other side reported this failure, or is gone */
	char text[300]; /* one line, no full stop */
};

/*
 * These functions record a failure. If a failure is recorded already, it stays
 * (except with err_interrupted), since later failures usually happen while
 * cleaning up and follow from the first. All functions return a negative code,
 * so that a caller can write `return err_sys(e, "pipe2");`.
 */

/* Records errno and the failing call: "mq_open: No space left on device". */
int err_sys(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Like err_sys, but with `code`, negative or positive, in place of errno. */
int err_code(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Like err_code, for a file that the user named. If `code` shows that the name
 * is wrong (ENOENT, ENOTDIR, EISDIR, ELOOP or ENAMETOOLONG), EINVAL is recorded
 * instead, as for any other mistake in the user's command.
 */
int err_file(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Records that this process was asked to stop, and returns -EINTR. A failure
 * that is recorded already is replaced, since it follows from the stop.
 */
int err_interrupted(struct err *e);

/* Records a whole sentence of our own, without the text of errno `code`. */
int err_say(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
