/* Counts what all trials came to, and shows it. */
#include "chaos.h"

#include <unistd.h>

#include "tap.h"

/*
 * If a smaller share of the trials with a serious injury ends in an error, most
 * injuries miss.
 */
#define HURT_PERCENT 20

/* --- counting ------------------------------------------------------------- */

static void add(_Atomic uint32_t row[3], bool good, bool bad)
{
	row[0]++;
	row[1] += good;
	row[2] += bad;
}

static void count_doses(struct tally *t, const struct dose *d, bool good,
			bool bad)
{
	if (dose_is_none(d))
		add(t->dose[DOSE_KINDS], good, bad);
	for (int k = 0; k < DOSE_KINDS; k++)
		if (d->times[k][COPY_SERVER] || d->times[k][COPY_CLIENT])
			add(t->dose[k], good, bad);
}

/*
 * Keeps the run that took longest to end: counted from the end of its injury,
 * or from its start if it was not injured. If the run succeeded, the copy
 * itself may have taken that time.
 */
static void count_end(struct slowest *s, const struct run *r)
{
	int64_t from_ns = r->healed_ns ? r->healed_ns
			  : r->hurt_ns ? r->hurt_ns
				       : r->start_ns;
	int64_t ns = r->end_ns - from_ns;

	if (ns <= s->ns)
		return;
	s->ns = ns;
	s->seed = r->plan->seed;
	s->waited_ns = 0;
	for (int v = 0; v < EVERYBODY + CHAOS_ACTORS; v++)
		if (r->waited_ns[v] > s->waited_ns)
			s->waited_ns = r->waited_ns[v];
	plan_words(r->plan, s->what, sizeof(s->what));
}

void tally_count(struct tally *t, const struct run *r)
{
	const struct plan *p = r->plan;
	bool good = true, bad = false;
	size_t at = 0;

	for (int a = plan_first(p); a < plan_actors(p); a++) {
		good &= reported(r, a) && r->stage->told[a].rc == 0;
		bad |= reported(r, a) && r->stage->told[a].rc < 0;
	}
	t->injury[r->injury][0]++;
	t->injury[r->injury][1] += r->hit;
	t->injury[r->injury][2] += good;
	t->injury[r->injury][3] += bad;
	while (tr_at(at) != p->spec.ops && at < TALLY_KINDS - 1)
		at++;
	add(t->kind[at][plan_kind(p)], good, bad);
	for (int i = 0; i < WEATHERS; i++)
		if (p->weather & 1u << i)
			add(t->weather[i], good, bad);
	count_doses(t, &p->dose, good, bad);
	while (atomic_exchange(&t->slowest_lock, 1))
		usleep(100);
	count_end(&t->slowest[bad], r);
	atomic_store(&t->slowest_lock, 0);
}

/* --- the tables --------------------------------------------------------- */

static void show_injuries(const struct tally *t)
{
	diag("%-22s %7s %7s %8s %7s", "injury", "trials", "hit", "success",
	     "error");
	for (int i = 0; i < INJURIES; i++)
		diag("%-22s %7u %7u %8u %7u", injury_names[i], t->injury[i][0],
		     t->injury[i][1], t->injury[i][2], t->injury[i][3]);
}

static void show_weather(const struct tally *t)
{
	char name[60];

	diag("%-30s %15s %8s %7s", "weather", "with rehearsals", "success",
	     "error");
	for (int i = 0; i < WEATHERS; i++)
		diag("%-30s %15u %8u %7u",
		     weather_words(1u << i, name, sizeof(name)) + 2,
		     t->weather[i][0], t->weather[i][1], t->weather[i][2]);
}

static void show_kinds(const struct tally *t)
{
	static const char *const how[PLAN_KINDS] = {
		[A_COPY] = "copy",           [SERVE_FETCH] = "serve, fetch",
		[A_PAIR] = "pair",           [MANY_CLIENTS] = "many clients",
		[MANY_PAIRS] = "many pairs",
	};
	const struct transport *tr;

	diag("%-15s %-12s %15s %8s %7s", "mechanism", "as", "with rehearsals",
	     "success", "error");
	for_each_transport(tr)
		for (int i = 0; i < PLAN_KINDS; i++)
			diag("%-15s %-12s %15u %8u %7u", tr->name, how[i],
			     t->kind[tr_i][i][0], t->kind[tr_i][i][1],
			     t->kind[tr_i][i][2]);
}

static void show_doses(const struct tally *t)
{
	diag("%-15s %15s %8s %7s", "extra work", "with rehearsals", "success",
	     "error");
	for (int k = 0; k <= DOSE_KINDS; k++)
		diag("%-15s %15u %8u %7u",
		     k == DOSE_KINDS ? "none" : dose_names[k], t->dose[k][0],
		     t->dose[k][1], t->dose[k][2]);
}

static void show_rest(const struct tally *t)
{
	for (int bad = 0; bad < 2; bad++) {
		const struct slowest *s = &t->slowest[bad];

		diag("slowest %s: %.0f ms after the injury, or the start; a "
		     "process of that trial waited %.0f ms for a CPU:",
		     bad ? "error" : "success", (double)s->ns / 1e6,
		     (double)s->waited_ns / 1e6);
		diag("  --seed %llu --trials 1: %s",
		     (unsigned long long)s->seed, s->what);
	}
	diag("longest wait for a CPU: %.0f ms", (double)t->noise_ns / 1e6);
	diag("excused: %u timeouts while a CPU was late, %u queues over the "
	     "user's quota,",
	     t->late, t->quota);
	diag("  %u names left by glibc's sem_open, %u aborts after a number "
	     "was reused",
	     t->glibc, t->reused);
}

static void show_faults(const struct tally *t)
{
	static const char *const none[FAULTS] = {
		[HANG] = "no process hangs",
		[FALSE_SUCCESS] = "no side reports a false success",
		[DAMAGED] = "no destination is damaged",
		[UNCLEAR] = "every error is one clear line",
		[CRASH] = "no process crashes",
		[LEFTOVER] = "nothing is left behind",
		[MISJUDGED] = "each injury has the outcome that it must have",
	};

	for (int i = 0; i < FAULTS; i++)
		ok(t->fault[i] == 0, "%s: %u of %u trials", none[i],
		   t->fault[i], t->trials);
}

/*
 * Shows how many trials ended in an error, of those with an injury from
 * LONG_PAUSE on. Most of these injuries can end a copy.
 */
static void show_aim(const struct tally *t)
{
	uint32_t hurt = 0, errors = 0;

	for (int i = LONG_PAUSE; i < INJURIES; i++) {
		hurt += t->injury[i][0];
		errors += t->injury[i][3];
	}
	if (hurt < 50)
		skip("too few trials to tell whether injuries hit");
	else
		ok(errors * 100 >= hurt * HURT_PERCENT,
		   "injuries hit: %u of %u ended in an error", errors, hurt);
}

void tally_show(const struct tally *t)
{
	show_injuries(t);
	show_weather(t);
	show_kinds(t);
	show_doses(t);
	show_rest(t);
}

void tally_judge(const struct tally *t)
{
	show_faults(t);
	show_aim(t);
}
