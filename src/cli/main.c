/* ipcopy: copies files between two processes in the ways that Linux has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/bytes.h"
#include "base/stop.h"
#include "base/words.h"
#include "cli/commands.h"

static const struct command *const commands[] = {
	&cmd_list,    &cmd_copy, &cmd_serve,  &cmd_fetch,  &cmd_count,
	&cmd_explain, &cmd_lab,  &cmd_bench,  &cmd_doctor, &cmd_verdict,
	&cmd_compare, &cmd_plot, &cmd_report, &cmd_export, NULL,
};

static const char *command_name(size_t i, const void *unused)
{
	(void)unused;
	if (i > 0 && !commands[i - 1])
		return NULL;
	return commands[i] ? commands[i]->name : "help";
}

static enum exit_code refuse_word(const char *what, const char *word)
{
	struct err e = { 0 };

	words_refuse(&e, what, word, command_name, NULL);
	say("%s", e.text);
	return EXIT_USAGE;
}

static const struct command *find(const char *name)
{
	for (int i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static enum exit_code refuse_nothing(void)
{
	say("a command is missing; see: ipcopy --help");
	return EXIT_USAGE;
}

static enum exit_code surplus(const char *word)
{
	say("'%s' is one argument too many; see: ipcopy --help", word);
	return EXIT_USAGE;
}

static enum exit_code help(char **words)
{
	const struct command *c = words[0] ? find(words[0]) : NULL;

	if (words[0] && words[1])
		return surplus(words[1]);
	if (words[0] && !c)
		return refuse_word("command", words[0]);
	if (c)
		command_help(c);
	else
		command_overview(commands);
	return EXIT_WELL;
}

static enum exit_code version(char **words)
{
	if (words[0])
		return surplus(words[0]);
	printf("ipcopy %s\n", PACKAGE_VERSION);
	return EXIT_WELL;
}

static enum exit_code run_words(char **words)
{
	const char *first = words[0];
	const struct command *c;

	if (!first)
		return refuse_nothing();
	if (!strcmp(first, "help") || !strcmp(first, "--help") ||
	    !strcmp(first, "-h"))
		return help(words + 1);
	if (!strcmp(first, "--version") || !strcmp(first, "-V"))
		return version(words + 1);
	c = find(first);
	return c ? c->run(words + 1) : refuse_word("command", first);
}

int main(int argc, char **argv)
{
	(void)argc;
	say_begin();
	stop_install_supervisor();
	bytes_told = getenv(BYTES_TOLD_ENV) != NULL;
	return say_end(run_words(argv[0] ? argv + 1 : argv));
}
