/*
 * The settings of a mechanism: defaults, allowed values, values that work here.
 */
#include "cli/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/command.h"
#include "args/say.h"
#include "base/append.h"
#include "base/columns.h"
#include "base/size.h"

int settings_copies(const struct tr_spec *spec, int by)
{
	int copies = 0;

	for (const struct hop *h = tr_path(spec); h->from; h++)
		if ((int)h->by == by)
			copies += h->copies;
	return copies;
}

/* --- one setting ---------------------------------------------------------- */

static const char *value_text(const struct tr_param *p, uint64_t value,
			      char *buf, size_t size)
{
	if (p->kind == TR_CHOICE)
		return p->choices[value];
	if (p->kind == TR_SIZE)
		return size_word(value, buf, size);
	snprintf(buf, size, "%" PRIu64, value);
	return buf;
}

static const char *allowed_text(const struct tr_param *p, char *buf,
				size_t size)
{
	char low[32], high[32];

	if (p->kind != TR_CHOICE) {
		snprintf(buf, size, "%s to %s",
			 value_text(p, p->min, low, sizeof(low)),
			 value_text(p, p->max, high, sizeof(high)));
		return buf;
	}
	buf[0] = '\0';
	for (int i = 0; p->choices[i]; i++)
		text_append(buf, size, "%s%s", i ? ", " : "", p->choices[i]);
	return buf;
}

/* Asks whether a mechanism runs here with this choice of a setting. */
static int probe_choice(const struct transport *ops, const char *name,
			const char *choice, struct tr_spec *spec, struct err *e)
{
	char text[TR_SPEC_MAX];
	int rc;

	snprintf(text, sizeof(text), "%s:%s=%s", ops->name, name, choice);
	rc = tr_spec_parse(text, spec, e);
	return rc < 0 ? rc : tr_probe(spec, e);
}

enum { CH_CHOICE, CH_WORD, CH_HERE, CH_REACH, CH_REASON, CH_END };

static const struct table_column choice_columns[CH_END] = {
	[CH_CHOICE] = { .heading = "choice" },
	[CH_WORD] = { .key = "choice" },
	[CH_HERE] = { .key = "available", .heading = "here" },
	[CH_REACH] = { .key = "reach", .heading = "joins", .spare = 1 },
	[CH_REASON] = { .key = "reason" },
};

static void add_choices(struct table *t, const struct transport *ops,
			const struct tr_param *p)
{
	for (int i = 0; p->choices && p->choices[i]; i++) {
		struct err e = { 0 };
		struct tr_spec spec;
		char pair[80];
		int rc = probe_choice(ops, p->name, p->choices[i], &spec, &e);

		snprintf(pair, sizeof(pair), "%s=%s", p->name, p->choices[i]);
		table_row(t);
		table_text(t, CH_CHOICE, pair);
		table_text(t, CH_WORD, p->choices[i]);
		table_bool(t, CH_HERE, rc == 0);
		table_text(t, CH_REACH, tr_reach_names[tr_reach(&spec)]);
		if (rc < 0)
			table_text(t, CH_REASON, e.text);
	}
}

/* --- for programs --------------------------------------------------------- */

enum { S_NAME, S_DEFAULT, S_ALLOWED, S_ABOUT, S_CHOICES, S_END };

static const struct table_column setting_columns[S_END] = {
	[S_NAME] = { .key = "name" },       [S_DEFAULT] = { .key = "default" },
	[S_ALLOWED] = { .key = "allowed" }, [S_ABOUT] = { .key = "about" },
	[S_CHOICES] = { .key = "choices" },
};

struct table *settings_table(const struct transport *ops)
{
	struct table *t = table_new(setting_columns, S_END), *choices;
	char text[200];

	for (const struct tr_param *p = ops->params; p->name; p++) {
		table_row(t);
		table_text(t, S_NAME, p->name);
		table_text(t, S_DEFAULT,
			   value_text(p, p->def, text, sizeof(text)));
		table_text(t, S_ALLOWED, allowed_text(p, text, sizeof(text)));
		table_text(t, S_ABOUT, p->about);
		if (p->kind != TR_CHOICE)
			continue;
		choices = table_new(choice_columns, CH_END);
		add_choices(choices, ops, p);
		table_nest(t, S_CHOICES, choices);
	}
	return t;
}

/* --- for people ----------------------------------------------------------- */

static void show_facts(const struct tr_spec *spec)
{
	const struct transport *ops = spec->ops;
	char text[300] = "";
	struct err e = { 0 };

	snprintf(text, sizeof(text), "%s: %s%s\n", ops->name,
		 ops->kind == TR_CONTROL ? "a control, " : "", ops->summary);
	columns_wrap(stdout, text, 0, 0);
	*text = '\0';
	command_item("  runs here", tr_probe(spec, &e) == 0 ? "yes" : e.text);
	if (ops->kind == TR_MECHANISM)
		command_item("  joins", tr_reach_names[tr_reach(spec)]);
	command_item("  moves", ops->carries_nothing       ? "nothing"
				: tr_has_message_form(ops) ? "messages"
							   : "whole files");
	if (ops->limits)
		ops->limits(text, sizeof(text));
	if (*text)
		command_item("  limits", text);
	if (ops->lifts)
		command_item("  lifted by", ops->lifts);
	command_item("  in Linux since", ops->since);
	snprintf(text, sizeof(text),
		 "of each byte, %d by the kernel and %d by the processes "
		 "(predicted, from file to file)",
		 settings_copies(spec, HOP_KERNEL),
		 settings_copies(spec, HOP_USER));
	command_item("  copies", text);
}

static void show_settings(const struct transport *ops)
{
	char left[80], word[32], allowed[200], text[320];

	snprintf(text, sizeof(text),
		 "settings, as in %s:%s=%s, with their defaults:\n", ops->name,
		 ops->params->name,
		 value_text(ops->params, ops->params->def, word, sizeof(word)));
	putchar('\n');
	columns_wrap(stdout, text, 0, 0);
	for (const struct tr_param *p = ops->params; p->name; p++) {
		snprintf(left, sizeof(left), "  %s=%s", p->name,
			 value_text(p, p->def, word, sizeof(word)));
		snprintf(text, sizeof(text), "%s; allowed: %s", p->about,
			 allowed_text(p, allowed, sizeof(allowed)));
		command_item(left, text);
	}
}

/* Leaves out the name of the mechanism, which the title has. */
static const char *without_name(const char *text, const struct transport *ops)
{
	size_t len = strlen(ops->name);

	return !strncmp(text, ops->name, len) && !strncmp(text + len, ": ", 2)
		       ? text + len + 2
		       : text;
}

static void show_refused_choices(const struct transport *ops)
{
	const char *gap = "\n";
	char pair[80];

	for (const struct tr_param *p = ops->params; p->name; p++) {
		for (int i = 0; p->choices && p->choices[i]; i++) {
			struct err e = { 0 };
			struct tr_spec spec;

			if (probe_choice(ops, p->name, p->choices[i], &spec,
					 &e) == 0)
				continue;
			printf("%s", gap);
			gap = "";
			snprintf(pair, sizeof(pair), "%s=%s", p->name,
				 p->choices[i]);
			command_item(pair, without_name(e.text, ops));
		}
	}
}

static int show_choices(const struct transport *ops)
{
	struct table *t = table_new(choice_columns, CH_END);
	bool any = false;
	char *text;

	for (const struct tr_param *p = ops->params; p->name; p++) {
		/* every way to wait works on every machine */
		if (p->kind != TR_CHOICE || p->choices == tr_wait_names)
			continue;
		any = true;
		add_choices(t, ops, p);
	}
	text = table_end(t, TABLE_HUMAN);
	if (text && any)
		printf("\n%s", text);
	free(text);
	show_refused_choices(ops);
	return text ? 0 : -ENOMEM;
}

int settings_show(const struct transport *ops)
{
	struct err e = { 0 };
	struct tr_spec spec;

	if (tr_spec_parse(ops->name, &spec, &e) < 0)
		return -e.code;
	show_facts(&spec);
	show_settings(ops);
	return show_choices(ops);
}
