/* Finds the children of a process. */
#ifndef TESTS_CHILD_OF_H
#define TESTS_CHILD_OF_H

#include <sys/types.h>

/* The n-th child of a process, the eldest first; 0: there is none. */
pid_t child_of(pid_t pid, int n);

#endif
