/* Which files are no ends of a count unless the user names them. */
#ifndef COUNT_GUESS_H
#define COUNT_GUESS_H

#include <stdbool.h>

#include "count/count.h"

/* True for a file that libraries read by themselves, such as a locale. */
bool guess_is_settings(const char *name);

/*
 * True if the ends that were found are no copy: a program read a file of the
 * system, or wrote to standard error, and the bytes are not the same.
 */
bool guess_is_poor(const struct count_result *r);

#endif
