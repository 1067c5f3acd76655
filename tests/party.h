/* A server or a client in a process of its own, as a user starts it. */
#ifndef TESTS_PARTY_H
#define TESTS_PARTY_H

#include <sys/types.h>

#include "copy/session.h"

/* Points at which a worker dies, besides those of enum copy_point. */
enum { PARTY_MIDDLE = COPY_AT_END + 1, PARTY_LIVES };

struct party {
	/* the caller sets these */
	enum copy_role role;
	char name[80];          /* the name under which they meet */
	char spec[TR_SPEC_MAX]; /* server only */
	/* the file that it reads or writes; "-": bytes that we feed */
	char file[80];
	int wait_ms;
	bool keeps;   /* serves one client after another until SIGTERM */
	int dies_at;  /* the point at which its worker dies by SIGKILL */
	int rests_at; /* the point at which its worker stays for ever */

	/* the party reports its progress */
	bool opened;             /* the server has taken its name */
	bool moves;              /* the first bytes have moved */
	bool rests;              /* the worker stays at rests_at */
	_Atomic uint32_t served; /* with keeps: how many clients have got all */

	/* the result */
	bool ended;
	int rc;
	struct err err;
	struct copy_outcome out;
	int64_t took_ns;
	bool clean; /* it left no descriptor and no child */

	/* private */
	pid_t pid, worker;
	int told[2]; /* a byte arrives here with each change of the progress */
	uint64_t fed_bytes;
	int feed;
};

/* Room for `n` parties, in memory that children share. */
struct party *parties_new(size_t n);
void party_init(struct party *p, enum copy_role role, const char *name,
		const char *file);
void party_use(struct party *p, const char *spec);

void party_start(struct party *p);

/*
 * Each function waits until the party reports the step that the function is
 * named after. False: the party ended before this step.
 */
bool party_opened(struct party *p);
bool party_moves(struct party *p);
bool party_rests(struct party *p);
bool party_served(struct party *p, uint32_t clients);

/*
 * Waits until the party has ended. True if copy_serve or copy_fetch returned.
 */
bool party_finish(struct party *p);

/* Kills the party. True if all processes that it had started died with it. */
bool party_wipe_out(struct party *p);

#endif
