/* Options of a command as a table, read by one parser. */
#ifndef ARGS_OPTS_H
#define ARGS_OPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct opt;

/*
 * Puts a value into its field. 0, or -EINVAL with the allowed values in `e`.
 * `value` is NULL if the option takes none.
 */
typedef int opt_take(const struct opt *o, const char *value, void *field,
		     struct err *e);

struct opt {
	const char *name;  /* without the dashes; NULL ends a table */
	char letter;       /* a short form, 0 for none */
	const char *value; /* name of the value in the help; NULL: no value */
	/* --name or --name=value; without a value: take gets NULL */
	bool may_lack;
	opt_take *take;
	size_t at; /* of the field, by offsetof */
	/* opt_word: what is allowed; elsewhere what completion offers. */
	const char *const *words;
	const char *help;
};

/* Ready-made functions; the comment has the type of the field. */
opt_take opt_true;     /* bool */
opt_take opt_text;     /* const char *, not empty */
opt_take opt_word;     /* int, an index into .words */
opt_take opt_wait;     /* int: milliseconds, 0 allowed */
opt_take opt_deadline; /* int: milliseconds, 0 refused */
opt_take opt_cpu;      /* int: a CPU's number */
opt_take opt_cpu_pair; /* int[2] */

/* Words that are not options, in the given order. */
struct operands {
	const char **word;
	int max;
	int count;
};

/*
 * Reads argv up to its NULL: `--name value`, `--name=value`, `-n value`. "--"
 * ends the options, and "-" is not an option. Returns 0, -EINVAL, or OPTS_HELP
 * as soon as help is asked for.
 */
int opts_read(const struct opt *opts, char **argv, void *fields,
	      struct operands *operands, struct err *e);

#define OPTS_HELP 1

/* The option that the first `len` letters of a word name, with dashes. */
const struct opt *opts_find(const struct opt *opts, const char *word,
			    size_t len);

#endif
