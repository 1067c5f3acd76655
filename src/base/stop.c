/* Requests to stop, which a process notices even while a call blocks. */
#include "base/stop.h"

#include <string.h>
#include <time.h>

/*
 * Written by on_stop_signal, and cleared when a worker begins. A tracer also
 * clears and sets it while it passes a request to stop on to its tracees.
 */
volatile sig_atomic_t stop_signal;

static void on_stop_signal(int sig)
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

/*
 * If our parent has made us ignore the signal (nohup, a background job), keep
 * ignoring it, so that this process survives its terminal.
 */
static void set_unless_ignored(int sig)
{
	struct sigaction now;

	if (sigaction(sig, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		set(sig, on_stop_signal);
}

void stop_install_worker(void)
{
	stop_signal = 0;
	set(SIGTERM, on_stop_signal);
	set(SIGINT, SIG_IGN);
	set(SIGHUP, SIG_IGN);
	set(SIGPIPE, SIG_IGN);
}

/*
 * Signals that we ignore or reset, whatever our parent had set. A program that
 * we execute would inherit these settings, so stop_hand_on restores those of
 * our parent. Signals for which we have a handler get the default action again
 * when a program is executed.
 */
static const int changed[] = { SIGCHLD, SIGPIPE, SIGXFSZ };

#define CHANGED (sizeof(changed) / sizeof(changed[0]))

/* Written by stop_install_supervisor, once. */
static struct {
	bool known;
	sigset_t mask;
	struct sigaction action[CHANGED];
} inherited;

static void keep_inherited(void)
{
	if (inherited.known)
		return;
	inherited.known = true;
	sigprocmask(SIG_SETMASK, NULL, &inherited.mask);
	for (size_t i = 0; i < CHANGED; i++)
		sigaction(changed[i], NULL, &inherited.action[i]);
}

void stop_hand_on(void)
{
	if (!inherited.known)
		return;
	for (size_t i = 0; i < CHANGED; i++)
		sigaction(changed[i], &inherited.action[i], NULL);
	sigprocmask(SIG_SETMASK, &inherited.mask, NULL);
}

void stop_install_supervisor(void)
{
	sigset_t none;

	keep_inherited();
	set(SIGTERM, on_stop_signal);
	set_unless_ignored(SIGINT);
	set_unless_ignored(SIGHUP);
	set(SIGCHLD, SIG_DFL);
	set(SIGPIPE, SIG_IGN);
	/*
	 * a write beyond the file size limit then fails, and does not kill us
	 */
	set(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
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
