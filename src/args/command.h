/* A command as main.c sees it, and its exit codes. */
#ifndef ARGS_COMMAND_H
#define ARGS_COMMAND_H

#include "args/opts.h"

enum exit_code {
	EXIT_WELL = 0,
	EXIT_CLAIM = 1, /* a claim or gate failed */
	EXIT_USAGE = 2,
	EXIT_FAILED = 3,    /* a copy failed */
	EXIT_CANNOT = 4,    /* this machine cannot do it */
	EXIT_UNDECIDED = 5, /* a gate has neither passed nor failed */
	EXIT_INTERRUPTED = 130,
};

#define OPERANDS_MAX 2

/* A heading in the help of a command, above its option `first`. */
struct opt_group {
	const char *first;
	const char *heading;
};

struct command {
	const char *name;
	const char *summary; /* one line for `ipcopy help` */
	const char *about;   /* paragraphs for its own help */
	/* Names of its operands; the first `required` must be given. */
	const char *operands[OPERANDS_MAX + 1];
	int required;
	int most; /* the most operands, if the last one may be repeated */
	const struct opt *opts;
	const struct opt_group *groups; /* NULL: no headings */
	/* gets the words after the command's name, up to NULL */
	enum exit_code (*run)(char **words);
};

/*
 * Reads the words after the command's name into `fields`, as its options say,
 * and into `operand`. Fields of absent options stay as they are. True:
 * continue. False: help was shown, or the words were refused; *code says how to
 * end.
 */
bool command_read(const struct command *c, char **words, void *fields,
		  const char **operand, enum exit_code *code);

/*
 * For a command that takes more than OPERANDS_MAX: allocates room for as many
 * operands as there are words, all of them absent. The caller frees it. NULL:
 * no memory.
 */
const char **command_operands(char **words);

/* The help of one command, and of all. */
void command_help(const struct command *c);
void command_overview(const struct command *const *all);

/* Prints a name on the left, and its explanation wrapped on the right. */
void command_item(const char *left, const char *text);

#endif
