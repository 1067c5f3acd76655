/* Requests to stop, which a process notices even while a call blocks. */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

/*
 * The signal that asked this process to stop, 0 if none did. The handler of
 * signals sets this variable, and waits read it. To stop a worker, send SIGTERM
 * repeatedly until it has ended: a blocking call does not notice a signal that
 * arrived between the worker's look at this variable and the call, but it
 * notices the next signal.
 */
extern volatile sig_atomic_t stop_signal;

static inline bool stop_requested(void)
{
	return stop_signal != 0;
}

/*
 * poll(2) for a supervisor. A signal that asks it to stop ends the wait, even
 * if the signal arrives just before the wait.
 */
void stop_poll(struct pollfd *p, nfds_t n, int timeout_ms);

/*
 * Sets the signals of a worker. SIGTERM asks it to stop. It ignores SIGINT and
 * SIGHUP, since the terminal sends them to its parent, too, which handles them.
 * It also ignores SIGPIPE.
 */
void stop_install_worker(void);

/*
 * Sets the signals of a supervisor. SIGTERM asks it to stop in good order, and
 * so do SIGINT and SIGHUP unless the parent process had made us ignore them.
 * All signals are unblocked, even if the parent process had blocked them.
 * SIGPIPE and SIGXFSZ are ignored. SIGCHLD gets its default action, since the
 * status of a child would be lost if the parent process had made us ignore
 * SIGCHLD.
 */
void stop_install_supervisor(void);

/*
 * Sets the signals back, as our parent process had set them. For a child that
 * is about to execute another program.
 */
void stop_hand_on(void);

#endif
