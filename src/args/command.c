/* Common to all commands: reading the words of the command line, and help. */
#include "args/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/append.h"
#include "base/columns.h"
#include "base/utf8.h"

#define HELP_INDENT 26
#define HELP_NARROW 60

/*
 * Writes the usage, such as "ipcopy copy SRC DST [OPTION...]", or "ipcopy count
 * [OPTION...] [-- COMMAND...]".
 */
static const char *usage_of(const struct command *c, char *buf, size_t size)
{
	if (c->runs_another) {
		snprintf(buf, size, "ipcopy %s [OPTION...] [-- %s]", c->name,
			 c->operands[0]);
		return buf;
	}
	snprintf(buf, size, "ipcopy %s", c->name);
	for (int i = 0; c->operands[i]; i++)
		text_append(buf, size, i < c->required ? " %s" : " [%s]",
			    c->operands[i]);
	text_append(buf, size, " [OPTION...]");
	return buf;
}

static int check_operands(const struct command *c, int count, struct err *e)
{
	char usage[80];

	if (count >= c->required)
		return 0;
	return err_say(e, EINVAL, "%s is missing; usage: %s",
		       c->operands[count], usage_of(c, usage, sizeof(usage)));
}

bool command_read(const struct command *c, char **words, void *fields,
		  const char **operand, enum exit_code *code)
{
	struct operands operands = { .command = c->name,
				     .are_command = c->runs_another,
				     .word = operand };
	struct err e = { 0 };
	int rc;

	while (c->operands[operands.max])
		operands.max++;
	if (c->most)
		operands.max = c->most;
	rc = opts_read(c->opts, words, fields, &operands, &e);
	if (rc == 0)
		rc = check_operands(c, operands.count, &e);
	if (rc == OPTS_HELP) {
		command_help(c);
		*code = EXIT_WELL;
	} else if (rc < 0) {
		say("%s", e.text);
		*code = EXIT_USAGE;
	}
	return rc == 0;
}

const char **command_operands(char **words)
{
	size_t n = OPERANDS_MAX + 1;

	for (char **at = words; *at; at++)
		n++;
	return calloc(n, sizeof(const char *));
}

/* --- help ----------------------------------------------------------------- */

/*
 * The indent of explanations in a help, in columns. It is small in a narrow
 * terminal, where most explanations begin on the line below the name.
 */
static size_t help_indent(void)
{
	return columns_here() < HELP_NARROW ? HELP_INDENT / 4 : HELP_INDENT;
}

void command_item(const char *left, const char *text)
{
	size_t width = utf8_width(left), indent = help_indent();

	if (width + 2 > indent)
		printf("%s\n%*s", left, (int)indent, "");
	else
		printf("%s%*s", left, (int)(indent - width), "");
	columns_wrap(stdout, text, indent, indent);
}

static void put_option(const struct opt *o)
{
	char left[60], first[8] = "    ";

	if (o->letter)
		snprintf(first, sizeof(first), "-%c, ", o->letter);
	snprintf(left, sizeof(left), "  %s--%s%s%s%s", first, o->name,
		 !o->value     ? ""
		 : o->may_lack ? " [="
			       : " ",
		 o->value ? o->value : "", o->may_lack ? "]" : "");
	command_item(left, o->help);
}

static void put_usage(const char *usage)
{
	static const char before[] = "usage: ";
	size_t width = strlen(before);

	fputs(before, stdout);
	columns_wrap(stdout, usage, width, width);
	putchar('\n');
}

/* Writes the heading of a group, if option `o` is the first of the group. */
static void put_heading(const struct command *c, const struct opt *o)
{
	for (const struct opt_group *g = c->groups; g && g->first; g++)
		if (!strcmp(g->first, o->name))
			printf("%s%s:\n", o == c->opts ? "" : "\n", g->heading);
}

void command_help(const struct command *c)
{
	char usage[80];

	put_usage(usage_of(c, usage, sizeof(usage)));
	columns_wrap(stdout, c->about, 0, 0);
	putchar('\n');
	for (const struct opt *o = c->opts; o->name; o++) {
		put_heading(c, o);
		put_option(o);
	}
	put_option(&(struct opt){
		.name = "help", .letter = 'h', .help = "show this text" });
}

#define NAME_WIDTH 14

static void put_summary(const char *name, const char *summary)
{
	printf("  %-*s", NAME_WIDTH - 2, name);
	columns_wrap(stdout, summary, NAME_WIDTH, NAME_WIDTH);
}

void command_overview(const struct command *const *all)
{
	put_usage("ipcopy COMMAND [ARGUMENT...] [OPTION...]");
	columns_wrap(
		stdout,
		"Copies files between two processes in the ways that Linux has "
		"to pass bytes from one process to another, measures how fast "
		"each way is, and counts how often each byte is copied.",
		0, 0);
	putchar('\n');
	for (; *all; all++)
		put_summary((*all)->name, (*all)->summary);
	put_summary("help", "show this text, or the manual page of a command");
	putchar('\n');
	put_option(&(struct opt){
		.name = "help",
		.letter = 'h',
		.help = "show this text; after a command, its options" });
	put_option(&(struct opt){
		.name = "version", .letter = 'V', .help = "show the version" });
	putchar('\n');
	columns_wrap(
		stdout,
		"Exit status: 0 success; 1 a gate failed, or an outcome, a "
		"count or an answer is not the expected one; 2 "
		"wrong usage; 3 a copy failed, or a file could not be read or "
		"written; 4 this machine cannot do what was asked; 5 a gate is "
		"undecided; 130 interrupted. If a command fails, count ends "
		"with its status. The manual pages say more: see ipcopy(1), or "
		"ipcopy help COMMAND. For teachers: ipcopy help lesson shows a "
		"lesson of 90 minutes, and doc/LAB has claims and questions "
		"about shared memory.",
		0, 0);
}
