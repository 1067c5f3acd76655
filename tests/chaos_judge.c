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

static void told_words(const struct run *r, int role, char *buf, size_t size)
{
	const struct told *t = &r->stage->told[role];
	const char *who = r->plan->two ? copy_role_names[role] : "copy";

	if (!r->sup[role])
		snprintf(buf, size, "#   %s: not started\n", who);
	else if (!atomic_load(&t->done))
		snprintf(buf, size, "#   %s: no report, status %#x\n", who,
			 (unsigned)r->status[role]);
	else
		snprintf(buf, size, "#   %s: %d %s%s\n", who, t->rc,
			 t->rc == 0 ? "well" : t->err.text,
			 t->out.forced ? " (forced)" : "");
}

void fault(struct run *r, enum fault kind, const char *fmt, ...)
{
	char text[3000], what[600], plan[600], told[COPY_ROLES][400];
	bool first = !(r->faults & 1u << kind);
	va_list ap;
	int len;

	r->faults |= 1u << kind;
	tally->fault[kind] += first;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	told_words(r, COPY_SERVER, told[COPY_SERVER], sizeof(told[0]));
	told_words(r, COPY_CLIENT, told[COPY_CLIENT], sizeof(told[0]));
	len = snprintf(
		text, sizeof(text),
		"# --seed %llu --trials 1: %s: %s\n#   %s%s; hurt after "
		"%.2f ms, ended after %.2f ms\n%s%s",
		(unsigned long long)r->plan->seed, fault_words[kind], what,
		plan_words(r->plan, plan, sizeof(plan)),
		r->injury == UNHURT ? " (but unhurt)"
		: r->hit            ? ""
				    : " (missed)",
		r->hurt_ns ? (double)(r->hurt_ns - r->start_ns) / 1e6 : 0,
		(double)(r->end_ns - r->start_ns) / 1e6,
		r->plan->two ? told[COPY_SERVER] : "", told[COPY_CLIENT]);
	if (write(STDOUT_FILENO, text, (size_t)len) < 0)
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
	for (int role = 0; role < COPY_ROLES; role++) {
		judge_supervisor_death(r, role);
		judge_worker_death(r, role);
	}
}

/* --- the destination ---------------------------------------------------- */

static void judge_destination(struct run *r)
{
	const struct plan *p = r->plan;
	enum dst_state wanted = p->spec.ops->carries_nothing || p->stands
					? DST_BEFORE
					: DST_COMPLETE;
	enum dst_state state;
	char why[80];

	state = files_look(r, why, sizeof(why));
	if (state == DST_DAMAGED)
		fault(r, DAMAGED, "the destination: %s", why);
	if (well(r, COPY_CLIENT) && state != wanted)
		fault(r, FALSE_SUCCESS, "the client reports success, but %s",
		      why);
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

	if (!well(r, role) || r->injury == CHANGE)
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
 * than the timeout.
 */
static bool must_fail(const struct run *r)
{
	const struct plan *p = r->plan;

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
	bool late = tally->noisy_ns > r->start_ns;

	for (int v = 0; v < EVERYBODY; v++)
		late |= r->waited_ns[v] > WAITED_MS * MS_IN_NS;
	return late && (r->stage->told[COPY_SERVER].err.code == ETIMEDOUT ||
			r->stage->told[COPY_CLIENT].err.code == ETIMEDOUT);
}

/*
 * True if the copy lacked queue bytes or huge pages, which it shares with other
 * programs.
 */
static bool quota_was_spent(const struct run *r)
{
	static const char *const words[] = { "all queues of this user",
					     "vm.nr_hugepages" };
	bool spent = false;

	for (int i = 0; i < 2; i++)
		spent |= strstr(r->stage->told[COPY_SERVER].err.text,
				words[i]) ||
			 strstr(r->stage->told[COPY_CLIENT].err.text, words[i]);
	return spent;
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
	if (must_fail(r) && well(r, role))
		fault(r, MISJUDGED,
		      "this injury must fail, but the copy succeeded");
	if (!must_succeed(r) || !failed(r, role))
		return;
	if (machine_was_late(r))
		tally->late++;
	else if (quota_was_spent(r))
		tally->quota++;
	else
		fault(r, MISJUDGED, "this must succeed, but the copy failed");
}

/* --- all judgements ------------------------------------------------------- */

static void count(const struct run *r)
{
	bool good =
		well(r, COPY_CLIENT) && (!r->plan->two || well(r, COPY_SERVER));
	bool bad = failed(r, COPY_CLIENT) || failed(r, COPY_SERVER);
	_Atomic uint32_t *row = tally->injury[r->injury];
	int64_t slow_ns = r->end_ns - (r->hurt_ns ? r->hurt_ns : r->start_ns);
	size_t at = 0;

	row[0]++;
	row[1] += r->hit;
	row[2] += good;
	row[3] += bad;
	while (tr_at(at) != r->plan->spec.ops && at < TALLY_KINDS - 1)
		at++;
	tally->kind[at][plan_kind(r->plan)][0]++;
	tally->kind[at][plan_kind(r->plan)][1] += good;
	tally->kind[at][plan_kind(r->plan)][2] += bad;
	for (int i = 0; i < WEATHERS; i++) {
		if (!(r->plan->weather & 1u << i))
			continue;
		tally->weather[i][0]++;
		tally->weather[i][1] += good;
		tally->weather[i][2] += bad;
	}
	if (slow_ns > tally->slowest_ns)
		tally->slowest_ns = slow_ns;
}

void judge(struct run *r)
{
	if (r->hung)
		fault(r, HANG, "%s", r->scene);
	judge_deaths(r);
	judge_destination(r);
	for (int role = 0; role < COPY_ROLES; role++) {
		judge_words(r, role);
		judge_outcome(r, role);
		judge_verdict(r, role);
	}
	judge_leftovers(r, isolated);
	count(r);
}
