/* Possible leftovers of a run: named objects, descriptors, children. */
#ifndef TESTS_LEFTOVERS_H
#define TESTS_LEFTOVERS_H

#include <stdbool.h>

/*
 * The sorted names, one on each line, in memory to be freed: every file below
 * scratch_dir() and, with scratch_isolate(), all names in /dev/shm, all queues
 * and all System V objects.
 */
char *leftovers_names(void);

/* True if the names are still those of `before`. Prints others by diag(). */
bool leftovers_none_since(const char *before);

/* The number of open descriptors of this process. */
int leftovers_fds(void);

/* True if this process has children, running or not reaped. */
bool leftovers_children(void);

#endif
