/* A command, as main.c runs it, and the exit codes of ipcopy. */
#ifndef ARGS_COMMAND_H
#define ARGS_COMMAND_H

#include "args/opts.h"

enum exit_code {
	EXIT_WELL = 0,
	/* a gate failed, or an outcome, a count or an answer is wrong */
	EXIT_CLAIM = 1,
	EXIT_USAGE = 2,
	EXIT_FAILED = 3,    /* a copy or other work failed */
	EXIT_CANNOT = 4,    /* this machine cannot do what was asked */
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
	const char *about;   /* the text of the command's own help */
	/* Names of its operands. The first `required` must be given. */
	const char *operands[OPERANDS_MAX + 1];
	int required;
	/* Largest number of operands; 0: as many as `operands` names. */
	int most;
	/* Its operands are another command; -- comes before this command. */
	bool runs_another;
	const struct opt *opts;
	const struct opt_group *groups; /* NULL: no headings */
	/* Runs the command. `words`: the words after its name, up to NULL. */
	enum exit_code (*run)(char **words);
};

/*
 * Reads the words after the command's name: options into `fields`, as c->opts
 * says, and operands into `operand`. Fields of absent options stay unchanged.
 * True: the command can go on. False: help was shown, or the words were
 * refused, and *code is the exit code.
 */
bool command_read(const struct command *c, char **words, void *fields,
		  const char **operand, enum exit_code *code);

/*
 * For a command that may take more than OPERANDS_MAX operands: allocates a
 * zeroed array with room for as many operands as there are words. The caller
 * frees it. NULL: no memory.
 */
const char **command_operands(char **words);

/* Print the help of one command, and the list of all commands. */
void command_help(const struct command *c);
void command_overview(const struct command *const *all);

/* Prints a name on the left, and on the right its explanation, wrapped. */
void command_item(const char *left, const char *text);

#endif
