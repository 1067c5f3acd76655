/* One copy on trial: what is done to it, and whether it kept its promises. */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include "copy/session.h"
#include "sample.h"

/* Where a side is hurt: an enum copy_point, or one of these. */
enum { TRIAL_MIDDLE = COPY_AT_END + 1, TRIAL_NOWHERE };

struct trial {
	/* what is tried */
	struct tr_spec spec;
	struct sample in;
	bool there; /* a file of that name exists already */
	enum copy_role victim;
	int point; /* TRIAL_NOWHERE: the copy is left in peace */
	int sig;
	int timeout_ms;

	/* how it went */
	bool ended;   /* copy_run came back */
	bool reached; /* the point */
	int64_t reached_ns;
	int rc;
	struct err err;
	struct copy_outcome out;
	int64_t took_ns;  /* from that point on, or all of it */
	char broken[200]; /* the first promise it broke, or nothing */

	/* our own */
	pid_t pid; /* that runs it, with trial_run_all */
	pid_t worker[COPY_ROLES];
	_Atomic bool inside[COPY_ROLES]; /* the hook that moves the file */
	int feed; /* the other end of its standard input */
	uint64_t fed_bytes;
};

/* The default trial: an odd length near 64 KiB, and no injury. */
#define TRIAL_INIT                                                            \
	{                                                                     \
		.in = { .len = 65543, .mode = 0640 }, .point = TRIAL_NOWHERE, \
		.timeout_ms = 15000, .feed = -1                               \
	}

/* Runs it in this process. One that hurts a side must come from trials_new. */
void trial_run(struct trial *t);

/*
 * Runs those of the `n` trials that have not reached their point yet, each in a
 * process of its own, `at_once` at a time. They must come from trials_new.
 */
void trial_run_all(struct trial *t, size_t n, size_t at_once);

/* Room for `n`, shared with our children; munmap it or leave it. */
struct trial *trials_new(size_t n);

/* "the client was killed in the middle", for messages. */
const char *trial_words(const struct trial *t);

#endif
