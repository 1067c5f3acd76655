/* The first failure, kept where it happened until cli prints it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

/*
 * Has a fixed size and no pointers, since it can lie in memory that is shared
 * with a worker.
 */
struct err {
	int code;       /* positive errno, 0 while nothing has failed */
	bool relayed;   /* the other side failed, and explains it better */
	char text[300]; /* one line, no full stop */
};

/*
 * The first failure stays, since later ones happen while cleaning up and follow
 * from it. All functions return -code, so that a caller can write `return
 * err_sys(e, "pipe2");`.
 */

/* Saves errno with the failing call: "mq_open: No space left on device". */
int err_sys(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for a given errno value, negative or positive. */
int err_code(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same for the errno value of a file that the user named. Returns -EINVAL
 * if no file has that name, as for any other word that makes no sense.
 */
int err_file(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * -EINTR: this process was asked to stop. It replaces a failure that is noted
 * already, since that is a consequence of the stop.
 */
int err_interrupted(struct err *e);

/* A whole sentence of our own; `code` only sorts it. */
int err_say(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
