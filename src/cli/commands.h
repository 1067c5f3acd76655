/* The commands of ipcopy. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "args/command.h"
#include "text/table.h"

/* The row of --format, which several commands have; see OPTION. */
#define OPT_FORMAT(whose)                                   \
	OPTION("format", "FORMAT", opt_word, whose, format, \
	       "table (default), json or csv", .words = table_format_names)

extern const struct command cmd_list, cmd_copy, cmd_serve, cmd_fetch, cmd_lab,
	cmd_bench, cmd_doctor, cmd_count, cmd_explain, cmd_plot, cmd_report,
	cmd_verdict, cmd_compare, cmd_export, cmd_completion, cmd_exercise;

extern const struct command *const commands[]; /* up to NULL */

/* The command with that name; NULL: there is none. */
const struct command *commands_find(const char *name);

#endif
