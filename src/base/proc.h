/* Child processes: born with a leash, watched, described when they end. */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Forks a child that is killed when its parent dies. In the child returns 0;
 * in the parent the pid, with a pidfd in *pidfd; or -errno.
 */
pid_t proc_fork(int *pidfd, struct err *e);

/* Waits until that child has ended, whatever signals come meanwhile. */
void proc_reap(pid_t pid);

/* 'R', 'S', 'T' … as in /proc/PID/stat; '?' if that cannot be read. */
char proc_state(pid_t pid);

/* Has this process that capability (CAP_…)? */
bool proc_has_cap(int cap);

/*
 * Whether it may pin so many bytes. 0, or -EPERM: `what` is over the limit,
 * which is named with the command that raises it.
 */
int proc_may_pin(uint64_t bytes, const char *what, struct err *e);

/* "was killed by signal 9 (Killed)", "ended with status 3". */
const char *proc_end_words(int status, char *buf, size_t len);

#endif
