/*
 * Sinks, several pairs, and workloads that use no files: the bytes that are
 * measured are the bytes that were moved.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "copy/load.h"
#include "copy/pair.h"
#include "copy/pattern.h"
#include "leftovers.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"
#include "variants.h"

#define MESSAGES 40
#define WARM     5
#define SEED     0xfedcba9876543210ULL

/* --- the pattern ---------------------------------------------------------- */

/*
 * 0: off. 1: the 19th message that a process fills gets a wrong bit (by the
 * linker's --wrap).
 */
static int spoil;

void __real_pattern_fill(void *buf, size_t len, uint64_t first);
void __wrap_pattern_fill(void *buf, size_t len, uint64_t first);

void __wrap_pattern_fill(void *buf, size_t len, uint64_t first)
{
	__real_pattern_fill(buf, len, first);
	if (spoil && ++spoil == 20)
		((char *)buf)[len - 1] ^= 1;
}

/* --- every mechanism ------------------------------------------------------ */

static struct histogram *trips;

static bool job_of(struct once *o, const char *spec, enum copy_workload kind)
{
	once_init(o, NULL, NULL);
	o->job.load = (struct copy_load){
		.kind = kind, .messages = MESSAGES, .warm = WARM, .seed = SEED
	};
	memset(trips, 0, sizeof(*trips));
	o->job.trips = kind == COPY_PINGPONG ? trips : NULL;
	return tr_spec_parse(spec, &o->job.spec, &o->err) == 0;
}

static bool moved_all(struct once *o, uint64_t ways)
{
	uint64_t size = tr_spec_value(&o->job.spec, "size", 1 << 16);
	bool nothing = o->job.spec.ops->carries_nothing;
	const struct copy_outcome *out = &o->out;

	once_run(o);
	if (o->rc < 0)
		diag("%s", o->err.text);
	return o->rc == 0 && out->t1_ns > out->t0_ns &&
	       out->bytes == (nothing ? 0 : ways * MESSAGES * size) &&
	       out->messages == (nothing ? 0 : MESSAGES) &&
	       out->verified == !nothing;
}

static void ask_variant(const char *spec)
{
	struct once o;

	if (!job_of(&o, spec, COPY_STREAM) ||
	    tr_probe(&o.job.spec, &o.err) < 0) {
		skip("%s: %s", spec, o.err.text);
		return;
	}
	ok(moved_all(&o, 1), "%s: a stream of messages", spec);
	if (o.job.spec.ops->carries_nothing)
		return;
	job_of(&o, spec, COPY_PINGPONG);
	ok(moved_all(&o, 2) && histogram_total(trips) == MESSAGES,
	   "%s: round trips", spec);
}

static void ask_refused(const char *name)
{
	struct once o;

	job_of(&o, name, COPY_STREAM);
	ok(once_fails(&o, EINVAL, "moves whole files"),
	   "%s refuses messages, since it has none", name);
}

static void ask_mechanism(const struct transport *ops)
{
	static struct variant list[VARIANTS_MAX];
	size_t n = variants_of(ops, list);

	if (!tr_has_message_form(ops)) {
		ask_refused(ops->name);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (list[i].kind != VARIANT_PAIR)
			ask_variant(list[i].text);
}

static void ask_null(void)
{
	struct once o;

	job_of(&o, "null", COPY_PINGPONG);
	ok(once_fails(&o, EINVAL, "no round trips"),
	   "null refuses round trips, since it carries nothing");
}

/* --- messages that are filled wrongly ------------------------------------- */

static void ask_spoilt(const char *spec, enum copy_workload kind)
{
	struct once o;

	job_of(&o, spec, kind);
	spoil = 1;
	ok(once_fails(&o, EIO, "not those that were sent"),
	   "%s: one wrong bit in a %s is found", spec,
	   copy_workload_names[kind]);
	job_of(&o, spec, kind);
	o.job.load.untouched = true;
	spoil = 0;
	once_run(&o);
	ok(o.rc == 0 && !o.out.verified && o.out.bytes > 0,
	   "%s: a %s whose payload is not read is not verified", spec,
	   copy_workload_names[kind]);
}

static void ask_buffers(void)
{
	struct once o;

	job_of(&o, "pipe:size=5000", COPY_PINGPONG);
	o.job.load.buffer_offset = 40;
	o.job.load.buffer_area = 50000;
	ok(moved_all(&o, 2),
	   "several buffers that do not begin at a page take turns");
	job_of(&o, "shm:buffers=private,size=1000", COPY_STREAM);
	o.job.load.buffer_area = 10000;
	ok(moved_all(&o, 1), "private buffers beside a ring take turns");
}

/* --- the supervisor during a transfer ------------------------------------- */

static void take_a_while(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_START)
		usleep(700000);
}

static void look_on(void *arg, uint64_t done_bytes, uint64_t all_bytes)
{
	(void)arg;
	(void)done_bytes;
	(void)all_bytes;
}

static long sleeps_of_supervisor(bool somebody_looks_on)
{
	struct rusage before, after;
	struct once o;

	job_of(&o, "pipe:size=4096", COPY_STREAM);
	o.job.progress = somebody_looks_on ? look_on : NULL;
	o.job.checkpoint = take_a_while;
	getrusage(RUSAGE_SELF, &before);
	once_run(&o);
	if (o.rc < 0)
		return -1;
	getrusage(RUSAGE_SELF, &after);
	return after.ru_nvcsw - before.ru_nvcsw;
}

/*
 * The supervisor must sleep, since a CPU that is woken now and then runs faster
 * than a CPU that is not woken.
 */
static void ask_supervisor(void)
{
	long seldom = sleeps_of_supervisor(false);
	long often = sleeps_of_supervisor(true);

	ok(seldom >= 0 && seldom < 10 && often >= 10,
	   "a supervisor sleeps during a transfer: it wakes %ld times in "
	   "0.7 s, and %ld times with a progress line",
	   seldom, often);
}

/* --- a side dies ---------------------------------------------------------- */

static enum copy_role victim;
static enum copy_point when;

static void die(enum copy_role role, enum copy_point point)
{
	if (role == victim && point == when)
		raise(SIGKILL);
}

static void ask_death(const char *spec, enum copy_workload kind)
{
	static const char *const points[] = { "joining", "the start",
					      "the end" };
	struct once o;

	for (int i = 0; i < 6; i++) {
		job_of(&o, spec, kind);
		victim = i % 2 ? COPY_CLIENT : COPY_SERVER;
		when = (enum copy_point)(i / 2);
		o.job.checkpoint = die;
		ok(once_fails(&o, EPIPE, "was killed") && !o.out.forced &&
			   !leftovers_children(),
		   "%s: the %s dies at %s of a %s", spec,
		   copy_role_names[victim], points[when],
		   copy_workload_names[kind]);
	}
}

/* --- sinks ---------------------------------------------------------------- */

static void write_pattern(const char *path, size_t len)
{
	char *buf = malloc(len);
	FILE *f = fopen(path, "w");

	pattern_fill(buf, len, SEED);
	fwrite(buf, 1, len, f);
	fclose(f);
	free(buf);
}

static void ask_sink_over(const char *spec)
{
	const struct sample in = { .len = 300001, .seed = 1, .mode = 0644 };
	const struct sample old = { .len = 300001, .seed = 2, .mode = 0644 };
	struct stat before, after;
	struct once o;

	sample_write("in", &in);
	sample_write("out", &old);
	stat("out", &before);
	job_of(&o, spec, COPY_FILE);
	o.job.src = "in";
	o.job.dst = "out";
	o.job.load.sink = COPY_OVER;
	ok(once_copies(&o, &in) && o.out.verified && stat("out", &after) == 0 &&
		   before.st_ino == after.st_ino,
	   "%s: over an existing file", spec);
}

static void ask_sink_null(const char *spec)
{
	struct once o;

	write_pattern("in", 300001);
	job_of(&o, spec, COPY_FILE);
	o.job.src = "in";
	o.job.load.sink = COPY_NOWHERE;
	once_run(&o);
	ok(o.rc == 0 && o.out.bytes == 300001 && o.out.verified,
	   "%s: read by the client, written nowhere", spec);
	o.job.load.seed++;
	ok(once_fails(&o, EIO, "not those that were sent"),
	   "%s: a wrong byte that goes nowhere is found", spec);
}

static void ask_sinks(void)
{
	struct once o;

	ask_sink_over("shm");
	ask_sink_over("splice");
	ask_sink_over("mapboth");
	ask_sink_null("shm");
	ask_sink_null("pipe:size=1000");
	job_of(&o, "splice", COPY_FILE);
	o.job.src = "in";
	o.job.load.sink = COPY_NOWHERE;
	ok(once_fails(&o, EINVAL, "needs a file to write"),
	   "a mechanism that moves whole files needs an output");
	job_of(&o, "shm", COPY_FILE);
	o.job.src = o.job.dst = "in";
	o.job.load.sink = COPY_OVER;
	ok(once_fails(&o, EINVAL, "file that is copied"),
	   "a copy over its own input is refused");
}

/* --- several pairs -------------------------------------------------------- */

#define PAIRS 3

static int open_all(struct copy_job *job, struct copy_pair **pair,
		    struct err *e)
{
	int rc = 0;

	for (int i = 0; i < PAIRS; i++)
		pair[i] = NULL;
	for (int i = 0; i < PAIRS && rc == 0; i++)
		rc = copy_pair_open(&job[i], &pair[i], e);
	return rc;
}

static void close_all(struct copy_pair **pair)
{
	for (int i = 0; i < PAIRS; i++)
		copy_pair_close(pair[i]);
}

static void ask_pairs(void)
{
	struct copy_outcome out[PAIRS];
	struct copy_pair *pair[PAIRS];
	struct copy_job job[PAIRS];
	struct err e = { 0 };
	uint64_t bytes = 0;
	struct once o;
	int rc;

	for (int i = 0; i < PAIRS; i++) {
		job_of(&o, "unix:size=1000", COPY_STREAM);
		job[i] = o.job;
		job[i].load.messages = 20000;
	}
	rc = open_all(job, pair, &e);
	if (rc == 0)
		rc = copy_pairs_transfer(pair, PAIRS, out, &e);
	for (int i = 0; i < PAIRS && rc == 0; i++)
		bytes += out[i].bytes;
	ok(rc == 0 && bytes == PAIRS * 20000000,
	   "pairs side by side move all bytes");
	close_all(pair);
	job[1].cpu[COPY_CLIENT] = 60000;
	rc = open_all(job, pair, &e);
	ok(rc == -EINVAL && strstr(e.text, "60000") && !pair[1],
	   "a pair that cannot start gives the reason");
	close_all(pair);
	ok(!leftovers_children(), "the other pairs can be ended");
}

int main(void)
{
	const struct transport *t;
	char *before;
	int fds;

	scratch_begin();
	scratch_isolate();
	trips = mmap(NULL, sizeof(*trips), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ask_variant("shm"); /* makes the runtime directory, which stays */
	before = leftovers_names();
	fds = leftovers_fds();
	for_each_transport(t)
		ask_mechanism(t);
	ask_null();
	ask_spoilt("shm", COPY_STREAM);
	ask_spoilt("pipe:size=1000", COPY_PINGPONG);
	ask_buffers();
	ask_supervisor();
	ask_death("shm", COPY_STREAM);
	ask_death("fifo", COPY_PINGPONG);
	ask_pairs();
	ok(leftovers_none_since(before) && leftovers_fds() == fds,
	   "nothing is left behind");
	free(before);
	ask_sinks();
	return done_testing();
}
