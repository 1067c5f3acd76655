/* Reads the options of a command, as its table describes them. */
#include "args/opts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/size.h"
#include "base/words.h"

/* A day. A longer time is surely a typing error, and poll(2) takes an int. */
#define LONGEST_MS 86400000

/* --- values --------------------------------------------------------------- */

int opt_refuse(const struct opt *o, const char *value, const char *allowed,
	       struct err *e)
{
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; its value is %s", o->name,
		       value, allowed);
}

int opt_true(const struct opt *o, const char *value, void *field, struct err *e)
{
	(void)o;
	(void)value;
	(void)e;
	*(bool *)field = true;
	return 0;
}

int opt_text(const struct opt *o, const char *value, void *field, struct err *e)
{
	if (!*value)
		return err_say(e, EINVAL,
			       "--%s '' is not allowed; %s must not be empty",
			       o->name, o->value);
	*(const char **)field = value;
	return 0;
}

int opt_word(const struct opt *o, const char *value, void *field, struct err *e)
{
	char what[40];

	for (int i = 0; o->words[i]; i++) {
		if (strcmp(o->words[i], value))
			continue;
		*(int *)field = i;
		return 0;
	}
	snprintf(what, sizeof(what), "--%s", o->name);
	return words_refuse(e, what, value, words_in_array, o->words);
}

int opt_count(const struct opt *o, const char *value, void *field,
	      struct err *e)
{
	char allowed[60];
	uint64_t n;

	snprintf(allowed, sizeof(allowed), "a number from 1 to %d", o->most);
	if (!count_parse(value, &n) || n < 1 || n > (uint64_t)o->most)
		return opt_refuse(o, value, allowed, e);
	*(int *)field = (int)n;
	return 0;
}

int opt_seed(const struct opt *o, const char *value, void *field, struct err *e)
{
	struct opt_seed *seed = field;

	seed->given = true;
	if (count_parse(value, &seed->value) && seed->value <= INT64_MAX)
		return 0;
	return opt_refuse(o, value,
			  "a whole number from 0 to 9223372036854775807", e);
}

int opt_wait(const struct opt *o, const char *value, void *field, struct err *e)
{
	int64_t ms;

	if (!duration_parse(value, &ms) || ms > LONGEST_MS)
		return opt_refuse(o, value,
				  "a time up to 24h, such as 250ms, 10s or 2m",
				  e);
	*(int *)field = (int)ms;
	return 0;
}

int opt_deadline(const struct opt *o, const char *value, void *field,
		 struct err *e)
{
	int ms = 0;

	if (opt_wait(o, value, &ms, &(struct err){ 0 }) < 0 || ms == 0)
		return opt_refuse(
			o, value,
			"a time from 1ms to 24h, such as 250ms, 10s or "
			"2m",
			e);
	*(int *)field = ms;
	return 0;
}

static bool cpu_parse(const char *text, int *cpu)
{
	uint64_t number;

	if (!count_parse(text, &number) || number > 65535)
		return false;
	*cpu = (int)number;
	return true;
}

int opt_cpu(const struct opt *o, const char *value, void *field, struct err *e)
{
	if (cpu_parse(value, field))
		return 0;
	return opt_refuse(o, value, "the number of a CPU, such as 0", e);
}

int opt_cpu_pair(const struct opt *o, const char *value, void *field,
		 struct err *e)
{
	const char *comma = strchr(value, ',');
	char first[16] = "";
	int *cpu = field;

	if (comma && comma - value < (int)sizeof(first))
		memcpy(first, value, (size_t)(comma - value));
	if (comma && cpu_parse(first, &cpu[0]) && cpu_parse(comma + 1, &cpu[1]))
		return 0;
	return opt_refuse(o, value,
			  "the server's CPU and the client's, such as 0,1", e);
}

/* --- the parser ----------------------------------------------------------- */

#define OPTS_MAX 32

/* The option may belong to the command that the operands are. */
static int refuse_after(const struct operands *operands, const char *unknown,
			const char *guess, struct err *e)
{
	const char *first = operands->word[0];

	return err_say(e, EINVAL,
		       "option '%.40s' is not known; %s%s%sif it is an option "
		       "of %.40s, write -- before %.40s",
		       unknown, guess ? "did you mean " : "",
		       guess ? guess : "", guess ? "? " : "", first, first);
}

static int refuse_option(const struct opt *opts,
			 const struct operands *operands, const char *word,
			 size_t len, struct err *e)
{
	char names[OPTS_MAX][24], unknown[64];
	const char *list[OPTS_MAX + 2], *guess;
	int n = 0;

	for (; opts[n].name && n < OPTS_MAX; n++) {
		snprintf(names[n], sizeof(names[n]), "--%s", opts[n].name);
		list[n] = names[n];
	}
	list[n] = "--help";
	list[n + 1] = NULL;
	snprintf(unknown, sizeof(unknown), "%.*s", (int)len, word);
	guess = words_guess(unknown, words_in_array, list);
	if (operands->are_command && operands->count)
		return refuse_after(operands, unknown, guess, e);
	return err_say(e, EINVAL,
		       "option '%.40s' is not known; %s%s%sipcopy %s --help "
		       "lists all options",
		       unknown, guess ? "did you mean " : "",
		       guess ? guess : "", guess ? "? " : "",
		       operands->command);
}

const struct opt *opts_find(const struct opt *opts, const char *word,
			    size_t len)
{
	for (; opts->name; opts++) {
		if (word[1] != '-' && len == 2 && opts->letter == word[1])
			return opts;
		if (word[1] == '-' && strlen(opts->name) == len - 2 &&
		    !strncmp(opts->name, word + 2, len - 2))
			return opts;
	}
	return NULL;
}

/*
 * Reads the option at **argv and its value. *argv then points to the last word
 * that was read.
 */
static int read_option(const struct opt *opts, const struct operands *operands,
		       char ***argv, void *fields, struct err *e)
{
	const char *word = **argv, *value = NULL;
	const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct opt *o = opts_find(opts, word, len);

	if (!o)
		return refuse_option(opts, operands, word, len, e);
	if (equals && !o->value)
		return err_say(e, EINVAL,
			       "--%s takes no value; leave out '=%.40s'",
			       o->name, equals + 1);
	if (equals)
		value = equals + 1;
	else if (o->value && !o->may_lack)
		value = *++*argv;
	if (o->value && !value && !o->may_lack)
		return err_say(e, EINVAL, "%s needs a value: --%s %s", word,
			       o->name, o->value);
	return o->take(o, value, (char *)fields + o->at, e);
}

static int read_operand(const char *word, struct operands *operands,
			struct err *e)
{
	if (operands->count == operands->max)
		return err_say(e, EINVAL,
			       "'%.60s' is one argument too many; --help shows "
			       "the usage",
			       word);
	operands->word[operands->count++] = word;
	return 0;
}

int opts_read(const struct opt *opts, char **argv, void *fields,
	      struct operands *operands, struct err *e)
{
	bool ended = false;
	int rc = 0;

	for (; *argv && rc == 0; argv++) {
		const char *word = *argv;

		if (ended || word[0] != '-' || !word[1]) {
			rc = read_operand(word, operands, e);
		} else if (!strcmp(word, "--")) {
			ended = true;
		} else if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
			return OPTS_HELP;
		} else {
			rc = read_option(opts, operands, &argv, fields, e);
			if (!*argv)
				break;
		}
	}
	return rc;
}
