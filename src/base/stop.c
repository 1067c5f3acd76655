/* How a process that is blocked anywhere is asked to come back. */
#include "base/stop.h"

#include <string.h>

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
	set(SIGINT, on_stop);
	set(SIGHUP, on_stop);
	set(SIGPIPE, SIG_IGN);
}
