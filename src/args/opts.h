/* Reads the options of a command, as its table describes them. */
#ifndef ARGS_OPTS_H
#define ARGS_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct opt;

/*
 * Checks the value of an option and puts the value into the option's field.
 * Returns 0; or -EINVAL, and `e` names the allowed values. `value` is NULL if
 * no value was given.
 */
typedef int opt_take(const struct opt *o, const char *value, void *field,
		     struct err *e);

struct opt {
	const char *name;  /* without the dashes; NULL ends a table */
	char letter;       /* a short form, 0 for none */
	const char *value; /* name of its value in the help; NULL: no value */
	/* The user may leave out the value; `take` then gets NULL. */
	bool may_lack;
	opt_take *take;
	size_t at; /* offset of the field in `fields` */
	/* With opt_word, the allowed words; else words that Tab completes. */
	const char *const *words;
	int most; /* with opt_count: the largest number */
	const char *help;
};

/* The field of opt_seed. */
struct opt_seed {
	bool given;
	uint64_t value;
};

/*
 * A row of a table, for an option whose value goes into the member `field` of
 * the type `whose`. Other members of struct opt, such as .words, may follow the
 * help text.
 */
#define OPTION(opt, arg, how, whose, field, ...)                  \
	{                                                         \
		.name = (opt), .value = (arg), .take = (how),     \
		.at = offsetof(whose, field), .help = __VA_ARGS__ \
	}

/* Functions for `take`. Each comment says what the field is. */
opt_take opt_true;     /* bool */
opt_take opt_text;     /* const char *, not empty */
opt_take opt_word;     /* int, an index into .words */
opt_take opt_count;    /* int, from 1 to .most */
opt_take opt_seed;     /* struct opt_seed */
opt_take opt_wait;     /* int: milliseconds, 0 allowed */
opt_take opt_deadline; /* int: milliseconds, 0 refused */
opt_take opt_cpu;      /* int: a CPU's number */
opt_take opt_cpu_pair; /* int[2] */

/*
 * Puts a message into `e` which says that `value` is refused, and that the
 * value of the option is `allowed`. Returns -EINVAL.
 */
int opt_refuse(const struct opt *o, const char *value, const char *allowed,
	       struct err *e);

/* The words that are not options, in the order of the command line. */
struct operands {
	const char *command; /* for messages */
	bool are_command;    /* they are a command that may have options */
	const char **word;
	int max;
	int count;
};

/*
 * Reads argv up to its NULL: `--name value`, `--name=value`, `-n value`. "--"
 * ends the options, and "-" is an operand. Returns 0, -EINVAL, or OPTS_HELP if
 * it comes to --help or -h.
 */
int opts_read(const struct opt *opts, char **argv, void *fields,
	      struct operands *operands, struct err *e);

#define OPTS_HELP 1

/*
 * The option whose name or letter, with its dashes, is the first `len` letters
 * of `word`; NULL: there is none.
 */
const struct opt *opts_find(const struct opt *opts, const char *word,
			    size_t len);

#endif
