/*
 * Asks every mechanism the same questions, without knowing which it is: does it
 * copy exactly, does it end in time when a side dies or stops, and does it
 * leave nothing behind?
 *
 * tests/conform [NAME...] asks these mechanisms, or all.
 *
 * tests/conform 2/3 asks each third mechanism, beginning with the second. So
 * 1/3, 2/3 and 3/3 together ask all.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/run_dir.h"
#include "leftovers.h"
#include "scratch.h"
#include "tap.h"
#include "trial.h"
#include "variants.h"

#define SIZES_MAX    32
#define MESSAGES_MAX 200000
#define LARGE_BYTES  ((16ULL << 20) + 12345)
/*
 * How often one signal is tried with one set of settings: on each side, at each
 * of four points. Some settings are tried with two signals, SIGKILL and
 * SIGSTOP.
 */
#define HURTS (COPY_ROLES * TRIAL_NOWHERE)
#define TRIALS_MAX \
	(VARIANTS_MAX * (HURTS * 2 > SIZES_MAX ? HURTS * 2 : SIZES_MAX))

struct sizes {
	uint64_t v[SIZES_MAX];
	size_t n;
};

/* A set of settings that runs on this machine. */
struct asked {
	const struct variant *v;
	struct tr_spec spec;
};

/* Room for all trials, allocated once. */
static struct trial *trials;

/* --- copies exactly ----------------------------------------------------- */

static void add_size(struct sizes *s, uint64_t len)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i] == len)
			return;
	if (s->n < SIZES_MAX)
		s->v[s->n++] = len;
}

static void add_around(struct sizes *s, uint64_t len)
{
	if (!len)
		return;
	add_size(s, len - 1);
	add_size(s, len);
	add_size(s, len + 1);
}

/* Collects the lengths at which a mechanism could be one byte off. */
static void sizes_for(struct sizes *s, const struct tr_spec *spec,
		      enum variant_kind kind)
{
	uint64_t message = tr_spec_value(spec, "size", 0);

	*s = (struct sizes){ .n = 0 };
	add_size(s, 0);
	add_size(s, 1);
	add_around(s, message * tr_spec_value(spec, "depth", 0));
	if (kind == VARIANT_PAIR)
		return;
	add_around(s, message);
	add_around(s, tr_spec_value(spec, "capacity", 0));
	add_around(s, (uint64_t)sysconf(_SC_PAGESIZE));
	if (kind == VARIANT_DEFAULT)
		add_size(s, LARGE_BYTES);
}

static size_t plan_copies(struct trial *t, const struct asked *a)
{
	static const mode_t modes[] = { 0640, 0755, 0400 };
	uint64_t message = tr_spec_value(&a->spec, "size", 1);
	struct sizes s;
	size_t n = 0;

	sizes_for(&s, &a->spec, a->v->kind);
	for (size_t i = 0; i < s.n; i++) {
		uint64_t len = s.v[i];

		if (len / message > MESSAGES_MAX)
			continue;
		t[n] = (struct trial)TRIAL_INIT;
		t[n].spec = a->spec;
		t[n].in = (struct sample){ len, len * 3 + 1, modes[len % 3] };
		t[n].there = len & 1;
		n++;
	}
	return n;
}

static size_t show_broken(const struct trial *t, size_t n)
{
	size_t broken = 0;

	for (size_t i = 0; i < n; i++) {
		if (!t[i].broken[0])
			continue;
		broken++;
		diag("%s: %s", trial_words(&t[i]), t[i].broken);
	}
	return broken;
}

/* Runs four copies at a time, since a short copy mostly waits. */
static void copies_exactly(const struct asked *a, size_t n)
{
	size_t planned[VARIANTS_MAX], all = 0;
	const struct trial *t = trials;

	for (size_t k = 0; k < n; k++) {
		planned[k] = plan_copies(&trials[all], &a[k]);
		all += planned[k];
	}
	trial_run_all(trials, all, 4);
	for (size_t k = 0; k < n; t += planned[k++])
		ok(!show_broken(t, planned[k]), "%s: copies exactly, %zu sizes",
		   a[k].v->text, planned[k]);
}

/* --- notices that a side died or stopped -------------------------------- */

static void plan(struct trial *t, const struct tr_spec *spec, size_t i, int sig)
{
	*t = (struct trial)TRIAL_INIT;
	t->spec = *spec;
	t->in.seed = i;
	t->sig = sig;
	t->victim = i % COPY_ROLES ? COPY_CLIENT : COPY_SERVER;
	t->point = (int)(i / COPY_ROLES);
	/*
	 * half of the trials replace an old file, a different half for each
	 * side
	 */
	t->there = (i + i / COPY_ROLES) & 1;
	if (sig == SIGSTOP)
		t->timeout_ms = 300;
}

/*
 * A stopped side is noticed late. So only some settings are also tried with
 * SIGSTOP. Pairs of settings are tried with no signal.
 */
static int signals_for(const struct variant *v, int sig[2])
{
	sig[0] = SIGKILL;
	sig[1] = SIGSTOP;
	return v->kind <= VARIANT_CHOICE ? 2 : v->kind <= VARIANT_NUMBER;
}

static size_t plan_all(const struct asked *a, size_t n)
{
	size_t planned = 0;
	int sig[2];

	for (size_t k = 0; k < n; k++)
		for (int s = 0; s < signals_for(a[k].v, sig); s++)
			for (size_t i = 0; i < HURTS; i++, planned++)
				if (!trials[planned].reached)
					plan(&trials[planned], &a[k].spec, i,
					     sig[s]);
	return planned;
}

static void judge(const struct variant *v, const struct trial *t, int sig)
{
	ok(!show_broken(t, HURTS),
	   "%s: a SIG%s of either side is noticed at every point", v->text,
	   sigabbrev_np(sig));
}

/*
 * All processes of a user share the bytes of its queues. While many copies run,
 * they use at most three quarters of these bytes, so that other tests can use
 * the remaining quarter.
 */
static void share_queues(bool share)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_MSGQUEUE, &rl) < 0)
		return;
	rl.rlim_cur = share ? rl.rlim_max / 4 * 3 : rl.rlim_max;
	setrlimit(RLIMIT_MSGQUEUE, &rl);
}

/* Lets only one test program of this user use queues at a time. */
static int await_queues(const struct transport *ops)
{
	char path[64];
	int fd;

	if (!ops->lifts || !strstr(ops->lifts, "ulimit -q"))
		return -1;
	snprintf(path, sizeof(path), "/tmp/ipcopy-test-queues-%u",
		 (unsigned)geteuid());
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
}

/*
 * Runs many trials together, since they mostly wait. On a slow machine, or if
 * other tests use the user's limits, a copy may end before it reaches its
 * point. Such trials run again, first four at a time and then one by one.
 */
static void notices(const struct asked *a, size_t n)
{
	static const size_t at_once[] = { 48, 4, 1 };
	const struct trial *t = trials;
	int sig[2];

	memset(trials, 0, TRIALS_MAX * sizeof(*trials));
	for (size_t i = 0; i < sizeof(at_once) / sizeof(at_once[0]); i++) {
		share_queues(at_once[i] > 1);
		trial_run_all(trials, plan_all(a, n), at_once[i]);
	}
	for (size_t k = 0; k < n; k++)
		for (int s = 0; s < signals_for(a[k].v, sig); s++, t += HURTS)
			judge(a[k].v, t, sig[s]);
}

/* --- one mechanism ------------------------------------------------------ */

/*
 * True if the settings can be tested here. Otherwise prints the reason, unless
 * they contradict each other.
 */
static bool runs_here(const struct variant *v, struct tr_spec *spec)
{
	struct err e = { 0 };
	int rc = tr_spec_parse(v->text, spec, &e);

	if (rc == 0)
		rc = tr_probe(spec, &e);
	if (rc == 0)
		return true;
	if (rc == -EINVAL && v->kind > VARIANT_CHOICE)
		return false;
	skip("%s: %s", v->text, e.text);
	return false;
}

static void ask(const struct transport *ops)
{
	static struct variant list[VARIANTS_MAX];
	static struct asked a[VARIANTS_MAX];
	size_t n = 0, n_variants = variants_of(ops, list);
	char *before = leftovers_names();
	int lock;

	for (size_t i = 0; i < n_variants; i++) {
		if (!runs_here(&list[i], &a[n].spec))
			continue;
		a[n++].v = &list[i];
	}
	lock = await_queues(ops);
	copies_exactly(a, n);
	notices(a, n);
	fd_close(&lock);
	ok(leftovers_none_since(before), "%s: leaves nothing behind",
	   ops->name);
	free(before);
}

static void ask_named(const char *name)
{
	const struct transport *ops = tr_find(name);

	if (ops)
		ask(ops);
	else
		ok(false, "%s: there is no such mechanism", name);
}

/* Asks each `parts`-th mechanism, beginning with number `part` (from 1). */
static void ask_part(unsigned part, unsigned parts)
{
	for (size_t i = part - 1; tr_at(i); i += parts)
		ask(tr_at(i));
}

int main(int argc, char **argv)
{
	unsigned part = 1, parts = 1;
	struct err e = { 0 };
	const char *why;
	char dir[120];

	if (argc == 2 && sscanf(argv[1], "%u/%u", &part, &parts) == 2)
		argc = 1;
	if (!part || part > parts)
		return 2;
	scratch_begin();
	why = scratch_isolate();
	if (why)
		skip("looking for names in /dev/shm and of queues: %s", why);
	/* the first use makes this directory, and it stays */
	ok(run_dir(dir, sizeof(dir), &e) == 0, "the runtime directory is made");
	trials = trials_new(TRIALS_MAX);
	for (int i = 1; i < argc; i++)
		ask_named(argv[i]);
	if (argc == 1)
		ask_part(part, parts);
	return done_testing();
}
