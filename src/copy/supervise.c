/*
 * The supervisor watches the workers of pairs, so that no side waits for ever.
 */
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
#include "copy/pair.h"

#define LOOK_EVERY_MS    50
#define LOOK_AT_LEAST_MS 1000
#define NAG_EVERY_MS     10
#define GRACE_MS         1000
#define NO_CPU_MS        5000 /* grace for a worker that only waits for a CPU */
/* time in which one request to stop reaches all processes */
#define SIGNALS_MS 100

enum reason { NONE, FAILED, PEER_GONE, STALLED, INTERRUPTED, DRAGGED };

static bool any_running(struct watch *w)
{
	for_each_worker(w, k)
		if (watch_runs(k))
			return true;
	return false;
}

/*
 * True if all workers are well and have reported, or, if the pair is being
 * ended, no worker is left.
 */
static bool is_done(struct watch *w)
{
	if (w->state.reason || w->to_end)
		return !any_running(w);
	for_each_worker(w, k)
		if (k->pid && (watch_failed(w, k) || !watch_heard(w, k)))
			return false;
	return true;
}

/* --- events ------------------------------------------------------------- */

static bool peer_has_gone(const struct watch *w)
{
	struct pollfd p = { .fd = w->ctl_fd, .events = POLLRDHUP };

	return w->ctl_fd >= 0 && poll(&p, 1, 0) > 0 &&
	       p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

/*
 * How often the supervisor looks. Each look wakes a CPU, and a process that
 * sleeps on that CPU then wakes faster. With 20 looks a second, a ring of one
 * slot across two CPUs of a virtual machine was 8 % faster. So look only as
 * often as the progress line or the timeout needs.
 */
static int look_every_ms(const struct watch *w, bool peer_gone)
{
	int ms = w->job->timeout_ms / 10;

	if (w->job->progress || ms < LOOK_EVERY_MS || peer_gone)
		return LOOK_EVERY_MS;
	return ms < LOOK_AT_LEAST_MS ? ms : LOOK_AT_LEAST_MS;
}

/* The events to wait for, and the pair to which each belongs. */
struct events {
	struct pollfd fd[COPY_PAIRS_MAX * (2 * COPY_ROLES + 1)];
	int pair[COPY_PAIRS_MAX * (2 * COPY_ROLES + 1)];
	int n;
	int wait_ms; /* the longest time to wait for an event */
	bool ending; /* at least one pair is being ended */
};

static void add_event(struct events *v, int pair, int fd, short what)
{
	v->fd[v->n] = (struct pollfd){ .fd = fd, .events = what };
	v->pair[v->n++] = pair;
}

static void add_pair(struct events *v, int pair, struct watch *w)
{
	bool peer_gone = peer_has_gone(w);
	int ms = w->state.reason ? NAG_EVERY_MS : look_every_ms(w, peer_gone);

	for_each_worker(w, k) {
		if (watch_runs(k))
			add_event(v, pair, k->pidfd, POLLIN);
		if (watch_runs(k) && k->line_fd >= 0 && !watch_heard(w, k))
			add_event(v, pair, k->line_fd, POLLIN);
	}
	/* after the peer has gone, this event would come without end */
	if (w->ctl_fd >= 0 && !peer_gone)
		add_event(v, pair, w->ctl_fd, POLLRDHUP);
	v->wait_ms = ms < v->wait_ms ? ms : v->wait_ms;
	v->ending |= w->state.reason != NONE;
}

/*
 * Finds the pairs to look at: those that have an event, or all pairs if there
 * is no event or a pair is being ended. To look at each of many pairs would
 * take time from pairs that still transfer.
 */
static void find_happened(const struct events *v, int n, bool *happened)
{
	bool any = false;

	for (int k = 0; k < v->n; k++) {
		if (!v->fd[k].revents)
			continue;
		happened[v->pair[k]] = any = true;
	}
	for (int i = 0; i < n; i++)
		happened[i] |= v->ending || !any;
}

static void wait_for_event(struct watch *const *w, int n, bool *happened)
{
	struct events v = { .n = 0, .wait_ms = LOOK_AT_LEAST_MS };

	for (int i = 0; i < n; i++) {
		happened[i] = false;
		if (!is_done(w[i]))
			add_pair(&v, i, w[i]);
	}
	if (v.ending)
		poll(v.fd, (nfds_t)v.n, v.wait_ms);
	else
		stop_poll(v.fd, (nfds_t)v.n, v.wait_ms);
	find_happened(&v, n, happened);
}

/*
 * False if the worker died of a signal that we did not send. (SIGTERM counts as
 * ours.) This matters even if we were ending the pair already: a dying worker
 * closes its sockets before it can be reaped, so the other worker may fail
 * before we see the cause.
 */
static bool died_of_us(const struct worker *k)
{
	return !WIFSIGNALED(k->status) || WTERMSIG(k->status) == SIGTERM ||
	       (k->killed && WTERMSIG(k->status) == SIGKILL);
}

static void reap(struct watch *w)
{
	for_each_worker(w, k) {
		if (!watch_runs(k) || !proc_wait(k->pid, &k->status, WNOHANG))
			continue;
		k->ended = true;
		k->ended_itself = w->state.reason == NONE || !died_of_us(k);
		fd_close(&k->pidfd);
	}
}

static void hear(struct watch *w)
{
	char words[16];
	ssize_t n;

	for_each_worker(w, k) {
		if (k->line_fd < 0)
			continue;
		n = recv(k->line_fd, words, sizeof(words), MSG_DONTWAIT);
		if (n > 0)
			k->said += (unsigned)n;
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			fd_close(&k->line_fd);
	}
}

/* --- reasons to end a pair ---------------------------------------------- */

static bool any_moving(struct watch *w)
{
	for_each_worker(w, k)
		if (watch_runs(k) &&
		    atomic_load(&k->side->phase) == COPY_MOVING)
			return true;
	return false;
}

static bool any_outside(struct watch *w)
{
	/* a stopped process does not wait for input or output */
	for_each_worker(w, k)
		if (watch_runs(k) && atomic_load(&k->side->outside) &&
		    !proc_is_stopped(k->pid))
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
 * The longest time without progress. A side that waits for a peer in another
 * program ends by itself, with a better message. So such a side gets more time,
 * except while it moves bytes.
 */
static int64_t patience_ns(struct watch *w)
{
	int64_t ns = w->job->timeout_ms * MS_IN_NS;

	return w->ctl_fd < 0 || any_moving(w) ? ns
					      : ns + ns / 2 + 500 * MS_IN_NS;
}

static bool has_stalled(struct watch *w)
{
	struct watch_state *s = &w->state;
	uint64_t life = life_signs(w);
	int64_t now_ns = clock_ns();

	if (life != s->life || any_outside(w)) {
		s->life = life;
		s->moved_ns = now_ns;
		return false;
	}
	return now_ns - s->moved_ns > patience_ns(w);
}

static enum reason find_reason(struct watch *w)
{
	for_each_worker(w, k)
		if (watch_failed(w, k))
			return FAILED;
	if (stop_requested())
		return INTERRUPTED;
	/* in other phases the worker itself sees that the peer has gone */
	if (any_moving(w) && peer_has_gone(w))
		return PEER_GONE;
	return has_stalled(w) ? STALLED : NONE;
}

/* --- ending a pair ------------------------------------------------------ */

static void begin_stop(struct watch *w, enum reason reason)
{
	w->state.reason = reason;
	w->state.stop_ns = clock_ns();
	w->dragged = reason == DRAGGED;
	if (reason == STALLED)
		watch_say_stall(w);
	if (reason == INTERRUPTED)
		err_say(w->err, EINTR, "interrupted");
}

/*
 * True if a worker must be killed, since it was asked to stop long ago. A
 * worker that only waits for a CPU gets more time, and a dying one is not
 * killed again: on a busy machine, both can take long.
 */
static bool needs_force(const struct worker *k, int64_t asked_ms)
{
	if (asked_ms < GRACE_MS || proc_is_dying(k->pid))
		return false;
	return asked_ms >= NO_CPU_MS || proc_state(k->pid) != 'R';
}

/*
 * Asks the workers to stop. This is repeated, since a signal is lost if it
 * arrives just before a blocking call.
 */
static void nag(struct watch *w)
{
	int64_t asked_ms = (clock_ns() - w->state.stop_ns) / MS_IN_NS;

	for_each_worker(w, k) {
		if (!watch_runs(k))
			continue;
		kill(k->pid, SIGTERM);
		if (!needs_force(k, asked_ms))
			continue;
		w->forced = k->killed = true;
		kill(k->pid, SIGKILL);
	}
}

/*
 * Sends the failure to a peer of another program, in case our worker died
 * before it could send it.
 */
static void tell_peer(struct watch *w)
{
	struct err unused = { 0 };
	struct ctl ctl = { .fd = w->ctl_fd, .err = &unused };
	static const struct err stopped = { .code = ECANCELED,
					    .text = "was interrupted" };

	if (w->ctl_fd < 0)
		return;
	ctl_say_error(&ctl, w->err->code == EINTR ? &stopped : w->err);
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

static void look(struct watch *w)
{
	enum reason found;

	reap(w);
	hear(w);
	report_progress(w);
	if (is_done(w))
		return;
	found = w->state.reason ? NONE : find_reason(w);
	if (found)
		begin_stop(w, found);
	if (w->state.reason)
		nag(w);
}

/* If a pair has failed, ends all pairs that still run. */
static void drag(struct watch *const *w, int n)
{
	bool any = false;

	for (int i = 0; i < n; i++)
		any |= w[i]->state.reason != NONE;
	for (int i = 0; i < n && any; i++)
		if (!w[i]->state.reason && !is_done(w[i]))
			begin_stop(w[i], DRAGGED);
}

static bool all_done(struct watch *const *w, int n)
{
	for (int i = 0; i < n; i++)
		if (!is_done(w[i]))
			return false;
	return true;
}

/*
 * True if this process was asked to stop and w->err may follow from that. A
 * signal to the whole process group reaches one process after another. The
 * signal may end a worker or the other side before it reaches this process. So
 * if a side says that it was asked to stop, this waits a moment for the signal.
 */
static bool was_stopped(struct watch *w)
{
	if (!watch_may_follow_a_stop(w))
		return false;
	if (watch_was_told(w) && !w->dragged)
		stop_poll(NULL, 0, SIGNALS_MS);
	return stop_requested();
}

static void conclude_watch(struct watch *w)
{
	if (!w->err->code)
		watch_say_failure(w);
	if (!w->state.had_failed && was_stopped(w))
		err_interrupted(w->err);
	if (w->err->code)
		tell_peer(w);
}

static void begin(struct watch *w)
{
	w->state = (struct watch_state){ .moved_ns = clock_ns(),
					 .had_failed = w->err->code != 0 };
	if (w->err->code)
		begin_stop(w, FAILED); /* the pair has failed already */
}

void supervise(struct watch *const *w, int n)
{
	bool happened[COPY_PAIRS_MAX];

	for (int i = 0; i < n; i++)
		begin(w[i]);
	drag(w, n);
	while (!all_done(w, n)) {
		wait_for_event(w, n, happened);
		for (int i = 0; i < n; i++)
			if (happened[i])
				look(w[i]);
		drag(w, n);
	}
	for (int i = 0; i < n; i++)
		conclude_watch(w[i]);
}
