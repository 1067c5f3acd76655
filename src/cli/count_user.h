/*
 * count --user: the copies that a program makes itself, as a preloaded library
 * reports them or valgrind sees them.
 */
#ifndef CLI_COUNT_USER_H
#define CLI_COUNT_USER_H

#include "base/err.h"
#include "count/count.h"

enum count_user { COUNT_USER_NO, COUNT_USER_PRELOAD, COUNT_USER_DHAT };

/* "preload", "dhat", NULL. The index is the value of the enum minus 1. */
extern const char *const count_user_names[];

struct count_user_run {
	char library[4096]; /* the library to preload; "": none */
	/* the folder that valgrind writes into; "": not made yet */
	char dir[4096];
	char out_option[4200];
	/* the command under valgrind; freed by count_user_end */
	const char **words;
};

/*
 * Changes a job so that it also counts the program's own copies. 0 or -errno:
 * this machine cannot. Call count_user_end in both cases.
 */
int count_user_begin(struct count_user_run *u, enum count_user how,
		     struct count_job *job, struct err *e);

/*
 * Notes in the ledger how many bytes valgrind saw the program copy.
 * written_bytes: how many bytes came to the output.
 */
void count_user_take(const struct count_user_run *u, struct count_result *r,
		     uint64_t written_bytes);
void count_user_end(struct count_user_run *u);

#endif
