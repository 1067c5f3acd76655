/* The options of count, and whether they make sense together. */
#ifndef CLI_COUNT_WISH_H
#define CLI_COUNT_WISH_H

#include "cli/count_user.h"
#include "cli/transfer.h"
#include "copy/workload.h"

#define COUNT_WORDS_MAX 4096 /* of a command */

struct counting {
	struct transfer t; /* first: --via and its settings, see transfer.c */
	const char
		*word[COUNT_WORDS_MAX + 1]; /* the command's, NULL-terminated */
	const char *in, *out, *dir, *page;
	uint64_t bytes;
	bool calibrate, draw, dot, ascii, calls, all_cpus;
	int format;   /* enum table_format */
	int user;     /* enum count_user */
	int workload; /* enum copy_workload */
};

/* 0, or -EINVAL and what contradicts what. */
int count_check(const struct counting *c, struct err *e);

#endif
