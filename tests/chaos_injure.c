/* The processes of a trial by their roles, and the injuries. */
#include "chaos.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lease.h"
#include "base/proc.h"
#include "child_of.h"

int actor_of(const struct run *r, pid_t pid)
{
	for (int a = 0; a < CHAOS_ACTORS; a++)
		if (r->sup[a] == pid)
			return a;
	return -1;
}

/* --- roles ---------------------------------------------------------------- */

/* Finds a worker even before COPY_AT_JOIN, where a worker stores its pid. */
static pid_t worker_pid(const struct run *r, enum copy_role role)
{
	pid_t told = atomic_load(&r->stage->worker[role]);
	pid_t other = atomic_load(&r->stage->worker[!role]);
	pid_t pid;

	/* a child of a server with several clients supervises one worker */
	if (told || (plan_keeps(r->plan) && role == COPY_SERVER))
		return told;
	if (r->plan->two)
		return child_of(r->sup[role], 0);
	pid = child_of(r->sup[COPY_CLIENT], (int)role);
	return pid == other ? 0 : pid;
}

pid_t victim_pid(const struct run *r, enum victim v)
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

bool signal_one(struct run *r, pid_t pid, int sig)
{
	int a = actor_of(r, pid);

	if (pid <= 0 || (a >= 0 && r->ended[a]) || proc_state(pid) == 'Z' ||
	    kill(pid, sig) < 0)
		return false;
	if (a >= 0)
		r->sent[a] = sig;
	if (sig == SIGSTOP && r->n_stopped < RUN_STOPPED_MAX)
		r->stopped[r->n_stopped++] = pid;
	return true;
}

static bool signal_victim(struct run *r, int sig)
{
	enum victim v = r->plan->victim;
	bool hit = false;
	int a;

	if (v != EVERYBODY) {
		hit = signal_one(r, victim_pid(r, v), sig);
		a = actor_of(r, victim_pid(r, v));
		if (hit && r->injury == STOP && a >= 0)
			r->excused[a] = true;
		return hit;
	}
	for (int i = 0; i < EVERYBODY; i++) {
		v = (enum victim)((r->plan->pick + (uint32_t)i) % EVERYBODY);
		hit |= signal_one(r, victim_pid(r, v), sig);
	}
	for (int i = COPY_CLIENT + 1; i < plan_actors(r->plan); i++)
		hit |= signal_one(r, r->sup[i], sig);
	return hit;
}

/*
 * Sends many signals, since few of them arrive during a call that can be
 * interrupted.
 */
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

/* Picks a descriptor of the process, except dead_fd and the first three. */
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

static bool is_victim(const struct run *r, int actor)
{
	return r->plan->victim == EVERYBODY ||
	       (actor == COPY_SERVER && r->plan->victim == SERVER_SUPERVISOR) ||
	       (actor == COPY_CLIENT && r->plan->victim == CLIENT_SUPERVISOR);
}

/* Signals the process group of one actor, or of all. */
static bool signal_group(struct run *r, int sig)
{
	bool hit = false;

	for (int a = 0; a < CHAOS_ACTORS; a++) {
		pid_t pid = r->sup[a];

		if (pid <= 0 || r->ended[a] || !is_victim(r, a) ||
		    proc_state(pid) == 'Z' || kill(-pid, sig) < 0)
			continue;
		r->sent[a] = sig;
		hit = true;
	}
	return hit;
}

static bool kill_parent(struct run *r)
{
	bool hit = false;

	for (int a = 0; a < CHAOS_ACTORS; a++)
		if (r->parent[a])
			hit |= kill(r->parent[a], SIGKILL) == 0;
	return hit;
}

/*
 * Changes the time of day by up to years, or moves the monotonic clock forward
 * by up to five seconds.
 */
static bool jump(struct run *r)
{
	uint64_t state = r->plan->pick;
	int64_t by_ns = (int64_t)(chaos_random(&state) >> 1);
	int which = (int)(chaos_random(&state) % 2);

	if (which == 0)
		by_ns = chaos_random(&state) % 2 ? by_ns / 32 : -by_ns / 32;
	else
		by_ns = by_ns % (5000 * MS_IN_NS) + 1;
	atomic_store(&r->stage->jump_ns[which], by_ns);
	return true;
}

bool inflict(struct run *r)
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
	case GROUP:
		return signal_group(r, group_signal(r->plan));
	case PARENT:
		return kill_parent(r);
	case JUMP:
		return jump(r);
	case STRANGER:
		r->stranger = weather_stranger(r);
		return r->stranger > 0;
	default:
		return false;
	}
}

static bool needs_worker(const struct run *r)
{
	return r->injury == CLOSE ||
	       (r->plan->victim <= CLIENT_WORKER && r->injury != SWEEP &&
		r->injury != APPEAR && r->injury != CHANGE &&
		r->injury != JUMP && r->injury != STRANGER);
}

/*
 * True if the injury can be done now. If it needs a worker that does not run
 * yet, it is done as soon as the worker runs.
 */
bool victim_is_there(const struct run *r)
{
	return needs_worker(r) ? victim_pid(r, r->plan->victim) > 0
			       : victim_pid(r, r->plan->victim) > 0 ||
					 r->plan->victim == EVERYBODY;
}
