/*
 * ipcopy doctor: finds what disturbs measurements here, and says how to mend
 * it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "cli/commands.h"
#include "measure/doctor.h"
#include "text/table.h"

struct doctor_wish {
	const char *operand[OPERANDS_MAX];
	int format; /* enum table_format */
};

static const struct opt doctor_opts[] = {
	OPT_FORMAT(struct doctor_wish),
	{ .name = NULL },
};

enum { C_NAME, C_VALUE, C_STATE, C_WHY, C_COMMAND, C_END };

static const struct table_column columns[C_END] = {
	[C_NAME] = { .key = "name", .heading = "what" },
	[C_VALUE] = { .key = "value", .heading = "value", .spare = 1 },
	[C_STATE] = { .key = "state", .heading = "state" },
	[C_WHY] = { .key = "why" },
	[C_COMMAND] = { .key = "command" },
};

static char *rows(const struct doctor *d, enum table_format format)
{
	struct table *t = table_new(columns, C_END);

	for (size_t i = 0; i < d->items; i++) {
		const struct doctor_item *item = &d->item[i];

		table_row(t);
		table_text(t, C_NAME, item->name);
		if (*item->value)
			table_text(t, C_VALUE, item->value);
		table_text(t, C_STATE, doctor_state_names[item->state]);
		table_text(t, C_WHY, item->why);
		if (*item->command)
			table_text(t, C_COMMAND, item->command);
	}
	return table_end(t, format);
}

static void show_state(const struct doctor *d, enum doctor_state state,
		       const char *heading)
{
	bool any = false;

	for (size_t i = 0; i < d->items; i++) {
		const struct doctor_item *item = &d->item[i];

		if (item->state != state)
			continue;
		if (!any)
			printf("\n%s\n\n", heading);
		any = true;
		command_item(item->name, item->why);
		if (*item->command)
			printf("    %s\n", item->command);
	}
}

static enum exit_code show_checks(const struct doctor *d,
				  enum table_format format)
{
	char *text = rows(d, format);

	if (!text)
		return say_no_memory();
	say_report(text, false);
	free(text);
	if (format != TABLE_HUMAN)
		return EXIT_WELL;
	show_state(d, DOCTOR_DISTURBS,
		   "These facts disturb measurements. The commands below mend "
		   "them or show the cause:");
	show_state(d, DOCTOR_LIMITS,
		   "These facts limit mechanisms. The commands below lift the "
		   "limits or show the cause:");
	show_state(d, DOCTOR_NOTE,
		   "A reader of the results must know these facts:");
	printf("\n"
	       "Nothing was changed. Most of these commands need root. Most "
	       "changes last until\n"
	       "the next boot; those by ulimit and taskset, until the shell "
	       "ends.\n");
	return EXIT_WELL;
}

static enum exit_code run_doctor(char **words)
{
	struct doctor_wish w = { .format = TABLE_HUMAN };
	const char *root = getenv("IPCOPY_DOCTOR_ROOT");
	struct doctor d = { .root = root ? root : "" };
	enum exit_code code;

	if (!command_read(&cmd_doctor, words, &w, w.operand, &code))
		return code;
	doctor_look(&d);
	return show_checks(&d, (enum table_format)w.format);
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "show what disturbs measurements or limits mechanisms here",
	.about = "Shows what disturbs measurements on this machine or keeps "
		 "mechanisms from running, why it matters, and a command that "
		 "mends it or shows the cause, if there is one. Changes "
		 "nothing.",
	.operands = { NULL },
	.required = 0,
	.opts = doctor_opts,
	.run = run_doctor,
};
