/* Possible leftovers of a run: named objects, descriptors, children. */
#ifndef TESTS_LEFTOVERS_H
#define TESTS_LEFTOVERS_H

#include <stdbool.h>

/*
 * Every file below scratch_dir() and, with scratch_isolate(), all names in
 * /dev/shm, of queues and of System V objects: sorted, one a line, malloced.
 */
char *leftovers_names(void);

/* Whether the names are those of `before`; shows by diag() what is not. */
bool leftovers_none_since(const char *before);

/* Open descriptors of this process. */
int leftovers_fds(void);

/* Whether this process has children, running or unburied. */
bool leftovers_children(void);

#endif
