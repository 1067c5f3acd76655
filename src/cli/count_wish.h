/* The options of count, and the job that is made from them. */
#ifndef CLI_COUNT_WISH_H
#define CLI_COUNT_WISH_H

#include "cli/count_show.h"
#include "cli/count_user.h"
#include "cli/transfer.h"
#include "copy/workload.h"

#define COUNT_WORDS_MAX 4096 /* words of a command */

struct counting {
	/* --via and its settings; must be the first member, see transfer.c */
	struct transfer t;
	/*
	 * words of the command, NULL-terminated; with --compare also those of
	 * the second one
	 */
	const char *word[COUNT_WORDS_MAX + 1];
	const char *in, *out, *dir, *output, *page;
	uint64_t bytes;
	double at_most; /* copies of a delivered byte; NaN: there is no gate */
	bool calibrate, draw, dot, ascii, calls, all_cpus, compare;
	int format;   /* enum table_format */
	int user;     /* enum count_user */
	int workload; /* enum copy_workload */
};

/* 0; or -EINVAL, and `e` names the options that contradict each other. */
int count_check(const struct counting *c, struct err *e);

/* Shows a count as the options ask. spec: the mechanism; NULL: a command. */
enum exit_code counting_show(const struct counting *c,
			     const struct tr_spec *spec,
			     const struct count_shown *s);
/* Says why there is no count. */
enum exit_code counting_cannot(int rc, const struct err *e);

/*
 * True if the counted bytes go to standard output. Then the report must go
 * elsewhere.
 */
bool count_took_stdout(const struct ledger *l);
opt_take count_take_at_most; /* double: a number that is not negative */
/* True if the number of copies is known, and is not only a lower bound. */
bool count_is_exact(const struct ledger_sum *s);
/* Says why --at-most does not pass. EXIT_WELL if it passes or is not given. */
enum exit_code count_gate(const struct counting *c, const struct ledger_sum *s);

/* Says how a command ended, unless it ended well. Returns the exit code. */
enum exit_code count_end_of(const char *command, int status);

enum exit_code count_command(struct counting *c);

/* Compares two commands with "--" between them. */
enum exit_code count_compare(struct counting *c);

#endif
