/* Asks a process that is blocked anywhere to stop. */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

/*
 * Set by the signal handler and read by every wait. To stop a worker, send
 * SIGTERM repeatedly until it has ended: a signal that arrives between the
 * worker's look at this flag and its blocking call is lost, but the next one is
 * not.
 */
extern volatile sig_atomic_t stop_signal;

static inline bool stop_requested(void)
{
	return stop_signal != 0;
}

/*
 * poll(2) for a supervisor that has not yet seen a request to stop. It misses
 * no such signal, however long it sleeps.
 */
void stop_poll(struct pollfd *p, nfds_t n, int timeout_ms);

/*
 * For a worker: SIGTERM stops it. It ignores signals from the terminal, which
 * its parent handles.
 */
void stop_install_worker(void);

/*
 * For a supervisor: SIGINT, SIGTERM and SIGHUP end the work in order. If the
 * parent process has blocked these signals, they are unblocked. If it ignores
 * SIGCHLD, the default is restored, since otherwise the status of a child would
 * be lost.
 */
void stop_install_supervisor(void);

/*
 * For a child that becomes another program: restores the signals as our parent
 * left them.
 */
void stop_hand_on(void);

#endif
