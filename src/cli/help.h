/* `ipcopy help`: all commands, a manual page, or one of the other texts. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stddef.h>

#include "args/command.h"

/* A name that help knows, besides the commands; NULL: there are no more. */
const char *help_topic_at(size_t i);

/* `words` are those after "help", up to NULL. */
enum exit_code help_run(char **words);

#endif
