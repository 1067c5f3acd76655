/* The supervisor: watches the workers of a session and ends every wait. */
#include "copy/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ctl.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"

#define LOOK_EVERY_MS    50
#define LOOK_AT_LEAST_MS 1000
#define NAG_EVERY_MS     10
#define GRACE_MS         1000
#define NO_CPU_MS        5000 /* instead, to one that only waits for a CPU */
#define SIGNALS_MS       100  /* within which all hear of one stop request */

enum reason { NONE, FAILED, PEER_GONE, STALLED, INTERRUPTED };

struct state {
	enum reason reason; /* why we are ending it, NONE while all is well */
	int64_t stop_ns;    /* when we began to */
	uint64_t life;      /* sum of everything that moves */
	int64_t moved_ns;   /* when it last did */
};

#define for_each_worker(w, k) \
	for (struct worker *k = (w)->worker; k < (w)->worker + COPY_ROLES; k++)

static bool is_running(const struct worker *k)
{
	return k->pid && !k->ended;
}

static bool any_running(struct watch *w)
{
	for_each_worker(w, k)
		if (is_running(k))
			return true;
	return false;
}

static bool failed(const struct worker *k)
{
	return k->ended && k->status != 0;
}

/* --- events ------------------------------------------------------------- */

static bool peer_has_gone(const struct watch *w)
{
	struct pollfd p = { .fd = w->ctl_fd, .events = POLLRDHUP };

	return w->ctl_fd >= 0 && poll(&p, 1, 0) > 0 &&
	       p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

/*
 * A look wakes a CPU, and what sleeps on it has a shorter way then: with 20 a
 * second a ring of one slot across two CPUs of a virtual machine was 8 %
 * faster. So no more than somebody needs, for a moving line or to be in time.
 */
static int look_every_ms(const struct watch *w, bool peer_gone)
{
	int ms = w->job->timeout_ms / 10;

	if (w->job->progress || ms < LOOK_EVERY_MS || peer_gone)
		return LOOK_EVERY_MS;
	return ms < LOOK_AT_LEAST_MS ? ms : LOOK_AT_LEAST_MS;
}

static void wait_for_event(struct watch *w, const struct state *s)
{
	struct pollfd p[COPY_ROLES + 1];
	bool peer_gone = peer_has_gone(w);
	nfds_t n = 0;

	for_each_worker(w, k)
		if (is_running(k))
			p[n++] = (struct pollfd){ .fd = k->pidfd,
						  .events = POLLIN };
	/* once it has gone it would wake us for ever */
	if (w->ctl_fd >= 0 && !peer_gone)
		p[n++] =
			(struct pollfd){ .fd = w->ctl_fd, .events = POLLRDHUP };
	if (s->reason)
		poll(p, n, NAG_EVERY_MS);
	else
		stop_poll(p, n, look_every_ms(w, peer_gone));
}

/*
 * One that died of a signal closes its sockets before it can be reaped: the
 * other may have failed, and we be ending it all, before we see the cause.
 */
static bool died_of_us(const struct worker *k)
{
	return !WIFSIGNALED(k->status) || WTERMSIG(k->status) == SIGTERM ||
	       (k->killed && WTERMSIG(k->status) == SIGKILL);
}

static void reap(struct watch *w, const struct state *s)
{
	for_each_worker(w, k) {
		if (!is_running(k) || !proc_wait(k->pid, &k->status, WNOHANG))
			continue;
		k->ended = true;
		k->ended_itself = s->reason == NONE || !died_of_us(k);
		fd_close(&k->pidfd);
	}
}

/* --- why it must end ---------------------------------------------------- */

static bool any_moving(struct watch *w)
{
	for_each_worker(w, k)
		if (is_running(k) &&
		    atomic_load(&k->side->phase) == COPY_MOVING)
			return true;
	return false;
}

static bool any_outside(struct watch *w)
{
	/* one that is stopped waits for nothing but to be continued */
	for_each_worker(w, k)
		if (is_running(k) && atomic_load(&k->side->outside) &&
		    proc_state(k->pid) != 'T')
			return true;
	return false;
}

static uint64_t life_signs(struct watch *w)
{
	uint64_t sum = 0;

	for_each_worker(w, k)
		if (k->side)
			sum += atomic_load(&k->side->moved_bytes) +
			       atomic_load(&k->side->checked_bytes) +
			       atomic_load(&k->side->beats) +
			       atomic_load(&k->side->phase) + k->ended;
	return sum;
}

/*
 * Outside the data path a side times out a peer that is not ours with a better
 * message, so the supervisor leaves it a little longer.
 */
static int64_t patience_ns(struct watch *w)
{
	int64_t ns = w->job->timeout_ms * MS_IN_NS;

	return w->ctl_fd < 0 || any_moving(w) ? ns
					      : ns + ns / 2 + 500 * MS_IN_NS;
}

static bool has_stalled(struct watch *w, struct state *s)
{
	uint64_t life = life_signs(w);
	int64_t now_ns = clock_ns();

	if (life != s->life || any_outside(w)) {
		s->life = life;
		s->moved_ns = now_ns;
		return false;
	}
	return now_ns - s->moved_ns > patience_ns(w);
}

/* A side that saw its channel break knows less than the one that broke it. */
static int rank(const struct err *e)
{
	if (!e->code)
		return 0;
	if (e->code == ECANCELED || e->code == EPIPE)
		return 1;
	return e->relayed ? 2 : 3;
}

/*
 * A signal to the whole process group ends a worker before we have looked, or
 * even before we have got ours, where someone sends it to one after another.
 */
static bool failed_of_a_stop(struct watch *w)
{
	bool told = false;

	for_each_worker(w, k) {
		if (!failed(k))
			continue;
		if ((WIFSIGNALED(k->status) &&
		     WTERMSIG(k->status) != SIGTERM) ||
		    rank(&k->side->err) > 1)
			return false;
		told |= k->side->err.code == ECANCELED;
	}
	if (told)
		stop_poll(NULL, 0, SIGNALS_MS);
	return stop_requested();
}

static enum reason find_reason(struct watch *w, struct state *s)
{
	if (w->err->code)
		return FAILED; /* before it had begun */
	for_each_worker(w, k)
		if (failed(k))
			return failed_of_a_stop(w) ? INTERRUPTED : FAILED;
	if (stop_requested())
		return INTERRUPTED;
	/* in every other phase the worker itself hears that the peer left */
	if (any_moving(w) && peer_has_gone(w))
		return PEER_GONE;
	return has_stalled(w, s) ? STALLED : NONE;
}

/* --- what is said about it ---------------------------------------------- */

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

/* One we had to kill says nothing; what it was to hear may still lie there. */
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

static int say_stall(struct watch *w)
{
	double s = w->job->timeout_ms / 1000.0;

	for_each_worker(w, k)
		if (is_running(k) && proc_state(k->pid) == 'T')
			return err_say(
				w->err, ETIMEDOUT,
				"no progress for %g s: the %s is stopped", s,
				role_of(w, k));
	return err_say(w->err, ETIMEDOUT, "no progress for %g s", s);
}

static int say_failure(struct watch *w)
{
	const struct err *best = NULL;

	for_each_worker(w, k)
		if (k->ended && k->ended_itself && WIFSIGNALED(k->status))
			return say_death(w, k);
	for_each_worker(w, k) {
		const struct err *e = k->side ? &k->side->err : NULL;

		if (e && failed(k) && (!best || rank(e) > rank(best)))
			best = e;
	}
	if (best && best->code) {
		*w->err = *best;
		return -best->code;
	}
	for_each_worker(w, k)
		if (failed(k))
			return k->ended_itself ? say_death(w, k)
					       : say_forced(w, k);
	return 0;
}

/* --- ending it ---------------------------------------------------------- */

static void begin_stop(struct watch *w, struct state *s, enum reason reason)
{
	s->reason = reason;
	s->stop_ns = clock_ns();
	if (reason == STALLED)
		say_stall(w);
	if (reason == INTERRUPTED)
		err_say(w->err, EINTR, "interrupted");
}

/* On a busy machine a worker may need long to die, or to hear that it shall. */
static bool needs_force(const struct worker *k, int64_t asked_ms)
{
	if (asked_ms < GRACE_MS || proc_is_dying(k->pid))
		return false;
	return asked_ms >= NO_CPU_MS || proc_state(k->pid) != 'R';
}

/* Again and again: one signal may land just before a blocking call. */
static void nag(struct watch *w, const struct state *s)
{
	int64_t asked_ms = (clock_ns() - s->stop_ns) / MS_IN_NS;

	for_each_worker(w, k) {
		if (!is_running(k))
			continue;
		kill(k->pid, SIGTERM);
		if (!needs_force(k, asked_ms))
			continue;
		w->forced = k->killed = true;
		kill(k->pid, SIGKILL);
	}
}

/* The peer of a worker that died without a word hears it from us. */
static void tell_peer(struct watch *w)
{
	struct err unused = { 0 };
	struct ctl ctl = { .fd = w->ctl_fd, .err = &unused };

	if (w->ctl_fd < 0)
		return;
	ctl_say_error(&ctl, w->err);
	shutdown(w->ctl_fd, SHUT_RDWR);
}

static void report_progress(struct watch *w)
{
	uint64_t done = 0, all = COPY_LENGTH_UNKNOWN;

	for_each_worker(w, k) {
		if (!k->side)
			continue;
		done = atomic_load(&k->side->moved_bytes);
		if (atomic_load(&k->side->length))
			all = atomic_load(&k->side->length);
	}
	if (w->job->progress)
		w->job->progress(w->job->progress_arg, done, all);
}

int supervise(struct watch *w)
{
	struct state s = { .moved_ns = clock_ns() };
	int rc;

	while (any_running(w)) {
		wait_for_event(w, &s);
		reap(w, &s);
		report_progress(w);
		if (!s.reason) {
			enum reason found = find_reason(w, &s);

			if (found)
				begin_stop(w, &s, found);
		}
		if (s.reason)
			nag(w, &s);
	}
	rc = w->err->code ? -w->err->code : say_failure(w);
	if (rc < 0)
		tell_peer(w);
	return rc;
}
