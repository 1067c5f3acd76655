/*
 * ipcopy list: shows the mechanisms, whether they run here, and their settings.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/columns.h"
#include "base/size.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/settings.h"
#include "text/table.h"
#include "transport/transport.h"

struct listing {
	const char *operand[OPERANDS_MAX];
	int format; /* enum table_format */
	bool verbose;
};

static const struct opt list_opts[] = {
	OPT_FORMAT(struct listing),
	OPTION("verbose", NULL, opt_true, struct listing, verbose,
	       "show all that is known of all mechanisms", .letter = 'v'),
	{ .name = NULL },
};

enum {
	C_NAME,
	C_CONTROL,
	C_KIND,
	C_HERE,
	C_REASON,
	C_COPIES,
	C_KERNEL,
	C_USER,
	C_REACH,
	C_MESSAGES,
	C_LIMITS,
	C_SINCE,
	C_LIFTS,
	C_SUMMARY,
	C_SETTINGS,
	C_END
};

static const struct table_column all_columns[C_END] = {
	[C_NAME] = { .key = "name", .heading = "mechanism" },
	/* the name again; one of the two headings is removed */
	[C_CONTROL] = { .heading = "control" },
	[C_KIND] = { .key = "kind" },
	[C_HERE] = { .key = "available", .heading = "here", .spare = 1 },
	[C_REASON] = { .key = "reason" },
	[C_COPIES] = { .heading = "copies", .spare = 2 },
	[C_KERNEL] = { .key = "copies_kernel" },
	[C_USER] = { .key = "copies_user" },
	[C_REACH] = { .key = "reach" },
	[C_MESSAGES] = { .key = "has_message_form" },
	[C_LIMITS] = { .key = "limits" },
	[C_SINCE] = { .key = "since_linux" },
	[C_LIFTS] = { .key = "limits_lifted_by" },
	[C_SUMMARY] = { .key = "summary", .heading = "what it is", .spare = 3 },
	[C_SETTINGS] = { .key = "settings" },
};

/* --- rows ----------------------------------------------------------------- */

static void fill_copies(struct table *t, const struct tr_spec *spec)
{
	int kernel = settings_copies(spec, HOP_KERNEL);
	int user = settings_copies(spec, HOP_USER);
	char sum[32];

	snprintf(sum, sizeof(sum), "%d + %d", kernel, user);
	table_text(t, C_COPIES, sum);
	table_int(t, C_KERNEL, kernel);
	table_int(t, C_USER, user);
}

static void fill_mechanism_row(struct table *t, const struct transport *ops,
			       bool with_settings)
{
	struct err e = { 0 };
	struct tr_spec spec;
	char limits[300] = "";
	int rc = tr_spec_parse(ops->name, &spec, &e);

	if (rc == 0)
		rc = tr_probe(&spec, &e);
	if (ops->limits)
		ops->limits(limits, sizeof(limits));
	table_row(t);
	table_text(t, C_NAME, ops->name);
	table_text(t, C_CONTROL, ops->name);
	table_text(t, C_KIND, tr_kind_names[ops->kind]);
	table_bool(t, C_HERE, rc == 0);
	if (rc < 0)
		table_text(t, C_REASON, e.text);
	fill_copies(t, &spec);
	table_text(t, C_REACH, tr_reach_names[tr_reach(&spec)]);
	table_bool(t, C_MESSAGES, tr_has_message_form(ops));
	if (*limits)
		table_text(t, C_LIMITS, limits);
	table_text(t, C_SINCE, ops->since);
	if (ops->lifts)
		table_text(t, C_LIFTS, ops->lifts);
	table_text(t, C_SUMMARY, ops->summary);
	if (with_settings)
		table_nest(t, C_SETTINGS, settings_table(ops));
}

/* The mechanisms to show, and whether their settings are shown as well. */
struct choice {
	const struct transport *only; /* NULL: all mechanisms */
	bool of_kind[2];              /* indexed by enum tr_kind */
	bool with_settings;
};

static bool is_chosen(const struct choice *c, const struct transport *ops)
{
	return c->only ? ops == c->only : c->of_kind[ops->kind];
}

static enum exit_code show_rows(const struct choice *c,
				enum table_format format)
{
	struct table_column columns[C_END];
	const struct transport *ops;
	struct table *t;

	memcpy(columns, all_columns, sizeof(columns));
	if (!c->with_settings)
		columns[C_SETTINGS].key = NULL;
	columns[c->of_kind[TR_MECHANISM] ? C_CONTROL : C_NAME].heading = NULL;
	t = table_new(columns, C_END);
	for_each_transport(ops)
		if (is_chosen(c, ops))
			fill_mechanism_row(t, ops, c->with_settings);
	return say_and_free(table_end(t, format), false);
}

/* --- for people ----------------------------------------------------------- */

static void show_what_cannot_run(void)
{
	const struct transport *ops;

	for_each_transport(ops) {
		struct err e = { 0 };
		struct tr_spec spec;

		if (tr_spec_parse(ops->name, &spec, &e) == 0 &&
		    tr_probe(&spec, &e) == 0)
			continue;
		fputs("cannot run here: ", stdout);
		columns_wrap(stdout, e.text, 17, 0);
	}
}

static enum exit_code show_overview(void)
{
	static const struct choice mechanisms = { .of_kind = { true, false } };
	static const struct choice controls = { .of_kind = { false, true } };
	enum exit_code code = show_rows(&mechanisms, TABLE_HUMAN);

	if (code == EXIT_WELL) {
		printf("\n");
		code = show_rows(&controls, TABLE_HUMAN);
	}
	if (code != EXIT_WELL)
		return code;
	printf("\n");
	columns_wrap(stdout,
		     "A control is not IPC: one process does all the work. "
		     "Mechanisms are compared with controls.",
		     0, 0);
	columns_wrap(stdout,
		     "copies: how often each byte is copied from file to file, "
		     "by the kernel + by the processes, as predicted. To see "
		     "the settings of a mechanism: ipcopy list MECHANISM",
		     0, 0);
	show_what_cannot_run();
	return EXIT_WELL;
}

static enum exit_code show_details(const struct transport *only)
{
	const struct transport *ops;
	const char *gap = "";

	for_each_transport(ops) {
		if (only && ops != only)
			continue;
		fputs(gap, stdout);
		gap = "\n\n";
		if (settings_show(ops) < 0)
			return say_no_memory();
	}
	return EXIT_WELL;
}

static enum exit_code refuse_mechanism(const char *name)
{
	struct err e = { 0 };

	words_refuse(&e, "mechanism", name, tr_name_at, NULL);
	return say_error(&e, EXIT_USAGE);
}

static enum exit_code run_list(char **words)
{
	struct listing l = { .format = TABLE_HUMAN };
	struct choice c = { .of_kind = { true, true } };
	enum exit_code code;

	if (!command_read(&cmd_list, words, &l, l.operand, &code))
		return code;
	if (l.operand[0]) {
		c.only = tr_find(l.operand[0]);
		if (!c.only)
			return refuse_mechanism(l.operand[0]);
		l.verbose = true;
	}
	c.with_settings = l.verbose;
	if (l.format != TABLE_HUMAN)
		return show_rows(&c, (enum table_format)l.format);
	return l.verbose ? show_details(c.only) : show_overview();
}

const struct command cmd_list = {
	.name = "list",
	.summary = "show the mechanisms, or the settings of one",
	.about =
		"Shows every mechanism, whether it runs on this machine, and "
		"if it does not, the reason. With MECHANISM, shows all that is "
		"known of that mechanism.",
	.operands = { "MECHANISM" },
	.required = 0,
	.opts = list_opts,
	.run = run_list,
};
