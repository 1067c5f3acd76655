/* The options of count, and the job that they are made into. */
#ifndef CLI_COUNT_WISH_H
#define CLI_COUNT_WISH_H

#include "cli/count_show.h"
#include "cli/count_user.h"
#include "cli/transfer.h"
#include "copy/workload.h"

#define COUNT_WORDS_MAX 4096 /* of a command */

struct counting {
	struct transfer t; /* first: --via and its settings, see transfer.c */
	/* the command's, NULL-terminated; with --compare also the other's */
	const char *word[COUNT_WORDS_MAX + 1];
	const char *in, *out, *dir, *output, *page;
	uint64_t bytes;
	bool calibrate, draw, dot, ascii, calls, all_cpus, compare;
	int format;   /* enum table_format */
	int user;     /* enum count_user */
	int workload; /* enum copy_workload */
};

/* 0, or -EINVAL and the options that contradict each other. */
int count_check(const struct counting *c, struct err *e);

/* As it was asked for; spec: the mechanism, NULL: a command. */
enum exit_code counting_show(const struct counting *c,
			     const struct tr_spec *spec,
			     const struct count_shown *s);
/* Why there is no count. */
enum exit_code counting_cannot(int rc, const struct err *e);

/* Do counted bytes go where the report would go? Then it goes elsewhere. */
bool count_took_stdout(const struct ledger *l);
/* Says how a command ended, unless well; how to end. */
enum exit_code count_end_of(const char *command, int status);

enum exit_code count_command(struct counting *c);

/* Two commands, with "--" between them. */
enum exit_code count_compare(struct counting *c);

#endif
