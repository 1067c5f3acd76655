/* A server or a client in a process of its own, as two people start them. */
#ifndef TESTS_PARTY_H
#define TESTS_PARTY_H

#include <sys/types.h>

#include "copy/session.h"

/* Where its worker dies, besides enum copy_point. */
enum { PARTY_MIDDLE = COPY_AT_END + 1, PARTY_LIVES };

struct party {
	/* what it does */
	enum copy_role role;
	char name[80];          /* where they meet */
	char spec[TR_SPEC_MAX]; /* server only */
	char file[80];          /* what it reads or writes; "-": what we feed */
	int wait_ms;
	bool keeps;   /* serves one after another until SIGTERM */
	int dies_at;  /* this side's worker, of SIGKILL */
	int rests_at; /* its worker waits there for ever */

	/* how it goes */
	bool opened;             /* the name is taken */
	bool moves;              /* the first bytes have come or gone */
	bool rests;              /* its worker does */
	_Atomic uint32_t served; /* with keeps: how many got all */

	/* how it went */
	bool ended;
	int rc;
	struct err err;
	struct copy_outcome out;
	int64_t took_ns;
	bool clean; /* no descriptor, no child left */

	/* our own */
	pid_t pid, worker;
	int told[2]; /* a byte comes with every change above */
	uint64_t fed_bytes;
	int feed;
};

/* Two of them on speaking terms, in memory shared with children. */
struct party *parties_new(size_t n);
void party_init(struct party *p, enum copy_role role, const char *name,
		const char *file);
void party_use(struct party *p, const char *spec);

void party_start(struct party *p);

/* Until it has said so. False: it ended first. */
bool party_opened(struct party *p);
bool party_moves(struct party *p);
bool party_rests(struct party *p);
bool party_served(struct party *p, uint32_t clients);

/* Until it has ended; true if copy_serve or copy_fetch came back. */
bool party_finish(struct party *p);

/* Kills it. True: with it everything it has started. */
bool party_wipe_out(struct party *p);

#endif
