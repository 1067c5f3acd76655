/* A pair's workers, as their supervisor sees them, and reports of failures. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/ctl.h"
#include "base/fd.h"
#include "base/proc.h"
#include "copy/supervise.h"

void watch_init(struct watch *w, const struct copy_job *job, struct err *err)
{
	*w = (struct watch){ .job = job, .ctl_fd = -1, .err = err };
	for_each_worker(w, k)
		k->pidfd = k->line_fd = -1;
}

void watch_close(struct watch *w)
{
	for_each_worker(w, k) {
		fd_close(&k->pidfd);
		fd_close(&k->line_fd);
	}
	fd_close(&w->ctl_fd);
}

bool watch_runs(const struct worker *k)
{
	return k->pid && !k->ended;
}

bool watch_heard(const struct watch *w, const struct worker *k)
{
	return w->to_end || k->said >= w->due;
}

bool watch_failed(const struct watch *w, const struct worker *k)
{
	return k->ended && (k->status != 0 || !watch_heard(w, k));
}

static const char *role_of(const struct watch *w, const struct worker *k)
{
	return copy_role_names[k - w->worker];
}

static int say_death(struct watch *w, const struct worker *k)
{
	char words[80];

	return err_say(w->err, EPIPE, "the %s %s", role_of(w, k),
		       proc_end_words(k->status, words, sizeof(words)));
}

/*
 * Reports that a worker had to be killed. Such a worker cannot tell why it
 * hung, but a message that the other side sent to it may still lie in its
 * socket.
 */
static int say_forced(struct watch *w, const struct worker *k)
{
	struct ctl ctl = { .fd = w->ctl_fd,
			   .err = w->err,
			   .peer = k == &w->worker[COPY_SERVER]
					   ? "the client"
					   : "the server" };

	if (w->ctl_fd >= 0)
		ctl_last_words(&ctl, 0);
	err_say(w->err, EPIPE,
		"the %s did not stop when it was asked to, and was killed",
		role_of(w, k));
	return -w->err->code;
}

int watch_say_stall(struct watch *w)
{
	double s = w->job->timeout_ms / 1000.0;

	for_each_worker(w, k)
		if (watch_runs(k) && proc_is_stopped(k->pid))
			return err_say(w->err, ETIMEDOUT,
				       "no progress for %g s: the process of "
				       "the %s is stopped by %s",
				       s, role_of(w, k),
				       proc_state(k->pid) == 't'
					       ? "a program that traces it"
					       : "a signal");
	return err_say(w->err, ETIMEDOUT, "no progress for %g s", s);
}

/*
 * How well an error explains a failure: a side that saw its channel break knows
 * less than the side that broke it.
 */
static int rank(const struct err *e)
{
	if (!e->code)
		return 0;
	if (e->code == ECANCELED || e->code == EPIPE)
		return 1;
	return e->relayed ? 2 : 3;
}

/*
 * True if the worker died of a signal that this program did not send. SIGTERM
 * does not count, since it asks a worker to stop.
 */
static bool was_killed(const struct worker *k)
{
	return k->ended && k->ended_itself && WIFSIGNALED(k->status) &&
	       WTERMSIG(k->status) != SIGTERM;
}

bool watch_may_follow_a_stop(struct watch *w)
{
	int code = w->err->code;

	for_each_worker(w, k)
		if (was_killed(k))
			return false;
	return code == ECANCELED || code == EPIPE || code == ETIMEDOUT;
}

bool watch_was_told(struct watch *w)
{
	bool told = w->err->code == ECANCELED;

	for_each_worker(w, k)
		told |= k->side && k->side->err.code == ECANCELED;
	return told;
}

int watch_say_failure(struct watch *w)
{
	const struct err *best = NULL;

	for_each_worker(w, k)
		if (k->ended && k->ended_itself && WIFSIGNALED(k->status))
			return say_death(w, k);
	for_each_worker(w, k) {
		const struct err *e = k->side ? &k->side->err : NULL;

		if (e && watch_failed(w, k) && (!best || rank(e) > rank(best)))
			best = e;
	}
	if (best && best->code) {
		*w->err = *best;
		return -best->code;
	}
	for_each_worker(w, k)
		if (watch_failed(w, k))
			return k->ended_itself ? say_death(w, k)
					       : say_forced(w, k);
	return 0;
}
