/* The first failure, kept where it happened until cli prints it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

/* Fixed size and no pointers: it lives in memory shared with a worker too. */
struct err {
	int code;       /* positive errno, 0 while nothing has failed */
	bool relayed;   /* about the other side: it knows better why */
	char text[300]; /* one line, no full stop */
};

/*
 * The first failure wins: what goes wrong while cleaning up is a consequence.
 * All return -code, so that callers can write `return err_sys(e, "pipe2");`.
 */

/* Saves errno with the failing call: "mq_open: No space left on device". */
int err_sys(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for an errno value in hand (negative or positive). */
int err_code(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same for the errno value of a file that the user named: -EINVAL where no
 * file has that name, as for other words that cannot be followed.
 */
int err_file(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * -EINTR: this process was asked to stop. Takes the place of any other failure,
 * which is a consequence.
 */
int err_interrupted(struct err *e);

/* A whole sentence of our own; `code` only sorts it. */
int err_say(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
