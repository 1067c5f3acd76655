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
 * Forks a child that is killed when its parent dies. Returns 0 in the child. In
 * the parent it returns the pid and sets *pidfd, or returns -errno.
 */
pid_t proc_fork(int *pidfd, struct err *e);

/* The status if the kernel did not keep it; see proc_wait. */
#define PROC_LOST (-1)

/*
 * waitpid(2), called again if a signal interrupts it. True: the child has
 * ended, and *status is its status. The kernel keeps no status if this process
 * ignores SIGCHLD; then *status is PROC_LOST. False: `flags` has WNOHANG, and
 * the child still runs.
 */
bool proc_wait(pid_t pid, int *status, int flags);

/* Waits until the child has ended, and ignores its status. */
void proc_reap(pid_t pid);

/*
 * The state of a process as in /proc/PID/stat: 'R', 'S', 'T' …; '?' if that
 * file cannot be read.
 */
char proc_state(pid_t pid);

/*
 * True if the process is stopped, by a signal or by a program that traces it,
 * and goes on only when it is told to. Also true if SIGSTOP was sent and will
 * stop it as soon as it gets a CPU, which can take long on a busy machine.
 */
bool proc_is_stopped(pid_t pid);

/*
 * True if the process was killed or is ending, so that it need not be killed
 * again. Its files may be closed long before it can be reaped.
 */
bool proc_is_dying(pid_t pid);

/* True if this process has that capability (CAP_…). */
bool proc_has_cap(int cap);

/*
 * Checks that `bytes` bytes are within the limit of memory that this process
 * may pin. 0, or -EPERM with a message that says that `what` exceeds the limit,
 * and which command raises it.
 */
int proc_may_pin(uint64_t bytes, const char *what, struct err *e);

/* Says how a child ended, such as "was killed by signal 9 (Killed)". */
const char *proc_end_words(int status, char *buf, size_t len);

#endif
