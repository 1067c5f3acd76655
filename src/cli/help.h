/* `ipcopy help`: all commands, a manual page, or one of the other texts. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "args/command.h"

/* `words` are those after "help", up to NULL. */
enum exit_code help_run(char **words);

#endif
