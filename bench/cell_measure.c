/*
 * A cell measured by Google Benchmark, which keeps the count and the records.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/command.h"
#include "base/clock.h"
#include "base/stop.h"
#include "cell.h"
#include "copy/pattern.h"
#include "gbench.h"

#define DEFAULT_ITERATIONS 10
#define CONTROL_BYTES      (256ULL << 20)

/* One run of the library: all its iterations. */
struct run {
	struct cell *cell;
	struct cell_sample last;
	struct cell_sample sum;
	struct err *err;
};

/* --- what the payload itself costs ---------------------------------------- */

struct control {
	double write_ns, read_ns; /* of one message, in cache */
};

/* No channel, no other process: a message's bytes made and compared. */
static struct control measure_control(size_t size)
{
	uint64_t n = CONTROL_BYTES / size + 1, wrong = 0;
	struct control c = { 0 };
	char *buf = malloc(size);
	int64_t t0_ns, t1_ns;

	if (!buf)
		return c;
	if (n > 100000)
		n = 100000;
	pattern_fill(buf, size, 0);
	t0_ns = clock_ns();
	for (uint64_t i = 0; i < n; i++)
		pattern_fill(buf, size, pattern_of(0, i, size));
	t1_ns = clock_ns();
	for (uint64_t i = 0; i < n; i++)
		wrong |= pattern_differs(buf, size, pattern_of(0, i, size));
	c.read_ns = (double)(clock_ns() - t1_ns) / (double)n;
	c.write_ns = (double)(t1_ns - t0_ns) / (double)n;
	/* all but the last message differ, and the compiler must find out */
	if (n > 1 && !wrong)
		c.read_ns = 0;
	free(buf);
	return c;
}

/* --- for those who read it later ------------------------------------------ */

static void tell_number(const char *key, double value)
{
	char text[40];

	snprintf(text, sizeof(text), "%.10g", value);
	gbench_context(key, text);
}

static void tell_context(const struct cell *c)
{
	char spec[TR_SPEC_MAX];
	struct control control;

	gbench_context("ipcopy", PACKAGE_VERSION);
	gbench_context("mechanism",
		       tr_spec_text(&c->spec, true, spec, sizeof(spec)));
	gbench_context("workload", copy_workload_names[c->opts.workload]);
	gbench_context("cache", c->opts.cache == CELL_COLD ? "cold" : "hot");
	tell_number("bytes_of_a_pair", (double)c->bytes);
	if (c->opts.workload == COPY_FILE) {
		gbench_context("sink", copy_sink_names[c->opts.sink]);
		return;
	}
	control = measure_control(tr_spec_value(&c->spec, "size", 1 << 16));
	tell_number("payload_write_ns_per_message", control.write_ns);
	tell_number("payload_read_ns_per_message", control.read_ns);
}

static void name_cell(const struct cell *c, char *name, size_t size)
{
	char spec[TR_SPEC_MAX];

	tr_spec_text(&c->spec, false, spec, sizeof(spec));
	snprintf(name, size, "%s/%s%s%s/%s", spec,
		 copy_workload_names[c->opts.workload],
		 c->opts.workload == COPY_FILE ? "/" : "",
		 c->opts.workload == COPY_FILE ? copy_sink_names[c->opts.sink]
					       : "",
		 c->opts.cache == CELL_COLD ? "cold" : "hot");
}

/* --- one run -------------------------------------------------------------- */

static const char *set_up(struct gbench_state *state, void *user,
			  void **fixture)
{
	struct run *r = user;

	(void)state;
	(void)fixture;
	memset(&r->sum, 0, sizeof(r->sum));
	/* of messages some are sent before the line; of files, a whole one */
	if (r->cell->opts.workload == COPY_FILE &&
	    cell_iterate(r->cell, &r->last, r->err) < 0)
		return r->err->text;
	r->last.iteration = 0;
	return NULL;
}

static void add(struct cell_sample *sum, const struct cell_sample *s)
{
	sum->wall_ns += s->wall_ns;
	sum->bytes += s->bytes;
	sum->messages += s->messages;
	sum->yielded |= s->yielded;
	for (int role = 0; role < COPY_ROLES; role++) {
		struct copy_usage *to = &sum->side[role];
		const struct copy_usage *from = &s->side[role];

		to->user_ns += from->user_ns;
		to->sys_ns += from->sys_ns;
		to->voluntary += from->voluntary;
		to->involuntary += from->involuntary;
		to->faults += from->faults;
	}
	histogram_merge(&sum->trips, &s->trips);
}

static void count_side(struct gbench_state *state, const char *who,
		       const struct copy_usage *used)
{
	char name[40];

	snprintf(name, sizeof(name), "%s_cpu_s", who);
	gbench_counter(state, name,
		       (double)(used->user_ns + used->sys_ns) / 1e9,
		       GBENCH_PER_ITERATION);
	snprintf(name, sizeof(name), "%s_switches", who);
	gbench_counter(state, name,
		       (double)(used->voluntary + used->involuntary),
		       GBENCH_PER_ITERATION);
	snprintf(name, sizeof(name), "%s_faults", who);
	gbench_counter(state, name, (double)used->faults, GBENCH_PER_ITERATION);
}

static void count_trips(struct gbench_state *state, const struct histogram *h)
{
	static const struct {
		const char *name;
		unsigned share;
	} percentile[] = {
		{ "p50_ns", 500 },
		{ "p90_ns", 900 },
		{ "p99_ns", 990 },
		{ "p999_ns", 999 },
	};

	for (size_t i = 0; i < sizeof(percentile) / sizeof(*percentile); i++)
		gbench_counter(state, percentile[i].name,
			       (double)histogram_at(h, percentile[i].share),
			       GBENCH_PLAIN);
	gbench_counter(state, "max_ns", (double)h->max_ns, GBENCH_PLAIN);
}

static void tear_down(struct gbench_state *state, void *user, void *fixture)
{
	const struct cell_sample *sum = &((struct run *)user)->sum;

	(void)fixture;
	if (gbench_failed(state))
		return;
	gbench_set_bytes(state, (int64_t)sum->bytes);
	if (sum->messages)
		gbench_set_items(state, (int64_t)sum->messages);
	count_side(state, "server", &sum->side[COPY_SERVER]);
	count_side(state, "client", &sum->side[COPY_CLIENT]);
	if (histogram_total(&sum->trips))
		count_trips(state, &sum->trips);
	if (sum->yielded)
		gbench_set_label(state, "one CPU: spinning yields");
}

static void run(struct gbench_state *state, void *user, void *fixture)
{
	struct run *r = user;
	bool samples = r->cell->opts.samples;
	int rc;

	(void)fixture;
	while (gbench_next(state)) {
		r->last.iteration++;
		rc = cell_iterate(r->cell, &r->last, r->err);
		if (samples && rc != -EINTR &&
		    cell_show_sample(&r->last, rc < 0 ? r->err : NULL) < 0 &&
		    rc == 0)
			rc = err_sys(r->err, "standard output");
		if (rc < 0) {
			gbench_fail(state, r->err->text);
			break;
		}
		gbench_set_time(state, (double)r->last.wall_ns / 1e9);
		add(&r->sum, &r->last);
	}
}

/* --- with the library ----------------------------------------------------- */

static int begin(struct run *r, int argc, char **argv)
{
	struct cell *c = r->cell;
	char name[TR_SPEC_MAX + 80];
	struct gbench_case k = { .name = name,
				 .set_up = set_up,
				 .tear_down = tear_down,
				 .run = run,
				 .user = r };
	struct gbench *b;
	int rc;

	name_cell(c, name, sizeof(name));
	rc = gbench_init(&argc, argv);
	if (rc < 0)
		return err_code(r->err, rc, "Google Benchmark");
	if (argc > 1) {
		c->cannot = EXIT_USAGE;
		return err_say(r->err, EINVAL,
			       "'%.60s' is no option of Google Benchmark",
			       argv[1]);
	}
	b = gbench_register(&k);
	if (!b)
		return err_code(r->err, ENOMEM, "Google Benchmark");
	/* fixed, so that nothing is run to find out how many */
	gbench_iterations(b,
			  (int64_t)(c->opts.iterations ? c->opts.iterations
						       : DEFAULT_ITERATIONS));
	gbench_clock(b, GBENCH_MANUAL);
	gbench_unit(b, GBENCH_MS);
	if (!c->opts.samples)
		tell_context(c);
	return 0;
}

int cell_measure(struct cell *c, int argc, char **argv, struct err *e)
{
	static struct run r; /* its histograms are large */
	struct gbench_summary sum = { 0 };
	int rc;

	r = (struct run){ .cell = c, .err = e };
	rc = cell_jobs_make(c, e);
	if (rc == 0)
		rc = begin(&r, argc, argv);
	if (rc < 0)
		return rc;
	rc = gbench_run(!c->opts.samples, NULL, NULL, &sum);
	gbench_end();
	if (rc < 0)
		err_code(e, rc, "Google Benchmark");
	if (rc == 0 && sum.matched == 0) {
		c->cannot = EXIT_USAGE;
		err_say(e, EINVAL, "--benchmark_filter leaves nothing to run");
	}
	return -e->code;
}
