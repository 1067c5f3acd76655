/*
 * The director of a trial: starts the actors, injures them, waits for the end.
 */
#include "chaos.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "child_of.h"

#define LOOK_EVERY_MS 20 /* the longest sleep, whatever is due */
#define RETRY_US      100
#define LAST_RITES_MS 10000

/*
 * How long the actors may take after our last action. They may wait to meet,
 * time out, wait through the grace period, and wait to meet a side that never
 * comes. The rest is for a busy machine.
 */
#define ALLOWED_MS                                               \
	(CHAOS_WAIT_MS + CHAOS_TIMEOUT_MS * 3 / 2 + 500 + 1000 + \
	 CHAOS_WAIT_MS + 5000)

void run_begin(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR2, SIG_IGN); /* until the actor has its handler */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* --- waiting ------------------------------------------------------------ */

/*
 * Sleeps until a child ends, a worker waits at its point, or until_ns comes;
 * but never for longer than LOOK_EVERY_MS.
 */
static void sleep_until(int64_t until_ns)
{
	int64_t now_ns = clock_ns();
	struct timespec left;
	sigset_t set;

	if (until_ns > now_ns + LOOK_EVERY_MS * MS_IN_NS)
		until_ns = now_ns + LOOK_EVERY_MS * MS_IN_NS;
	if (until_ns <= now_ns)
		return;
	left.tv_sec = 0;
	left.tv_nsec = until_ns - now_ns;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigtimedwait(&set, NULL, &left);
}

static bool has_wakes(const struct plan *p)
{
	return p->dose.times[DOSE_WAKES][COPY_SERVER] ||
	       p->dose.times[DOSE_WAKES][COPY_CLIENT];
}

/*
 * A worker becomes our child when its supervisor has ended. This is no fault if
 * we killed the supervisor. Otherwise the supervisor should have waited.
 */
static void bury_orphan(struct run *r, pid_t pid, int status)
{
	bool is_worker = pid == atomic_load(&r->stage->worker[COPY_SERVER]) ||
			 pid == atomic_load(&r->stage->worker[COPY_CLIENT]);
	bool killed = false;

	for (int a = 0; a < CHAOS_ACTORS; a++) {
		killed |= r->sent[a] == SIGKILL;
		if (pid == r->parent[a])
			return;
	}
	if (pid == r->stranger)
		return;
	/*
	 * a process that answers wake-ups dies with its worker, and becomes our
	 * child, too
	 */
	if (!killed && (is_worker || !has_wakes(r->plan)))
		r->strays++;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		r->stray_signal = WTERMSIG(status);
}

/* Reaps children that have ended. False: no child is left. */
static bool reap(struct run *r)
{
	int status, a;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		a = actor_of(r, pid);
		if (a < 0) {
			bury_orphan(r, pid, status);
			continue;
		}
		r->ended[a] = true;
		r->status[a] = status;
		r->end_ns = clock_ns();
	}
	return pid == 0;
}

/* True if all actors from this one on have ended, or cannot end. */
static bool have_ended(const struct run *r, int from)
{
	for (int a = from; a < plan_actors(r->plan); a++)
		if (!r->ended[a] && !r->excused[a])
			return false;
	return true;
}

static bool is_over(const struct run *r)
{
	return have_ended(r, plan_first(r->plan));
}

/* A server of several clients goes on for ever unless it is asked to end. */
static void close_server(struct run *r)
{
	if (!plan_keeps(r->plan) || atomic_load(&r->stage->closing) ||
	    !r->sup[COPY_SERVER] || !have_ended(r, COPY_CLIENT))
		return;
	atomic_store(&r->stage->closing, 1);
	kill(r->sup[COPY_SERVER], SIGTERM);
	r->last_ns = clock_ns();
}

/*
 * If an actor has a parent of its own, that parent must end before we can reap
 * the actor.
 */
static void see_to_parents(struct run *r)
{
	for (int a = 0; a < CHAOS_ACTORS; a++)
		if (r->parent[a] && r->sup[a] && !r->ended[a] &&
		    proc_state(r->sup[a]) == 'Z')
			kill(r->parent[a], SIGKILL);
}

/* --- when the injury is due ----------------------------------------------- */

/*
 * In a standing pair, the instant of the injury counts from the start of the
 * transfer that is injured.
 */
static void note_transfer(struct run *r)
{
	int64_t part_ns = r->due_ns - r->start_ns;

	if (r->nth_ns || atomic_load(&r->stage->transfer) < r->plan->nth)
		return;
	r->nth_ns = clock_ns();
	r->due_ns = r->nth_ns + part_ns / CHAOS_TRANSFERS;
}

static bool is_due(struct run *r)
{
	if (r->hurt_ns || r->injury == UNHURT)
		return false;
	if (r->plan->at_point)
		return atomic_load(&r->stage->waiting);
	if (r->plan->stands)
		note_transfer(r);
	return (!r->plan->stands || r->nth_ns) && clock_ns() >= r->due_ns;
}

/* --- the performance ---------------------------------------------------- */

static pid_t fork_one(void)
{
	struct err e = { 0 };
	int pidfd = -1;
	pid_t pid = proc_fork(&pidfd, &e);

	fd_close(&pidfd);
	if (pid < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	return pid;
}

/*
 * Runs in the actor's parent: forks the actor, then exits, or waits to be
 * killed if the injury is PARENT. Does not return. The actor has no
 * PR_SET_PDEATHSIG, since it must outlive the parent; it ends by its deadlines.
 */
static void bear(struct run *r, int actor)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		act(r->plan, actor, r->stage);
	}
	atomic_store(&r->stage->actor[actor], pid);
	if (r->injury != PARENT)
		_exit(0);
	for (;;)
		pause();
}

static void start_with_parent(struct run *r, int actor)
{
	r->parent[actor] = fork_one();
	if (r->parent[actor] == 0)
		bear(r, actor);
	while (!atomic_load(&r->stage->actor[actor]))
		usleep(RETRY_US);
	r->sup[actor] = atomic_load(&r->stage->actor[actor]);
	if (r->sup[actor] > 0)
		return;
	printf("Bail out! fork: no process\n");
	exit(1);
}

static void start_alone(struct run *r, int actor)
{
	r->sup[actor] = fork_one();
	if (r->sup[actor] == 0) {
		setpgid(0, 0);
		act(r->plan, actor, r->stage);
	}
	setpgid(r->sup[actor], r->sup[actor]);
}

/*
 * Starts the server, or all clients. Blocks the stop signals until an actor has
 * its handlers. Otherwise the actor could lose a signal: until then it ignores
 * SIGINT if this test does, as a background job of a shell.
 */
static void start(struct run *r, enum copy_role role)
{
	int last = role == COPY_SERVER ? COPY_SERVER : plan_actors(r->plan) - 1;
	sigset_t stops, before;

	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, &before);
	for (int a = (int)role; a <= last; a++)
		if (r->injury == PARENT || r->plan->weather & ORPHAN)
			start_with_parent(r, a);
		else
			start_alone(r, a);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void resume(struct run *r)
{
	for (int i = 0; i < r->n_stopped; i++)
		kill(r->stopped[i], SIGCONT);
	r->n_stopped = 0;
	r->resume_ns = 0;
	r->last_ns = clock_ns();
}

static void hurt(struct run *r)
{
	if (!victim_is_there(r))
		return;
	r->hit = inflict(r);
	r->hurt_ns = r->last_ns = clock_ns();
	atomic_store(&r->stage->go_on, 1);
}

static void do_what_is_due(struct run *r)
{
	if (r->second_ns && clock_ns() >= r->second_ns) {
		r->second_ns = 0;
		start(r, (enum copy_role) !r->plan->first);
		r->last_ns = clock_ns();
	}
	if (is_due(r))
		hurt(r);
	if (r->resume_ns && clock_ns() >= r->resume_ns) {
		resume(r);
		r->healed_ns = clock_ns();
	}
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return b_ns && b_ns < a_ns ? b_ns : a_ns;
}

static int64_t next_due(struct run *r)
{
	int64_t next_ns = INT64_MAX;

	next_ns = earlier(next_ns, r->second_ns);
	next_ns = earlier(next_ns, r->resume_ns);
	if (r->hurt_ns || r->injury == UNHURT)
		return next_ns;
	/* the victim does not run yet, or the transfer has not begun */
	if (is_due(r) || (r->plan->stands && !r->nth_ns))
		return clock_ns() + RETRY_US * 1000;
	return r->plan->at_point ? next_ns : earlier(next_ns, r->due_ns);
}

/* --- the end ------------------------------------------------------------ */

static void describe(struct run *r, const char *who, pid_t pid)
{
	size_t used = strlen(r->scene);
	char path[40], where[64] = "";

	if (pid <= 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	fd_read_text(path, where, sizeof(where));
	snprintf(r->scene + used, sizeof(r->scene) - used, "%s %d %c %s; ", who,
		 (int)pid, proc_state(pid), where);
}

static void hang(struct run *r)
{
	r->hung = true;
	for (int v = 0; v < EVERYBODY; v++)
		describe(r, victim_names[v], victim_pid(r, (enum victim)v));
	for (int a = COPY_CLIENT + 1; a < plan_actors(r->plan); a++)
		if (!r->ended[a])
			describe(r, "another client", r->sup[a]);
}

static void kill_the_rest(struct run *r)
{
	pid_t child;

	for (int a = 0; a < CHAOS_ACTORS; a++) {
		if (r->sup[a] && !r->ended[a])
			signal_one(r, r->sup[a], SIGKILL);
		if (r->parent[a])
			kill(r->parent[a], SIGKILL);
	}
	if (r->stranger > 0)
		kill(r->stranger, SIGKILL);
	resume(r);
	/*
	 * workers die with their supervisors; a process that does not is a
	 * survivor
	 */
	for (int64_t end_ns = clock_ns() + LAST_RITES_MS * MS_IN_NS; reap(r);) {
		sleep_until(clock_ns() + 5 * MS_IN_NS);
		if (clock_ns() < end_ns)
			continue;
		r->survivors++;
		child = child_of(getpid(), 0);
		if (child > 0)
			kill(child, SIGKILL);
	}
}

/* Allows more time, up to a limit, if processes had to wait for CPUs. */
static int64_t allowed_ns(const struct run *r)
{
	int64_t most_ns = ALLOWED_MS * MS_IN_NS * 8;
	int64_t ns = ALLOWED_MS * MS_IN_NS;

	for (int v = 0; v < EVERYBODY + CHAOS_ACTORS; v++)
		ns += 2 * r->waited_ns[v];
	return ns < most_ns ? ns : most_ns;
}

static void set_stage(struct run *r)
{
	const struct plan *p = r->plan;
	struct stage *s = r->stage;

	memset(s, 0, sizeof(*s));
	s->director = getpid();
	s->close_fd = -1;
	s->nth = p->stands ? p->nth : 0;
	if (r->injury != UNHURT && p->at_point)
		s->wanted = point_code(p->point_role, p->point);
}

void run_perform(struct run *r, const struct plan *p, enum injury injury,
		 struct stage *stage, int64_t span_ns)
{
	*r = (struct run){ .plan = p, .injury = injury, .stage = stage };
	set_stage(r);
	weather_begin(p);
	if (!files_make(p)) {
		printf("Bail out! no files: %s\n", strerror(errno));
		exit(1);
	}
	weather_hand_over(p);
	r->start_ns = r->last_ns = clock_ns();
	r->due_ns = r->start_ns + (int64_t)(p->instant * (double)span_ns);
	if (p->two)
		r->second_ns = r->start_ns + p->lag_us * 1000;
	start(r, p->two ? p->first : COPY_CLIENT);
	while (!is_over(r) && !r->hung) {
		do_what_is_due(r);
		sleep_until(next_due(r));
		witness_note(r);
		reap(r);
		see_to_parents(r);
		close_server(r);
		if (clock_ns() - r->last_ns > allowed_ns(r))
			hang(r);
	}
	/* workers whose supervisor is stopped go on for a moment */
	if (r->excused[COPY_CLIENT] && !p->two)
		usleep(LOOK_EVERY_MS * 1000);
	kill_the_rest(r);
	weather_hand_back(p);
}
