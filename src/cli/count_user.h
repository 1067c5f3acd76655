/* count --user: a program's own copies, told by itself or seen by valgrind. */
#ifndef CLI_COUNT_USER_H
#define CLI_COUNT_USER_H

#include "base/err.h"
#include "count/count.h"

enum count_user { COUNT_USER_NO, COUNT_USER_PRELOAD, COUNT_USER_DHAT };

/* "preload", "dhat", NULL: one less than the enum. */
extern const char *const count_user_names[];

struct count_user_run {
	char library[4096]; /* to be preloaded, "" for none */
	char dir[4096];     /* where valgrind writes, "" while there is none */
	char out_option[4200];
	const char **words; /* the command under valgrind, to be freed */
};

/*
 * Makes a job count a program's own copies too. 0 or -errno: this machine
 * cannot. count_user_end either way.
 */
int count_user_begin(struct count_user_run *u, enum count_user how,
		     struct count_job *job, struct err *e);

/*
 * Writes into the ledger what valgrind has seen; of so much that was written.
 */
void count_user_take(const struct count_user_run *u, struct count_result *r,
		     uint64_t written_bytes);
void count_user_end(struct count_user_run *u);

#endif
