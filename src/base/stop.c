/* How a process that is blocked anywhere is asked to come back. */
#include "base/stop.h"

#include <string.h>
#include <time.h>

/* Written by on_stop only. */
volatile sig_atomic_t stop_signal;

static void on_stop(int sig)
{
	stop_signal = sig;
}

static void set(int sig, void (*handler)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler; /* no SA_RESTART: blocked calls must return */
	sigaction(sig, &sa, NULL);
}

/* nohup, or a job in the background, was meant to outlive the terminal. */
static void set_unless_ignored(int sig)
{
	struct sigaction now;

	if (sigaction(sig, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		set(sig, on_stop);
}

void stop_install_worker(void)
{
	stop_signal = 0;
	set(SIGTERM, on_stop);
	set(SIGINT, SIG_IGN);
	set(SIGHUP, SIG_IGN);
	set(SIGPIPE, SIG_IGN);
}

void stop_install_supervisor(void)
{
	set(SIGTERM, on_stop);
	set_unless_ignored(SIGINT);
	set_unless_ignored(SIGHUP);
	set(SIGPIPE, SIG_IGN);
	/* beyond the file size limit: an error of the call, as any other */
	set(SIGXFSZ, SIG_IGN);
}

void stop_poll(struct pollfd *p, nfds_t n, int timeout_ms)
{
	struct timespec ts = { .tv_sec = timeout_ms / 1000,
			       .tv_nsec = timeout_ms % 1000 * 1000000L };
	sigset_t stops, before;

	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, &before);
	if (!stop_requested())
		ppoll(p, n, &ts, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
