/* How a process that is blocked anywhere is asked to come back. */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

/*
 * Set by the signal handler, read by every wait. Whoever wants a worker to
 * stop sends SIGTERM until it has: a signal that lands between the look at
 * this flag and the blocking call is lost, the next one is not.
 */
extern volatile sig_atomic_t stop_signal;

static inline bool stop_requested(void)
{
	return stop_signal != 0;
}

/*
 * poll(2), for a supervisor that has not been asked to stop as far as it knows:
 * no such signal is missed, however long it may sleep.
 */
void stop_poll(struct pollfd *p, nfds_t n, int timeout_ms);

/* A worker: SIGTERM stops it, the terminal's signals are its parent's. */
void stop_install_worker(void);

/*
 * A supervisor: SIGINT, SIGTERM and SIGHUP end the work in order. Its parent
 * may have blocked signals, or ignored SIGCHLD, whose default leaves a child's
 * status to be asked for: neither holds for us and our workers.
 */
void stop_install_supervisor(void);

/* In a child that becomes another program: signals as our parent left them. */
void stop_hand_on(void);

#endif
