/* ipcopy completion: prints the script that completes words in a shell. */
#include <stdio.h>
#include <string.h>

#include "args/say.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/complete.h"

#define WORDS_MAX 4096 /* the most words of a command line */

struct completing {
	const char *word[WORDS_MAX + 1];
	bool words;
};

static const struct opt completion_opts[] = {
	OPTION("words", NULL, opt_true, struct completing, words,
	       "take the words after -- as a command line that is being typed, "
	       "and print the words that could complete its last word, one on "
	       "each line, with its meaning after a tab; the completion "
	       "scripts use this option"),
	{ .name = NULL },
};

/* The scripts, by the names of their files in completion/. */
static const struct {
	const char *name, *text;
} scripts[] = {
#include "cli/completion_list.h"
};

/* The script of each shell, in the order of complete_shells. */
static const char *const script_names[] = { "ipcopy", "_ipcopy",
					    "ipcopy.fish" };

static void print_script(const char *name)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		if (!strcmp(scripts[i].name, name))
			fputs(scripts[i].text, stdout);
}

static enum exit_code show_script(const struct completing *c)
{
	struct err e = { 0 };

	if (c->word[1])
		return say_usage(
			"'%.60s' is one argument too many; name only one "
			"shell",
			c->word[1]);
	for (int i = 0; complete_shells[i]; i++) {
		if (strcmp(complete_shells[i], c->word[0]) != 0)
			continue;
		print_script(script_names[i]);
		return EXIT_WELL;
	}
	words_refuse(&e, "shell", c->word[0], words_in_array, complete_shells);
	return say_error(&e, EXIT_USAGE);
}

static enum exit_code run_completion(char **words)
{
	static struct completing c;
	enum exit_code code;

	if (!command_read(&cmd_completion, words, &c, c.word, &code))
		return code;
	if (!c.words)
		return show_script(&c);
	complete_last(c.word);
	return EXIT_WELL;
}

const struct command cmd_completion = {
	.name = "completion",
	.summary = "print the script with which a shell completes commands",
	.about = "Prints a script for bash, zsh or fish. With it, the Tab key "
		 "completes commands, options, mechanisms and their settings, "
		 "claims, plans and files. An installed ipcopy has the scripts "
		 "where shells look for them. If it is not installed, type in "
		 "bash: eval \"$(./ipcopy completion bash)\"; in zsh, after "
		 "compinit: eval \"$(./ipcopy completion zsh)\"; in fish: "
		 "./ipcopy completion fish | source.",
	.operands = { "SHELL" },
	.required = 1,
	.most = WORDS_MAX,
	.opts = completion_opts,
	.run = run_completion,
};
