/*
 * Child processes: forked so that they die with their parent, watched, and
 * described when they end.
 */
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

/* The status of a child that the kernel did not keep: see proc_wait. */
#define PROC_LOST (-1)

/*
 * waitpid(2) that continues after signals: true once the child has ended, with
 * its status. With WNOHANG in `flags` it may return false. If SIGCHLD is
 * ignored, the kernel does not keep the status of a child; it is PROC_LOST
 * then.
 */
bool proc_wait(pid_t pid, int *status, int flags);

/* Waits until that child has ended, and ignores its status. */
void proc_reap(pid_t pid);

/* 'R', 'S', 'T' … as in /proc/PID/stat; '?' if that cannot be read. */
char proc_state(pid_t pid);

/*
 * True if it was killed or is ending, and only waits for a CPU or for its
 * parent. Its files may be closed long before it can be reaped.
 */
bool proc_is_dying(pid_t pid);

/* True if this process has that capability (CAP_…). */
bool proc_has_cap(int cap);

/*
 * Checks that this process may pin so many bytes. 0, or -EPERM with a message
 * that says that `what` exceeds the limit, and which command raises it.
 */
int proc_may_pin(uint64_t bytes, const char *what, struct err *e);

/* "was killed by signal 9 (Killed)", "ended with status 3". */
const char *proc_end_words(int status, char *buf, size_t len);

#endif
