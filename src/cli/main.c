/* ipcopy: copies files between two processes in the ways that Linux has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/bytes.h"
#include "base/stop.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "lab/runner.h"

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
	return say_error(&e, EXIT_USAGE);
}

static enum exit_code refuse_nothing(void)
{
	return say_usage("a command is missing; see: ipcopy --help");
}

static enum exit_code surplus(const char *word)
{
	return say_usage("'%s' is one argument too many; see: ipcopy --help",
			 word);
}

/* Parts of ipcopy that configure may have left out. */
static const struct {
	const char *name;
	bool there;
} parts[] = {
	{ .name = "io_uring",
#ifdef HAVE_LIBURING
	  .there = true
#endif
	},
	{ .name = "hwloc",
#ifdef HAVE_HWLOC
	  .there = true
#endif
	},
	{ .name = "Google Benchmark",
#ifdef HAVE_BENCHMARK
	  .there = true
#endif
	},
};

static void put_parts(bool there, const char *before)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i].there != there)
			continue;
		printf("%s%s", before, parts[i].name);
		before = ", ";
	}
	if (!strcmp(before, ", "))
		putchar('\n');
}

static enum exit_code version(char **words)
{
	if (words[0])
		return surplus(words[0]);
	printf("ipcopy %s\n", PACKAGE_VERSION);
	put_parts(true, "with: ");
	put_parts(false, "without: ");
#ifdef STATIC_PROGRAM
	puts("static: needs no libraries");
#endif
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
		return help_run(words + 1);
	if (!strcmp(first, "--version") || !strcmp(first, "-V"))
		return version(words + 1);
	c = commands_find(first);
	return c ? c->run(words + 1) : refuse_word("command", first);
}

int main(int argc, char **argv)
{
	(void)argc;
	lab_be_second(argv);
	say_begin();
	stop_install_supervisor();
	bytes_told = getenv(BYTES_TOLD_ENV) != NULL;
	return say_end(run_words(argv[0] ? argv + 1 : argv));
}
