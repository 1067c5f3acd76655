/*
 * The words that fit at a place of the command line. They come from the tables
 * of commands and options. If the table of an option does not list the values,
 * the name of the value in the help tells which words fit, such as FILE or RUN.
 */
#include "cli/complete.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/help.h"
#include "figure/figure.h"
#include "lab/runner.h"
#include "measure/plan.h"
#include "transport/transport.h"

const char *const complete_shells[] = { "bash", "zsh", "fish", NULL };

/*
 * The last word, as typed so far. Each offered word begins with the first
 * `head` bytes of `word`.
 */
struct asked {
	const char *word;
	size_t head;
};

/* The place of the last word on the command line. */
struct place {
	const struct command *command;
	const struct opt *option; /* the last word is its value; or NULL */
	int operand;              /* number of operands before the word */
	/* The first operand is this word; the command is 1; 0: no operand. */
	int first;
	bool ended; /* "--" has ended the options */
};

static void offer(const struct asked *a, const char *word, const char *tail,
		  const char *about)
{
	const char *typed = a->word + a->head;

	if (strncmp(word, typed, strlen(typed)) != 0)
		return;
	printf("%.*s%s%s\t%s\n", (int)a->head, a->word, word, tail, about);
}

static void offer_array(const struct asked *a, const char *const *words)
{
	for (; *words; words++)
		offer(a, *words, "", "");
}

/* Moves `head` behind the last separator: only the rest is to be completed. */
static struct asked after(struct asked a, char separator)
{
	const char *last = strrchr(a.word + a.head, separator);

	if (last)
		a.head = (size_t)(last + 1 - a.word);
	return a;
}

/* --- names: mechanisms, settings, figures, claims ------------------------- */

static void offer_mechanisms(struct asked a)
{
	for (size_t i = 0; tr_at(i); i++)
		offer(&a, tr_at(i)->name, "", tr_at(i)->summary);
}

/* True if `name=` stands between the colon and the last, unfinished setting. */
static bool is_given(const struct asked *a, const char *name)
{
	const char *at = strchr(a->word, ':');
	size_t len = strlen(name);

	for (; at && at + 1 < a->word + a->head; at = strchr(at + 1, ','))
		if (!strncmp(at + 1, name, len) && at[1 + len] == '=')
			return true;
	return false;
}

static void offer_settings(struct asked a, const struct tr_param *p)
{
	const char *equals;

	a = after(a, ',');
	equals = strchr(a.word + a.head, '=');
	for (; p->name; p++) {
		size_t len = strlen(p->name);

		if (!equals && !is_given(&a, p->name))
			offer(&a, p->name, "=", p->about);
		if (equals && p->kind == TR_CHOICE &&
		    !strncmp(a.word + a.head, p->name, len) &&
		    a.word + a.head + len == equals) {
			a = after(a, '=');
			offer_array(&a, p->choices);
			return;
		}
	}
}

static void offer_via(struct asked a)
{
	const char *colon = strchr(a.word + a.head, ':');
	const struct transport *t;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(a.word + a.head, ":"),
		 a.word + a.head);
	t = tr_find(name);
	if (!colon)
		offer_mechanisms(a);
	if (t && !colon)
		offer(&a, name, ":", "its settings");
	if (t && colon) {
		a.head = (size_t)(colon + 1 - a.word);
		offer_settings(a, t->params);
	}
}

static void offer_claims(struct asked a)
{
	const struct experiment *x;

	for_each_experiment(x) offer(&a, x->id, "", x->claim);
}

static void offer_figures(struct asked a)
{
	a = after(a, ',');
	for (const struct figure_kind *k = figure_kinds; k->name; k++)
		offer(&a, k->name, "", k->summary);
}

static void offer_commands(struct asked a)
{
	for (int i = 0; commands[i]; i++)
		offer(&a, commands[i]->name, "", commands[i]->summary);
}

static void offer_shells(struct asked a)
{
	offer_array(&a, complete_shells);
}

static void offer_files(struct asked a)
{
	(void)a;
	puts("\tfiles");
}

static void offer_folders(struct asked a)
{
	(void)a;
	puts("\tfolders");
}

static void offer_plans(struct asked a)
{
	for (size_t i = 0; meas_plan_builtin(i); i++)
		offer(&a, meas_plan_builtin(i), "",
		      "a plan that comes with ipcopy");
	offer_files(a);
}

/* --- values by their names ------------------------------------------------ */

/*
 * The names that values and operands have in the help, each with a function
 * that offers words. In the help, a number or dots may follow the name. For a
 * value with another name, nothing is offered: it is a number, or a name that
 * only the user knows.
 */
static const struct kind {
	const char *name, *command; /* in this command; NULL: in all */
	void (*offer)(struct asked a);
} kinds[] = {
	{ "M[:KEY=VALUE,...]", NULL, offer_via },
	{ "MECHANISM", "list", offer_mechanisms },
	{ "MECHANISM", NULL, offer_via },
	{ "NAME,", "plot", offer_figures },
	{ "ID", NULL, offer_claims },
	{ "PLAN", NULL, offer_plans },
	{ "SHELL", NULL, offer_shells },
	{ "FILE", NULL, offer_files },
	{ "SRC", NULL, offer_files },
	{ "DST", NULL, offer_files },
	{ "DIR", NULL, offer_folders },
	{ "RUN", NULL, offer_folders },
	{ "A", NULL, offer_folders },
	{ "B", NULL, offer_folders },
};

static bool is_kind(const struct kind *k, const char *name,
		    const struct command *c)
{
	size_t len = strlen(k->name);

	return !strncmp(k->name, name, len) &&
	       strspn(name + len, "0123456789.") == strlen(name + len) &&
	       (!k->command || !strcmp(k->command, c->name));
}

static void offer_value(struct asked a, const char *name,
			const struct command *c)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!is_kind(&kinds[i], name, c))
			continue;
		kinds[i].offer(a);
		return;
	}
}

static bool is_list(const struct opt *o)
{
	return !strcmp(o->value, "LIST") || strstr(o->value, ",...");
}

static void offer_option_value(struct asked a, const struct opt *o,
			       const struct command *c)
{
	if (!o->words) {
		offer_value(a, o->value, c);
		return;
	}
	if (is_list(o))
		a = after(a, ',');
	offer_array(&a, o->words);
}

/* --- options and operands ------------------------------------------------- */

static void offer_options(struct asked a, const struct opt *o)
{
	char name[40];

	for (; o->name; o++) {
		snprintf(name, sizeof(name), "--%s", o->name);
		offer(&a, name, "", o->help);
		if (o->may_lack)
			offer(&a, name, "=", o->help);
	}
	offer(&a, "--help", "", "show what the command does");
}

/* Completes the VALUE of a word "--name=VALUE", or the name of an option. */
static void offer_dashed(struct asked a, const struct command *c)
{
	const char *equals = strchr(a.word, '=');
	const struct opt *o = NULL;

	if (!equals) {
		offer_options(a, c->opts);
		return;
	}
	o = opts_find(c->opts, a.word, (size_t)(equals - a.word));
	if (!o || !o->value)
		return;
	a.head = (size_t)(equals + 1 - a.word);
	offer_option_value(a, o, c);
}

/*
 * The name of operand `number`, from 0; NULL: the command takes no more. The
 * last operand may be repeated, up to c->most operands in all.
 */
static const char *operand_name(const struct command *c, int number)
{
	int named = 0;

	while (c->operands[named])
		named++;
	if (number < named)
		return c->operands[number];
	return named > 0 && number < c->most ? c->operands[named - 1] : NULL;
}

static void offer_operand(struct asked a, const struct place *at, int number)
{
	const char *name = operand_name(at->command, at->operand);

	if (name && !strcmp(name, "COMMAND..."))
		printf("\tcommand %d\n", at->first ? at->first : number);
	else if (name)
		offer_value(a, name, at->command);
	else if (!at->ended)
		offer_options(a, at->command->opts);
}

/* --- where the word stands ------------------------------------------------ */

static void pass_option(struct place *at, const char *word)
{
	const struct opt *o;

	if (!strcmp(word, "--")) {
		at->ended = true;
		return;
	}
	o = opts_find(at->command->opts, word, strcspn(word, "="));
	if (o && o->value && !o->may_lack && !strchr(word, '='))
		at->option = o;
}

/* Parses the words before the last one by the rules of opts_read. */
static int find_place(const char *const *words, struct place *at)
{
	int i = 1;

	for (; words[i + 1]; i++) {
		if (at->option) {
			at->option = NULL;
		} else if (!at->ended && words[i][0] == '-' && words[i][1]) {
			pass_option(at, words[i]);
		} else {
			at->first = at->first ? at->first : i + 1;
			at->operand++;
		}
	}
	return i;
}

static void complete_in_command(const char *const *words,
				const struct command *c)
{
	struct place at = { .command = c };
	int last = find_place(words, &at);
	struct asked a = { .word = words[last] };

	if (at.option)
		offer_option_value(a, at.option, c);
	else if (a.word[0] == '-' && !at.ended)
		offer_dashed(a, c);
	else
		offer_operand(a, &at, last + 1);
}

static void offer_help(struct asked a)
{
	offer_commands(a);
	for (size_t i = 0; help_topic_at(i); i++)
		offer(&a, help_topic_at(i), "", "a text to read");
}

static void complete_first(struct asked a)
{
	offer_commands(a);
	offer(&a, "help", "", "show what a command does");
	if (a.word[0] != '-')
		return;
	offer(&a, "--help", "", "show the commands");
	offer(&a, "--version", "", "show the version");
}

void complete_last(const char *const *words)
{
	const struct command *c;

	if (!words[0])
		return;
	if (!words[1]) {
		complete_first((struct asked){ .word = words[0] });
		return;
	}
	c = commands_find(words[0]);
	if (c)
		complete_in_command(words, c);
	else if (!strcmp(words[0], "help") && !words[2])
		offer_help((struct asked){ .word = words[1] });
}
