/*
 * The judge of a trial: whatever was done to a copy, it must keep its promises.
 */
#include "chaos.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "scratch.h"

static const char *const fault_words[FAULTS] = {
	[HANG] = "hang",           [FALSE_SUCCESS] = "false success",
	[DAMAGED] = "damage",      [UNCLEAR] = "unclear error",
	[CRASH] = "crash",         [LEFTOVER] = "leftover",
	[MISJUDGED] = "misjudged",
};

/* judge_begin sets both once. */
static struct tally *tally;
static bool isolated;

const char *judge_begin(struct tally *of_all)
{
	const char *why = scratch_isolate();

	tally = of_all;
	isolated = !why;
	return why;
}

void judge_glibcs(void)
{
	tally->glibc++;
}

/* --- reporting ---------------------------------------------------------- */

/* Writes in one line what an actor reported. Returns the length. */
static size_t told_words(const struct run *r, int a, char *buf, size_t size)
{
	const struct told *t = &r->stage->told[a];
	const char *who = !r->plan->two     ? "copy"
			  : a > COPY_CLIENT ? "another client"
					    : copy_role_names[a];
	int n;

	if (!r->sup[a])
		n = snprintf(buf, size, "#   %s: not started\n", who);
	else if (!atomic_load(&t->done))
		n = snprintf(buf, size, "#   %s: no report, status %#x\n", who,
			     (unsigned)r->status[a]);
	else
		n = snprintf(buf, size, "#   %s: %d %s%s\n", who, t->rc,
			     t->rc == 0 ? "well" : t->err.text,
			     t->out.forced ? " (forced)" : "");
	return (size_t)n < size ? (size_t)n : size - 1;
}

void fault(struct run *r, enum fault kind, const char *fmt, ...)
{
	char text[5000], what[600], plan[900];
	bool first = !(r->faults & 1u << kind);
	size_t len;
	va_list ap;

	r->faults |= 1u << kind;
	tally->fault[kind] += first;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	len = (size_t)snprintf(
		text, sizeof(text),
		"# --seed %llu --trials 1: %s: %s\n#   %s%s; hurt after "
		"%.2f ms, ended after %.2f ms\n",
		(unsigned long long)r->plan->seed, fault_words[kind], what,
		plan_words(r->plan, plan, sizeof(plan)),
		r->injury == UNHURT ? " (but unhurt)"
		: r->hit            ? ""
				    : " (missed)",
		r->hurt_ns ? (double)(r->hurt_ns - r->start_ns) / 1e6 : 0,
		(double)(r->end_ns - r->start_ns) / 1e6);
	for (int a = plan_first(r->plan); a < plan_actors(r->plan); a++)
		len += told_words(r, a, text + len, sizeof(text) - len);
	if (atomic_load(&r->stage->served.badly))
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"#   serving a client failed: %s\n",
					r->stage->served.why.text);
	if (write(STDOUT_FILENO, text, len) < 0)
		abort();
}

/* --- reports of the supervisors ------------------------------------------- */

bool reported(const struct run *r, int role)
{
	return r->sup[role] && atomic_load(&r->stage->told[role].done);
}

static bool well(const struct run *r, int role)
{
	return reported(r, role) && r->stage->told[role].rc == 0;
}

static bool failed(const struct run *r, int role)
{
	return reported(r, role) && r->stage->told[role].rc < 0;
}

static bool is_one_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ')
			return false;
	return true;
}

static void judge_words(struct run *r, int role)
{
	const struct told *t = &r->stage->told[role];

	if (!reported(r, role))
		return;
	if (t->rc == 0 && t->err.code)
		fault(r, UNCLEAR, "success with the error %s", t->err.text);
	if (t->rc == 0)
		return;
	if (t->err.code <= 0 || t->rc != -t->err.code)
		fault(r, UNCLEAR, "%d returned with code %d", t->rc,
		      t->err.code);
	if (!t->err.text[0] || !is_one_line(t->err.text))
		fault(r, UNCLEAR, "an error whose text is not one line");
	/* a worker that failed must have given its reason */
	if (strstr(t->err.text, "ended with status"))
		fault(r, UNCLEAR, "a worker failed without a reason");
}

/* --- deaths ------------------------------------------------------------- */

static void judge_supervisor_death(struct run *r, int role)
{
	int status = r->status[role];

	if (!r->ended[role] || r->hung)
		return;
	if (WIFSIGNALED(status) && WTERMSIG(status) != r->sent[role])
		fault(r, CRASH, "a supervisor died of signal %d",
		      WTERMSIG(status));
	if (WIFEXITED(status) && !reported(r, role))
		fault(r, CRASH, "a supervisor left with status %d",
		      WEXITSTATUS(status));
}

/*
 * The number of a closed descriptor goes to the next file that is opened. Then
 * writes that the worker meant for its file may go into the ring, and glibc
 * aborts on a semaphore that was overwritten. Such a process is excused, but
 * the files and the other process must keep all promises.
 */
static bool is_reuse(const struct run *r, int sig)
{
	return r->injury == CLOSE && r->stage->dead_fd < 0 && sig == SIGABRT;
}

/*
 * Reports a worker that died of a signal that we did not send. Its supervisor
 * tells of the death.
 */
static void judge_worker_death(struct run *r, int role)
{
	static const char killed[] = "was killed by signal ";
	const char *at = reported(r, role)
				 ? strstr(r->stage->told[role].err.text, killed)
				 : NULL;
	int sig = at ? atoi(at + strlen(killed)) : 0;

	if (sig && !(sig == SIGKILL && r->injury == KILL) && !is_reuse(r, sig))
		fault(r, CRASH, "a worker %s", at);
	if (reported(r, role) &&
	    strstr(r->stage->told[role].err.text, "was cut short while"))
		fault(r, CRASH, "a worker got SIGBUS");
}

static void judge_deaths(struct run *r)
{
	int crash = atomic_load(&r->stage->crash_signal);

	tally->reused += is_reuse(r, crash);
	if (crash && !is_reuse(r, crash))
		fault(r, CRASH, "signal %d in some process", crash);
	if (r->stray_signal)
		fault(r, CRASH, "an orphan died of signal %d", r->stray_signal);
	for (int a = 0; a < plan_actors(r->plan); a++) {
		judge_supervisor_death(r, a);
		judge_worker_death(r, a);
	}
}

/* --- the destination ---------------------------------------------------- */

static void judge_destination(struct run *r, int client)
{
	const struct plan *p = r->plan;
	enum dst_state wanted = p->spec.ops->carries_nothing || p->stands
					? DST_BEFORE
					: DST_COMPLETE;
	enum dst_state state;
	char why[80];

	state = files_look(r, client, why, sizeof(why));
	if (state == DST_DAMAGED)
		fault(r, DAMAGED, "the destination: %s", why);
	if (well(r, client) && state != wanted)
		fault(r, FALSE_SUCCESS, "the client reports success, but %s",
		      why);
	if (plan_keeps(p))
		return;
	if (p->two && well(r, COPY_SERVER) && state != wanted)
		fault(r, FALSE_SUCCESS, "serve reports success, but %s", why);
	/*
	 * a worker that lost the socket to its supervisor cannot report its
	 * success
	 */
	if (p->two && well(r, COPY_SERVER) && failed(r, COPY_CLIENT) &&
	    !(r->injury == CLOSE && state == wanted))
		fault(r, FALSE_SUCCESS,
		      "serve reports success, but fetch failed");
}

static void judge_outcome(struct run *r, int role)
{
	const struct copy_outcome *o = &r->stage->told[role].out;
	const struct plan *p = r->plan;
	bool nothing = p->spec.ops->carries_nothing;

	if (!well(r, role) || r->injury == CHANGE ||
	    (plan_keeps(p) && role == COPY_SERVER))
		return;
	if (!nothing && o->bytes != p->src.len)
		fault(r, FALSE_SUCCESS, "the report counts %llu bytes",
		      (unsigned long long)o->bytes);
	if (o->verified != (p->verify && !nothing))
		fault(r, FALSE_SUCCESS, "verified: %d", o->verified);
}

/* --- the outcome that an injury demands ----------------------------------- */

static bool must_succeed(const struct run *r)
{
	if (r->plan->weather & HARSH)
		return false;
	switch (r->injury) {
	case UNHURT:
	case NUDGE:
	case SWEEP:
	case APPEAR:
	case PAUSE:
	case PARENT:
	case STRANGER:
		return true;
	case JUMP: /* if the monotonic clock jumped, a side may time out */
		return r->stage->jump_ns[1] == 0;
	case GROUP:
		return !r->hit || (group_signal(r->plan) == SIGHUP &&
				   r->plan->weather & NOHUP);
	default:
		return !r->hit;
	}
}

/*
 * True if the copy needs the victim at this point. Before the end it needs both
 * workers. At the end it needs only the worker that has reached the point.
 */
static bool is_needed(const struct plan *p)
{
	return p->victim == (p->point_role == COPY_SERVER ? SERVER_WORKER
							  : CLIENT_WORKER) ||
	       (p->victim <= CLIENT_WORKER && p->point != COPY_AT_END);
}

/*
 * True if a worker that the copy still needed was killed, or stopped for longer
 * than the timeout. A server that has several clients goes on, and the worker
 * that was hit may have been another client's.
 */
static bool must_fail(const struct run *r, int actor)
{
	const struct plan *p = r->plan;

	if (plan_keeps(p) &&
	    (actor != COPY_CLIENT || p->point_role != COPY_CLIENT ||
	     p->victim != CLIENT_WORKER))
		return false;
	return r->hit && p->at_point && is_needed(p) &&
	       !atomic_load(&r->stage->tired) &&
	       (r->injury == KILL || r->injury == STOP ||
		r->injury == LONG_PAUSE);
}

/* A process that waits this long for a CPU cannot be blamed for a timeout. */
#define WAITED_MS (CHAOS_TIMEOUT_MS / 4)

/* True if a side timed out because the machine was too busy. */
static bool machine_was_late(const struct run *r)
{
	bool late = tally->noisy_ns > r->start_ns, timeout = false;

	for (int v = 0; v < EVERYBODY + CHAOS_ACTORS; v++)
		late |= r->waited_ns[v] > WAITED_MS * MS_IN_NS;
	for (int a = 0; a < CHAOS_ACTORS; a++)
		timeout |= r->stage->told[a].err.code == ETIMEDOUT;
	return late && timeout;
}

/*
 * True if the copy lacked queue bytes or huge pages, which it shares with other
 * programs.
 */
static bool quota_was_spent(const struct run *r)
{
	bool spent = false;

	for (int a = 0; a < CHAOS_ACTORS; a++) {
		const char *text = r->stage->told[a].err.text;

		spent |= strstr(text, "all queues of this user") ||
			 strstr(text, "vm.nr_hugepages");
	}
	return spent;
}

bool judge_excuses(const struct run *r)
{
	bool late = machine_was_late(r), spent = !late && quota_was_spent(r);

	tally->late += late;
	tally->quota += spent;
	if ((late || spent) && tally->loud)
		printf("# --seed %llu --trials 1: excused: %s\n",
		       (unsigned long long)r->plan->seed,
		       late ? "a CPU was late" : "a quota was spent");
	fflush(stdout);
	return late || spent;
}

/*
 * True if a signal that the side does not ignore asked it to stop. In harsh
 * conditions, other errors may come first.
 */
static bool was_asked(const struct run *r, int role)
{
	int sig = r->sent[role];

	return r->hit && !(r->plan->weather & HARSH) &&
	       (sig == SIGTERM || sig == SIGINT ||
		(sig == SIGHUP && !(r->plan->weather & NOHUP)));
}

static void judge_verdict(struct run *r, int role)
{
	if (was_asked(r, role) && failed(r, role) &&
	    r->stage->told[role].rc != -EINTR && !machine_was_late(r))
		fault(r, MISJUDGED,
		      "asked to stop by signal %d, it reported a failure",
		      r->sent[role]);
	if (must_fail(r, role) && well(r, role))
		fault(r, MISJUDGED,
		      "this injury must fail, but the copy succeeded");
	if (!must_succeed(r) || !failed(r, role))
		return;
	if (!judge_excuses(r))
		fault(r, MISJUDGED, "this must succeed, but the copy failed");
}

void judge(struct run *r)
{
	if (r->hung)
		fault(r, HANG, "%s", r->scene);
	judge_deaths(r);
	for (int a = COPY_CLIENT; a < plan_actors(r->plan); a++)
		judge_destination(r, a);
	for (int a = 0; a < plan_actors(r->plan); a++) {
		judge_words(r, a);
		judge_outcome(r, a);
		judge_verdict(r, a);
	}
	judge_crowd(r);
	judge_leftovers(r, isolated);
	tally_count(tally, r);
}
