/*
 * A standing pair for the tests standing.c and crowd.c: one server and one
 * client that make many transfers.
 */
#ifndef TESTS_STANDING_PAIR_H
#define TESTS_STANDING_PAIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "copy/histogram.h"
#include "copy/pair.h"

#define TRANSFERS 5
#define MESSAGES  50

/* Shared with the sides of the pair: our orders and their reports. */
struct trial_page {
	pid_t worker[COPY_ROLES];
	int started[COPY_ROLES]; /* how many transfers it has started */
	int fds[COPY_ROLES];
	int victim, dies_at; /* who dies, and in which transfer; 0: never */
	struct histogram trips;
};

struct standing {
	struct trial_page *page;
	struct copy_job job;
	struct copy_pair *pair;
	struct copy_outcome out;
	struct err e;
};

extern struct standing st;

/* Makes a scratch directory, and st.page, which the sides of the pair share. */
void standing_begin(void);

void standing_job(const char *spec, enum copy_workload kind,
		  enum copy_sink sink);
bool standing_opens(void);
bool standing_transfers(void);
bool standing_closes(void);

/*
 * True if the transfer fails with this code, and in one line with these words.
 */
bool standing_fails(int code, const char *words);
const char *standing_dead_words(int role);

#endif
