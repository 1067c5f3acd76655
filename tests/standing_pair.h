/* A pair that stands, on trial; for standing.c and crowd.c. */
#ifndef TESTS_STANDING_PAIR_H
#define TESTS_STANDING_PAIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "copy/histogram.h"
#include "copy/pair.h"

#define TRANSFERS 5
#define MESSAGES  50

/* Shared by the sides of the pair on trial: their orders and their reports. */
struct trial_page {
	pid_t worker[COPY_ROLES];
	int started[COPY_ROLES]; /* transfers */
	int fds[COPY_ROLES];
	int victim, dies_at; /* in that transfer; 0: never */
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

/* A place of its own, and the page. */
void standing_begin(void);

void standing_job(const char *spec, enum copy_workload kind,
		  enum copy_sink sink);
bool standing_opens(void);
bool standing_transfers(void);
bool standing_closes(void);

/* The transfer fails so, in one line that has these words. */
bool standing_fails(int code, const char *words);
const char *standing_dead_words(int role);

#endif
