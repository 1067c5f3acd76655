/*
 * Checks that each outcome follows from what was observed. A call that an
 * experiment makes is broken on purpose (-Wl,--wrap), and the outcome must
 * change.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "copy/session.h"
#include "count/chain.h"
#include "count/count_spec.h"
#include "lab/runner.h"
#include "lab_observe.h"
#include "tap.h"

/* --- made-up copies ------------------------------------------------------- */

int __real_copy_run(const struct copy_job *job, struct copy_outcome *out,
		    struct err *e);
int __wrap_copy_run(const struct copy_job *job, struct copy_outcome *out,
		    struct err *e);

static int64_t scripted_ns(bool shm)
{
	static int calls;

	if (damage == COPY_TIE)
		return 1000 + ++calls * 7919 % 500;
	return shm == (damage == COPY_SHM_FAST) ? 1000 : 2000;
}

int __wrap_copy_run(const struct copy_job *job, struct copy_outcome *out,
		    struct err *e)
{
	if (damage == NONE || damage == NO_PTRACE)
		return __real_copy_run(job, out, e);
	if (damage == COPY_FAILS)
		return err_say(e, EPERM, "refused by the test");
	memset(out, 0, sizeof(*out));
	out->transfer_ns = scripted_ns(!strcmp(job->spec.ops->name, "shm"));
	out->side[COPY_SERVER].calls.kind[0].nr = SYS_read;
	out->side[COPY_SERVER].calls.kind[0].count = 256;
	out->side[COPY_CLIENT].calls.kind[0].nr = SYS_futex;
	out->side[COPY_CLIENT].calls.kind[0].count =
		damage == CALLS_ALWAYS ? 256 : 0;
	return 0;
}

int __real_count_spec(const struct tr_spec *spec, const char *dir,
		      uint64_t bytes, struct count_spec *c, struct err *e);
int __wrap_count_spec(const struct tr_spec *spec, const char *dir,
		      uint64_t bytes, struct count_spec *c, struct err *e);

/* Returns the count that the documents claim, or another one. */
int __wrap_count_spec(const struct tr_spec *spec, const char *dir,
		      uint64_t bytes, struct count_spec *c, struct err *e)
{
	bool shm = !strcmp(spec->ops->name, "shm");
	int in, out;

	(void)dir;
	(void)bytes;
	memset(c, 0, sizeof(*c));
	if (damage < COUNT_AS_CLAIMED || damage == COUNT_REFUSED)
		return err_say(e, EPERM, "ptrace is refused");
	c->ledger = chain_predict(spec, 1 << 20, &in, &out);
	c->in = in;
	c->out = out;
	c->delivered_bytes = 1 << 20;
	c->resolved = true;
	c->lower_bound = damage == COUNT_AT_LEAST;
	c->copies = (shm ? 2 : 4) + (damage == COUNT_MORE ? 0.5 : 0);
	return 0;
}

/* --- the expected outcomes ------------------------------------------------ */

static const struct {
	const char *id;
	enum damage damage;
	enum lab_outcome outcome;
	const char *what;
} cases[] = {
	{ "A1", COPY_SHM_FAST, LAB_HOLDS, "shm wins every round" },
	{ "A1", COPY_SHM_SLOW, LAB_FAILS, "shm loses every round" },
	{ "A1", COPY_TIE, LAB_CANNOT_TRY, "no round decides" },
	{ "A1", COPY_FAILS, LAB_CANNOT_TRY, "nothing can be copied" },
	{ "A2", COUNT_AS_CLAIMED, LAB_HOLDS, "four copies are counted" },
	{ "A2", COUNT_MORE, LAB_FAILS, "more copies are counted" },
	{ "A2", COUNT_AT_LEAST, LAB_CANNOT_TRY, "at least four are counted" },
	{ "A2", COUNT_REFUSED, LAB_CANNOT_TRY, "nothing can be counted" },
	{ "A3", COUNT_AS_CLAIMED, LAB_HOLDS, "two copies everywhere" },
	{ "A3", COUNT_MORE, LAB_FAILS, "more copies are counted" },
	{ "A3", COUNT_REFUSED, LAB_CANNOT_TRY, "nothing can be counted" },
	{ "A4", CALLS_NEVER, LAB_HOLDS, "no calls are counted" },
	{ "A4", CALLS_ALWAYS, LAB_FAILS, "calls are counted everywhere" },
	{ "A4", COPY_FAILS, LAB_CANNOT_TRY, "calls cannot be counted" },
	{ "A4", NO_PTRACE, LAB_CANNOT_TRY, "ptrace is refused" },
	{ "A4", NO_SECCOMP, LAB_CANNOT_TRY, "there is no seccomp" },
	{ "A5", NO_WAITING, LAB_FAILS, "semaphores do not help" },
	{ "A6", NO_WAITING, LAB_FAILS, "sem_wait does not wait" },
	{ "B1", MAP_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "B2", MAP_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "B3", MAP_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "B3", ZERO_IS_FULL, LAB_CANNOT_TRY, "/dev/zero cannot be mapped" },
	{ "B4", MAP_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "B5", CLOSE_UNMAPS, LAB_FAILS, "close undoes the mapping" },
	{ "B6", MAP_IS_DIRTY, LAB_FAILS, "anonymous memory is not cleared" },
	{ "B7", ZERO_IS_FULL, LAB_FAILS, "/dev/zero takes no writes" },
	{ "B8", MAP_IS_DIRTY, LAB_HOLDS, "an irrelevant call is broken" },
	{ "B9", NO_REACH, LAB_HOLDS, "every other way is closed" },
	{ "B10", MAP_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "C1", MAP_GROWS_FILE, LAB_FAILS, "mapping makes the file grow" },
	{ "C2", MAP_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "C2", NO_SYNC, LAB_FAILS, "nothing is written back" },
	{ "C3", MAP_GROWS_FILE, LAB_FAILS, "mapping makes the file grow" },
	{ "C4", MAP_TAKES_MORE, LAB_FAILS, "three pages are mapped for two" },
	{ "C4", MAP_HAS_ROOM, LAB_HOLDS, "no mapping lies right behind" },
	{ "C5", MAP_TAKES_LESS, LAB_HOLDS, "one of two pages is mapped" },
	{ "C6", MAP_GROWS_FILE, LAB_FAILS, "mapping makes the file grow" },
	{ "C7", MAP_TAKES_ZERO, LAB_FAILS, "a length of 0 is accepted" },
	{ "C8", MAP_TAKES_OFFSET, LAB_FAILS, "any offset is accepted" },
	{ "C9", MAP_WANTS_FILE, LAB_HOLDS, "longer mappings are refused" },
	{ "C10", PROTECT_IS_LAZY, LAB_FAILS, "mprotect does nothing" },
	{ "C10", UNMAP_IS_LAZY, LAB_FAILS, "munmap does nothing" },
};

/* With pages of 4096 bytes and without huge pages, C8 must hold. */
static void huge_pages_matter(void)
{
	static struct lab_result r;
	struct err e = { 0 };

	if (lab_page() != 4096) {
		skip("C8 has a limit even without huge pages");
		return;
	}
	damage = NO_HUGE_PAGES;
	ok(lab_run(lab_find("C8"), NULL, &r, &e) == 0 &&
		   lab_outcome(&r) == LAB_HOLDS,
	   "C8 holds without huge pages");
}

static void show(const struct lab_result *r)
{
	for (int i = 0; i < r->n; i++)
		if (r->fact[i].weight != LAB_DRAWN)
			diag("%d %s", r->fact[i].weight, r->fact[i].text);
}

static void try_case(size_t i)
{
	static struct lab_result r;
	struct err e = { 0 };
	enum lab_outcome got;
	char number[8];
	int rc;

	damage = cases[i].damage;
	snprintf(number, sizeof(number), "%d", (int)damage);
	setenv("LAB_DAMAGE", number, 1);
	rc = lab_run(lab_find(cases[i].id), NULL, &r, &e);
	got = lab_outcome(&r);
	if (!ok(rc == 0 && got == cases[i].outcome, "%s: %s where %s",
		cases[i].id, lab_outcome_names[cases[i].outcome],
		cases[i].what)) {
		diag("%s", rc < 0 ? e.text : lab_outcome_names[got]);
		show(&r);
	}
}

static int calls_seen, signals_seen;

static void see_call(void *unused, const struct lab_call *call)
{
	(void)unused;
	calls_seen += call->nr == SYS_mmap;
}

static void see_signal(void *unused, int process, int sig)
{
	(void)unused;
	(void)process;
	signals_seen += sig == SIGBUS;
}

static void watched(void)
{
	static const struct lab_watch watch = { .call = see_call,
						.signal = see_signal };
	static struct lab_result r;
	struct err e = { 0 };
	int rc;

	damage = NO_PTRACE;
	rc = lab_run(lab_find("C3"), &watch, &r, &e);
	ok(rc == -EPERM && strstr(e.text, "ptrace"),
	   "if ptrace is refused, a watched run says so");
	damage = NONE;
	rc = lab_run(lab_find("C3"), &watch, &r, &e);
	if (rc == -EPERM) {
		skip("ptrace is refused here");
		return;
	}
	ok(rc == 0 && lab_outcome(&r) == LAB_HOLDS && calls_seen >= 5 &&
		   signals_seen == 5,
	   "C3 has the same outcome when watched: %d calls of mmap, %d SIGBUS",
	   calls_seen, signals_seen);
}

/* An experiment that is killed counts as not tried, whatever it saw before. */
static void die(struct lab *l)
{
	lab_check(l, true, "all was well");
	raise(SIGKILL);
}

static void say_nothing(struct lab *l)
{
	lab_see(l, "nothing");
}

static enum lab_outcome outcome_of(void (*run)(struct lab *l))
{
	static struct lab_result r;
	const struct experiment x = { .id = "X1", .run = run };
	struct err e = { 0 };

	damage = NONE;
	return lab_run(&x, NULL, &r, &e) == 0 ? lab_outcome(&r) : LAB_OUTCOMES;
}

/*
 * If this is the second program of an experiment, runs it with the same damage.
 */
static void be_second(char **argv)
{
	const char *inherited = getenv("LAB_DAMAGE");

	if (inherited)
		damage = (enum damage)atoi(inherited);
	lab_be_second(argv);
	damage = NONE;
}

int main(int argc, char **argv)
{
	(void)argc;
	be_second(argv);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		try_case(i);
	huge_pages_matter();
	watched();
	ok(outcome_of(die) == LAB_CANNOT_TRY,
	   "an experiment that is killed counts as not tried");
	ok(outcome_of(say_nothing) == LAB_CANNOT_TRY,
	   "an experiment without a check counts as not tried");
	return done_testing();
}
