/* The commands of ipcopy, in the order of its help. */
#include "cli/commands.h"

#include <string.h>

const struct command *const commands[] = {
	&cmd_list,       &cmd_copy,     &cmd_serve, &cmd_fetch,  &cmd_count,
	&cmd_explain,    &cmd_exercise, &cmd_lab,   &cmd_bench,  &cmd_doctor,
	&cmd_verdict,    &cmd_compare,  &cmd_plot,  &cmd_report, &cmd_export,
	&cmd_completion, NULL,
};

const struct command *commands_find(const char *name)
{
	for (int i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}
