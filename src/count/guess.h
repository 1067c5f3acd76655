/*
 * Recognises files that a program reads or writes by the way, and that are no
 * ends of a count unless the user names them.
 */
#ifndef COUNT_GUESS_H
#define COUNT_GUESS_H

#include <stdbool.h>

#include "count/count.h"

/* True for a file that libraries read by themselves, such as a locale. */
bool guess_is_settings(const char *name);

/*
 * True if the counter itself chose both ends, and they are not the ends of a
 * copy: a program read a file below /etc, /lib or /usr/lib, or wrote to
 * standard error, and it changed the bytes.
 */
bool guess_is_poor(const struct count_result *r);

#endif
