/* A trial: makes one copy, kills or stops a side, and checks all promises. */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include "copy/session.h"
#include "sample.h"

/* Where a side is hurt: a point of enum copy_point, or one of these. */
enum { TRIAL_MIDDLE = COPY_AT_END + 1, TRIAL_NOWHERE };

struct trial {
	/* what to try */
	struct tr_spec spec;
	struct sample in;
	bool there; /* the destination exists already */
	enum copy_role victim;
	int point; /* TRIAL_NOWHERE: no side is hurt */
	int sig;
	int timeout_ms;

	/* the result */
	bool ended;   /* copy_run returned */
	bool reached; /* the point was reached */
	int64_t reached_ns;
	int rc;
	struct err err;
	struct copy_outcome out;
	int64_t took_ns;  /* time since the point, or of the whole copy */
	char broken[200]; /* the first promise that was broken, or "" */

	/* private */
	pid_t pid; /* with trial_run_all: the process that runs it */
	pid_t worker[COPY_ROLES];
	_Atomic bool inside[COPY_ROLES]; /* in the hook that moves the file */
	int feed; /* the other end of its standard input */
	uint64_t fed_bytes;
};

/* The default trial: an odd length near 64 KiB, and no injury. */
#define TRIAL_INIT                                                            \
	{                                                                     \
		.in = { .len = 65543, .mode = 0640 }, .point = TRIAL_NOWHERE, \
		.timeout_ms = 15000, .feed = -1                               \
	}

/*
 * Runs a trial in this process. A trial that hurts a side must come from
 * trials_new.
 */
void trial_run(struct trial *t);

/*
 * Runs those of the `n` trials that have not reached their point yet, `at_once`
 * at a time, each in a process of its own. They must come from trials_new.
 */
void trial_run_all(struct trial *t, size_t n, size_t at_once);

/* Room for `n` trials, in memory that children share. */
struct trial *trials_new(size_t n);

/* "the client was killed in the middle", for messages. */
const char *trial_words(const struct trial *t);

#endif
