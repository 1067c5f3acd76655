/* `ipcopy help`: all commands, or the manual page of one. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "args/command.h"

/* `words` are those after "help"; `all` ends with NULL. */
enum exit_code help_run(const struct command *const *all, char **words);

#endif
