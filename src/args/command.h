/* A command as main.c sees it, and its exit codes. */
#ifndef ARGS_COMMAND_H
#define ARGS_COMMAND_H

#include "args/opts.h"

enum exit_code {
	EXIT_WELL = 0,
	EXIT_CLAIM = 1, /* a claim or gate failed */
	EXIT_USAGE = 2,
	EXIT_FAILED = 3,    /* a copy failed */
	EXIT_CANNOT = 4,    /* this machine cannot */
	EXIT_UNDECIDED = 5, /* a gate neither passed nor failed */
	EXIT_INTERRUPTED = 130,
};

#define OPERANDS_MAX 2

struct command {
	const char *name;
	const char *summary; /* one line for `ipcopy help` */
	const char *about;   /* paragraphs for its own help */
	/* Names of its operands; the first `required` must be given. */
	const char *operands[OPERANDS_MAX + 1];
	int required;
	int most; /* how many operands it takes, where the last one repeats */
	const struct opt *opts;
	enum exit_code (*run)(char **words); /* after its name, up to NULL */
};

/*
 * Reads the words after the command's name into `fields` (as its options say)
 * and `operand`, absent ones as they were. True: go on. False: help was asked
 * for and shown, or the words were refused; *code is how to end.
 */
bool command_read(const struct command *c, char **words, void *fields,
		  const char **operand, enum exit_code *code);

/*
 * Room for as many operands as there are words, all of them absent, to be
 * freed; NULL: no memory. For a command that takes more than OPERANDS_MAX.
 */
const char **command_operands(char **words);

/* The help of one command, and of all. */
void command_help(const struct command *c);
void command_overview(const struct command *const *all);

/* A word or two on the left, what they mean wrapped on the right. */
void command_item(const char *left, const char *text);

#endif
