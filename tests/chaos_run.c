/* The director of a trial: starts the actors, hurts them, waits for the end. */
#include "chaos.h"

#include <dirent.h>
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
#include "base/lease.h"
#include "base/proc.h"
#include "child_of.h"

#define LOOK_EVERY_MS 20 /* the longest sleep, whatever is due */
#define RETRY_US      100
#define LAST_RITES_MS 10000

/*
 * How long the survivors may take, in the order in which it can happen: to
 * meet, to lose patience, to give grace; to meet the next one who never comes.
 * The rest is for a machine that does other things meanwhile.
 */
#define ALLOWED_MS                                               \
	(CHAOS_WAIT_MS + CHAOS_TIMEOUT_MS * 3 / 2 + 500 + 1000 + \
	 CHAOS_WAIT_MS + 10000)

void run_begin(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR2, SIG_IGN); /* an actor that has no handler yet */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* --- waiting ------------------------------------------------------------ */

/* Until a child ends, a worker waits at its point, or the time has come. */
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

static int role_of(const struct run *r, pid_t pid)
{
	for (int role = 0; role < COPY_ROLES; role++)
		if (r->sup[role] == pid)
			return role;
	return -1;
}

/*
 * Workers come to us when their supervisor has gone. If we killed it that is
 * how it must be, else it should not have left before them.
 */
static void bury_orphan(struct run *r, int status)
{
	if (r->sent[COPY_SERVER] != SIGKILL && r->sent[COPY_CLIENT] != SIGKILL)
		r->strays++;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		r->stray_signal = WTERMSIG(status);
}

/* False: there are no children any more. */
static bool reap(struct run *r)
{
	int status, role;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		role = role_of(r, pid);
		if (role < 0) {
			bury_orphan(r, status);
			continue;
		}
		r->ended[role] = true;
		r->status[role] = status;
		r->end_ns = clock_ns();
	}
	return pid == 0;
}

static bool is_over(const struct run *r)
{
	for (int role = 0; role < COPY_ROLES; role++) {
		bool expected = r->plan->two || role == COPY_CLIENT;

		if (expected && !r->ended[role] && !r->excused[role])
			return false;
	}
	return true;
}

/* --- who is who --------------------------------------------------------- */

/* Also before it has told us its number at COPY_AT_JOIN. */
static pid_t worker_pid(const struct run *r, enum copy_role role)
{
	pid_t told = atomic_load(&r->stage->worker[role]);
	pid_t other = atomic_load(&r->stage->worker[!role]);
	pid_t pid;

	if (told)
		return told;
	if (r->plan->two)
		return child_of(r->sup[role], 0);
	pid = child_of(r->sup[COPY_CLIENT], (int)role);
	return pid == other ? 0 : pid;
}

static pid_t victim_pid(const struct run *r, enum victim v)
{
	switch (v) {
	case SERVER_WORKER:
		return worker_pid(r, COPY_SERVER);
	case CLIENT_WORKER:
		return worker_pid(r, COPY_CLIENT);
	case SERVER_SUPERVISOR:
		return r->sup[COPY_SERVER];
	default:
		return r->sup[COPY_CLIENT];
	}
}

/* --- injuries ----------------------------------------------------------- */

/* False: it has died already. */
static bool signal_one(struct run *r, pid_t pid, int sig)
{
	int role = role_of(r, pid);

	if (pid <= 0 || (role >= 0 && r->ended[role]) ||
	    proc_state(pid) == 'Z' || kill(pid, sig) < 0)
		return false;
	if (role >= 0)
		r->sent[role] = sig;
	if (sig == SIGSTOP && r->n_stopped < RUN_STOPPED_MAX)
		r->stopped[r->n_stopped++] = pid;
	return true;
}

static bool signal_victim(struct run *r, int sig)
{
	enum victim v = r->plan->victim;
	bool hit = false;
	int role;

	if (v != EVERYBODY) {
		hit = signal_one(r, victim_pid(r, v), sig);
		role = role_of(r, victim_pid(r, v));
		if (hit && r->injury == STOP && role >= 0)
			r->excused[role] = true;
		return hit;
	}
	for (int i = 0; i < EVERYBODY; i++) {
		v = (enum victim)((r->plan->pick + (uint32_t)i) % EVERYBODY);
		hit |= signal_one(r, victim_pid(r, v), sig);
	}
	return hit;
}

/* Many: few find it in a call that can be interrupted. */
static bool nudge(struct run *r)
{
	bool hit = false, there = true;

	for (uint32_t n = r->plan->pick % 200; there && n < 200; n++) {
		there = signal_victim(r, SIGUSR2);
		hit |= there;
		usleep(20);
	}
	return hit;
}

/* One of its own descriptors. */
static int pick_fd(pid_t pid, uint32_t pick, int dead_fd)
{
	int fds[64], n = 0, fd;
	struct dirent *entry;
	char path[40];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)) && n < 64) {
		fd = atoi(entry->d_name);
		if (fd > 2 && fd != dead_fd)
			fds[n++] = fd;
	}
	closedir(dir);
	return n ? fds[pick % (uint32_t)n] : -1;
}

static bool close_one(struct run *r)
{
	int fd = pick_fd(victim_pid(r, r->plan->victim), r->plan->pick,
			 r->stage->dead_fd);

	atomic_store(&r->stage->close_fd, fd);
	return fd >= 0 && signal_victim(r, SIGUSR2);
}

static bool inflict(struct run *r)
{
	switch (r->injury) {
	case NUDGE:
		return nudge(r);
	case SWEEP:
		lease_sweep();
		return true;
	case APPEAR:
		return files_appear(r->plan);
	case PAUSE:
	case LONG_PAUSE:
		r->resume_ns = clock_ns() + r->plan->pause_ms * MS_IN_NS;
		return signal_victim(r, SIGSTOP);
	case STOP:
		return signal_victim(r, SIGSTOP);
	case TERM:
		return signal_victim(r, SIGTERM);
	case INT:
		return signal_victim(r, SIGINT);
	case KILL:
		return signal_victim(r, SIGKILL);
	case CLOSE:
		return close_one(r);
	case CHANGE:
		return files_change(r->plan);
	default:
		return false;
	}
}

static bool needs_worker(const struct run *r)
{
	return r->injury == CLOSE ||
	       (r->plan->victim <= CLIENT_WORKER && r->injury != SWEEP &&
		r->injury != APPEAR && r->injury != CHANGE);
}

/* A worker may not be born yet: then at its birth. */
static bool victim_is_there(const struct run *r)
{
	return needs_worker(r) ? victim_pid(r, r->plan->victim) > 0
			       : victim_pid(r, r->plan->victim) > 0 ||
					 r->plan->victim == EVERYBODY;
}

static bool is_due(const struct run *r)
{
	if (r->hurt_ns || r->injury == UNHURT)
		return false;
	if (r->plan->at_point)
		return atomic_load(&r->stage->waiting);
	return clock_ns() >= r->due_ns;
}

/* --- the performance ---------------------------------------------------- */

static void start(struct run *r, enum copy_role role)
{
	struct err e = { 0 };
	int pidfd = -1;
	pid_t pid = proc_fork(&pidfd, &e);

	if (pid == 0)
		act(r->plan, role, r->stage);
	fd_close(&pidfd);
	if (pid < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	r->sup[role] = pid;
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
	if (r->resume_ns && clock_ns() >= r->resume_ns)
		resume(r);
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return b_ns && b_ns < a_ns ? b_ns : a_ns;
}

static int64_t next_due(const struct run *r)
{
	int64_t next_ns = INT64_MAX;

	next_ns = earlier(next_ns, r->second_ns);
	next_ns = earlier(next_ns, r->resume_ns);
	if (r->hurt_ns || r->injury == UNHURT)
		return next_ns;
	if (is_due(r)) /* but the victim is not there yet */
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
}

static void kill_the_rest(struct run *r)
{
	pid_t child;

	for (int role = 0; role < COPY_ROLES; role++)
		if (r->sup[role] && !r->ended[role])
			signal_one(r, r->sup[role], SIGKILL);
	resume(r);
	/* with their leash on, workers follow; what does not is a survivor */
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

static void set_stage(struct run *r)
{
	const struct plan *p = r->plan;
	struct stage *s = r->stage;

	memset(s, 0, sizeof(*s));
	s->director = getpid();
	s->close_fd = -1;
	if (r->injury != UNHURT && p->at_point)
		s->wanted = point_code(p->point_role, p->point);
}

void run_perform(struct run *r, const struct plan *p, enum injury injury,
		 struct stage *stage, int64_t span_ns)
{
	*r = (struct run){ .plan = p, .injury = injury, .stage = stage };
	set_stage(r);
	if (!files_make(p)) {
		printf("Bail out! no files: %s\n", strerror(errno));
		exit(1);
	}
	r->start_ns = r->last_ns = clock_ns();
	r->due_ns = r->start_ns + (int64_t)(p->instant * (double)span_ns);
	if (p->two)
		r->second_ns = r->start_ns + p->lag_us * 1000;
	start(r, p->two ? p->first : COPY_CLIENT);
	while (!is_over(r) && !r->hung) {
		do_what_is_due(r);
		sleep_until(next_due(r));
		reap(r);
		if (clock_ns() - r->last_ns > ALLOWED_MS * MS_IN_NS)
			hang(r);
	}
	/* workers whose supervisor is stopped go on without it for a moment */
	if (r->excused[COPY_CLIENT] && !p->two)
		usleep(LOOK_EVERY_MS * 1000);
	kill_the_rest(r);
}
