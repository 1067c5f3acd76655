/* A runner: sets up its pairs once and makes one transfer after another. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "args/command.h"
#include "base/clock.h"
#include "base/fd.h"
#include "cell.h"

size_t cell_message_bytes(const struct runner *r)
{
	return tr_spec_value(&r->spec, "size", 1 << 16);
}

/* --- jobs ----------------------------------------------------------------- */

/*
 * A random offset is a whole number of cache lines: if a buffer shared a line
 * with other memory, the use of that memory would change the speed.
 */
static size_t buffer_offset(const struct cell *c, const struct runner *r)
{
	uint64_t drawn = c->opts.seed * 6364136223846793005ULL +
			 (uint64_t)r->number * 1442695040888963407ULL;

	if (c->opts.aligned || !c->opts.seeded)
		return c->opts.align;
	return (drawn >> 40) % 64 * 64;
}

static void make_job(struct cell *c, struct runner *r, int i)
{
	const struct cell_opts *o = &c->opts;
	struct copy_job *job = &r->job[i];

	*job = (struct copy_job)COPY_JOB_INIT;
	job->spec = r->spec;
	job->dose = r->dose;
	job->src = c->in;
	job->dst = c->out[i];
	job->timeout_ms = o->timeout_ms;
	job->load = (struct copy_load){
		.kind = (enum copy_workload)o->workload,
		.sink = (enum copy_sink)o->sink,
		.messages = o->messages,
		.seed = c->seed,
		.untouched = o->payload == CELL_NONE,
		.unread = o->payload == CELL_WRITE,
		.buffer_offset = buffer_offset(c, r),
		.lag_percent = (int)r->lag,
	};
	/* with a cold file, only the file is cold, and the buffers stay hot */
	if (o->cache == CELL_COLD && o->workload != COPY_FILE)
		job->load.buffer_area = 2 * cell_cache_bytes();
	if (o->workload == COPY_PINGPONG)
		job->trips = &r->trips[i];
	if (o->cpus.count)
		memcpy(job->cpu, &o->cpus.cpu[COPY_ROLES * i],
		       sizeof(job->cpu));
}

static void *shared_trips(size_t pairs)
{
	void *p =
		mmap(NULL, pairs * sizeof(struct histogram),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int runner_make(struct cell *c, struct runner *r, struct err *e)
{
	size_t pairs = (size_t)c->opts.pairs;

	r->job = calloc(pairs, sizeof(*r->job));
	r->pair = calloc(pairs, sizeof(struct copy_pair *));
	r->outcome = calloc(pairs, sizeof(*r->outcome));
	r->trips = shared_trips(pairs);
	if (!r->job || !r->pair || !r->outcome || !r->trips)
		return err_code(e, ENOMEM, "%zu pairs", pairs);
	for (int i = 0; i < (int)pairs; i++)
		make_job(c, r, i);
	return 0;
}

void runner_free(struct runner *r, int pairs)
{
	if (r->pair)
		runner_close(r, pairs);
	if (r->trips)
		munmap(r->trips, (size_t)pairs * sizeof(*r->trips));
	free(r->job);
	free(r->pair);
	free(r->outcome);
	r->job = NULL;
	r->pair = NULL;
	r->outcome = NULL;
	r->trips = NULL;
}

/* --- set-up and end ------------------------------------------------------- */

int runner_open(struct cell *c, struct runner *r, struct err *e)
{
	int64_t t0_ns = clock_ns();
	int rc = 0;

	c->cannot = EXIT_FAILED;
	for (uint64_t i = 0; i < c->opts.pairs && rc == 0; i++) {
		r->job[i].load.messages = c->opts.messages;
		rc = copy_pair_open(&r->job[i], &r->pair[i], e);
	}
	r->setup_ns = clock_ns() - t0_ns;
	if (rc < 0)
		runner_close(r, (int)c->opts.pairs);
	if (rc == -EINTR)
		c->cannot = EXIT_INTERRUPTED;
	return rc;
}

int runner_close(struct runner *r, int pairs)
{
	int rc = 0;

	for (int i = 0; i < pairs; i++) {
		int one = copy_pair_close(r->pair[i]);

		r->pair[i] = NULL;
		rc = rc < 0 ? rc : one;
	}
	return rc;
}

/* --- one transfer --------------------------------------------------------- */

/*
 * Stolen time of the whole machine since its start: the eighth number of the
 * line "cpu" in /proc/stat.
 */
static int64_t steal_ns(void)
{
	unsigned long long ticks = 0;
	char line[256];

	if (fd_read_text("/proc/stat", line, sizeof(line)))
		sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks);
	return (int64_t)(ticks * (1000000000ULL /
				  (unsigned long long)sysconf(_SC_CLK_TCK)));
}

static void add_usage(struct copy_usage *sum, const struct copy_usage *one)
{
	sum->user_ns += one->user_ns;
	sum->sys_ns += one->sys_ns;
	sum->voluntary += one->voluntary;
	sum->involuntary += one->involuntary;
	sum->faults += one->faults;
}

static void sum_up(const struct cell *c, struct cell_sample *s)
{
	int64_t t0_ns = INT64_MAX, t1_ns = 0;

	for (uint64_t i = 0; i < c->opts.pairs; i++) {
		const struct copy_outcome *o = &s->runner->outcome[i];

		t0_ns = o->t0_ns < t0_ns ? o->t0_ns : t0_ns;
		t1_ns = o->t1_ns > t1_ns ? o->t1_ns : t1_ns;
		s->bytes += o->bytes;
		s->messages += o->messages;
		s->yielded |= o->yielded;
		for (int role = 0; role < COPY_ROLES; role++)
			add_usage(&s->side[role], &o->side[role].used);
	}
	s->wall_ns = t1_ns - t0_ns;
}

static void sum_up_trips(const struct cell *c, struct cell_sample *s)
{
	for (uint64_t i = 0; i < c->opts.pairs; i++)
		histogram_merge(&s->trips, &s->runner->trips[i]);
	s->has_trips = true;
	s->p50_ns = histogram_at(&s->trips, 500);
	s->p90_ns = histogram_at(&s->trips, 900);
	s->p99_ns = histogram_at(&s->trips, 990);
	s->p999_ns = histogram_at(&s->trips, 999);
	s->max_ns = s->trips.max_ns;
}

static bool is_verified(const struct cell_sample *s)
{
	return s->phase == PHASE_FIRST;
}

/*
 * Clears the results of the previous transfer, and keeps phase, round and turn.
 */
static void reset(struct cell_sample *s, const struct runner *r)
{
	enum cell_phase phase = s->phase;
	int round = s->round, turn = s->turn;

	memset(s, 0, sizeof(*s));
	s->runner = r;
	s->phase = phase;
	s->round = round;
	s->turn = turn;
}

int runner_transfer(struct cell *c, struct runner *r, struct cell_sample *s,
		    struct err *e)
{
	size_t pairs = (size_t)c->opts.pairs;
	int64_t before_ns;
	int rc = 0;

	reset(s, r);
	c->cannot = EXIT_FAILED;
	if (is_verified(s))
		rc = cell_files_spoil(c, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < pairs; i++)
		copy_pair_verify(r->pair[i], is_verified(s));
	if (c->opts.workload == COPY_PINGPONG)
		memset(r->trips, 0, pairs * sizeof(*r->trips));
	before_ns = steal_ns();
	rc = copy_pairs_transfer(r->pair, (int)pairs, r->outcome, e);
	if (rc == -EINTR)
		c->cannot = EXIT_INTERRUPTED;
	if (rc < 0)
		return rc;
	s->steal_ns = steal_ns() - before_ns;
	sum_up(c, s);
	if (c->opts.workload == COPY_PINGPONG)
		sum_up_trips(c, s);
	return 0;
}
