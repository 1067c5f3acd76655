/*
 * A side whose channel failed looks for the last words of its peer. It does so
 * for a limited time, also if the peer sends other messages all the time.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ctl.h"
#include "copy/messages.h"
#include "peer.h"
#include "tap.h"

#define STEP_MS 300
#define WAIT_MS 500
/*
 * number of messages: fewer than a side reads. They come during a time much
 * longer than its wait.
 */
#define STEPS 14

/* Sends a message after each step, and an error after the last one. */
static void drip(int sock)
{
	static const struct err why = { .code = EDOM, .text = "is too late" };
	struct ctl self = { .fd = sock };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < STEPS; i++) {
		poll(NULL, 0, STEP_MS);
		peer_say(sock, SESSION_HELLO, NULL, 0, -1);
	}
	ctl_say_error(&self, &why);
	pause();
}

int main(void)
{
	struct err e = { 0 };
	struct ctl us = { .err = &e, .peer = "it" };
	int end[2];
	pid_t pid;

	if (ctl_pair(end, &e) < 0)
		return 1;
	pid = fork();
	if (pid == 0)
		drip(end[1]);
	close(end[1]);
	us.fd = end[0];
	ok(ctl_last_words(&us, WAIT_MS) == 0 && !e.code,
	   "other messages do not make the wait for last words longer: %s",
	   e.text);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return done_testing();
}
