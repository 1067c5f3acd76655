/* Helpers of the programs that exercises show. */
#ifndef TEACH_PROGRAMS_H
#define TEACH_PROGRAMS_H

#include <semaphore.h>
#include <stddef.h>
#include <sys/types.h>

#include "teach/form.h"

/* Explains the helpers to readers of a program. */
extern const char *const programs_helpers;

/* `len` bytes of private memory; the process ends if it cannot have them. */
void *private_memory(ssize_t len);

/* `len` bytes of memory that this process shares with its later children. */
void *shared_memory(ssize_t len);

/*
 * Maps `len` bytes of a file with MAP_SHARED. A file that may be written gets
 * this length first.
 */
void *mapped(int fd, ssize_t len);

/* fork(2); gives the child this name. */
pid_t fork_as(const char *name);

/* Waits for a child; returns its exit status, or 1 if it was killed. */
int ended(pid_t child);

/* read and write through a buffer of `block` bytes, until there is no more. */
int pump(int from, int to, ssize_t block);

/* A slot for messages in shared memory, and semaphores that tell the turn. */
struct slot {
	sem_t empty, full;
	ssize_t n;
	char bytes[];
};

struct slot *new_slot(ssize_t len);
void wait_empty(struct slot *s);
void tell_full(struct slot *s, ssize_t n);
ssize_t wait_full(struct slot *s); /* returns s->n */
void tell_empty(struct slot *s);

#endif
