/* One iteration: fresh processes, from the start line to the last byte. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "args/command.h"
#include "base/fd.h"
#include "cell.h"

#define WARM_SHARE 10
#define WARM_MAX   10000

/* A part of all, and each slot of a ring at least once. */
static uint64_t warm_messages(const struct cell *c)
{
	uint64_t n = c->opts.messages / WARM_SHARE;
	uint64_t depth = tr_spec_value(&c->spec, "depth", 1);

	if (n > WARM_MAX)
		n = WARM_MAX;
	return n > depth ? n : depth;
}

static void make_job(struct cell *c, int i)
{
	const struct cell_opts *o = &c->opts;
	struct copy_job *job = &c->job[i];

	*job = (struct copy_job)COPY_JOB_INIT;
	job->spec = c->spec;
	job->src = c->in.path;
	job->dst = c->out[i].path;
	job->timeout_ms = o->timeout_ms;
	job->load = (struct copy_load){
		.kind = (enum copy_workload)o->workload,
		.sink = (enum copy_sink)o->sink,
		.messages = o->messages,
		.warm = o->workload == COPY_FILE ? 0 : warm_messages(c),
		.seed = c->seed,
		.untouched = o->payload == CELL_NONE,
		.unread = o->payload == CELL_WRITE,
		.buffer_offset = o->align,
		.lag_percent = (int)o->lag,
	};
	/* of a file it is the file that is cold: buffers are used at once */
	if (o->cache == CELL_COLD && o->workload != COPY_FILE)
		job->load.buffer_area = 2 * cell_cache_bytes();
	if (o->workload == COPY_PINGPONG)
		job->trips = &c->trips[i];
	if (o->cpus.count)
		memcpy(job->cpu, &o->cpus.cpu[COPY_ROLES * i],
		       sizeof(job->cpu));
}

static size_t trips_bytes(const struct cell *c)
{
	return (size_t)c->opts.pairs * sizeof(*c->trips);
}

int cell_jobs_make(struct cell *c, struct err *e)
{
	if (!c->trips) {
		void *shared =
			mmap(NULL, trips_bytes(c), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (shared == MAP_FAILED)
			return err_sys(e, "mmap");
		c->trips = shared;
	}
	for (int i = 0; i < (int)c->opts.pairs; i++)
		make_job(c, i);
	return 0;
}

void cell_jobs_free(struct cell *c)
{
	if (c->trips)
		munmap(c->trips, trips_bytes(c));
	c->trips = NULL;
}

/* Of the whole machine, since it began: the eighth number of "cpu". */
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
		const struct copy_outcome *o = &c->outcome[i];

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
		histogram_merge(&s->trips, &c->trips[i]);
	s->has_trips = histogram_total(&s->trips) > 0;
	s->p50_ns = histogram_at(&s->trips, 500);
	s->p90_ns = histogram_at(&s->trips, 900);
	s->p99_ns = histogram_at(&s->trips, 990);
	s->p999_ns = histogram_at(&s->trips, 999);
	s->max_ns = s->trips.max_ns;
}

/* Fresh processes, all pairs at once. */
static int run_pairs(struct cell *c, struct err *e)
{
	struct copy_pair *pair[COPY_PAIRS_MAX] = { NULL };
	int n = (int)c->opts.pairs, rc = 0;

	for (int i = 0; i < n && rc == 0; i++)
		rc = copy_pair_open(&c->job[i], &pair[i], e);
	if (rc == 0)
		rc = copy_pairs_transfer(pair, n, c->outcome, e);
	for (int i = 0; i < n; i++)
		copy_pair_close(pair[i]);
	return rc;
}

int cell_iterate(struct cell *c, struct cell_sample *s, struct err *e)
{
	uint64_t iteration = s->iteration;
	int64_t before_ns;
	int rc = cell_files_reset(c, e);

	memset(s, 0, sizeof(*s));
	s->iteration = iteration;
	c->cannot = EXIT_FAILED;
	if (rc < 0)
		return rc;
	memset(c->trips, 0, trips_bytes(c));
	before_ns = steal_ns();
	rc = run_pairs(c, e);
	if (rc == -EINTR)
		c->cannot = EXIT_INTERRUPTED;
	if (rc < 0)
		return rc;
	s->steal_ns = steal_ns() - before_ns;
	sum_up(c, s);
	sum_up_trips(c, s);
	return 0;
}
