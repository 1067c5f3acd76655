/*
 * A cell measured by Google Benchmark, which counts the iterations and keeps
 * the results.
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
#include "run/run.h"

#define CONTROL_BYTES (256ULL << 20)

/* A runner as a case of Google Benchmark. */
struct entry {
	struct cell *cell;
	struct runner *runner;
	struct cell_sample *sample; /* the sample of its last transfer */
	struct cell_sample *sum;    /* unused if each sample is shown */
	struct err *err;
	int rc;
};

/* --- the cost of the payload ---------------------------------------------- */

struct control {
	/* for one message, in a buffer that is used again and again */
	double write_ns, read_ns;
};

/*
 * Measures how long it takes to make and to compare the bytes of a message,
 * without a channel or another process.
 */
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
	/*
	 * Uses `wrong`, or else the compiler could leave the loop out. It is
	 * true if n > 1: the buffer has the last message, so others differ.
	 */
	if (n > 1 && !wrong)
		c.read_ns = 0;
	free(buf);
	return c;
}

/* --- the context of a result ---------------------------------------------- */

static void tell_number(const char *key, double value)
{
	char text[40];

	snprintf(text, sizeof(text), "%.10g", value);
	gbench_context(key, text);
}

static void tell_context(const struct cell *c)
{
	char spec[TR_SPEC_MAX], key[32];
	struct control control;

	gbench_context("ipcopy", PACKAGE_VERSION);
	for (int i = 0; i < c->runners; i++) {
		tr_spec_text(&c->runner[i].spec, true, spec, sizeof(spec));
		snprintf(key, sizeof(key), i ? "mechanism_%d" : "mechanism",
			 i + 1);
		gbench_context(key, spec);
	}
	gbench_context("workload", copy_workload_names[c->opts.workload]);
	gbench_context("cache", c->opts.cache == CELL_COLD ? "cold" : "hot");
	tell_number("bytes_of_a_pair", (double)c->bytes);
	if (c->opts.workload == COPY_FILE) {
		gbench_context("sink", copy_sink_names[c->opts.sink]);
		return;
	}
	control = measure_control(cell_message_bytes(&c->runner[0]));
	tell_number("payload_write_ns_per_message", control.write_ns);
	tell_number("payload_read_ns_per_message", control.read_ns);
}

static void name_runner(const struct cell *c, const struct runner *r,
			char *name, size_t size)
{
	char spec[TR_SPEC_MAX];

	tr_spec_text(&r->spec, false, spec, sizeof(spec));
	snprintf(name, size, "%s/%s%s%s/%s", spec,
		 copy_workload_names[c->opts.workload],
		 c->opts.workload == COPY_FILE ? "/" : "",
		 c->opts.workload == COPY_FILE ? copy_sink_names[c->opts.sink]
					       : "",
		 c->opts.cache == CELL_COLD ? "cold" : "hot");
}

/* --- in turns: the library is asked for one iteration at a time ----------- */

static void one_turn(struct gbench_state *state, void *user, void *fixture)
{
	struct entry *n = user;

	(void)fixture;
	while (gbench_next(state)) {
		n->rc = runner_transfer(n->cell, n->runner, n->sample, n->err);
		if (n->rc < 0)
			gbench_fail(state, n->err->text);
		else
			gbench_set_time(state,
					(double)n->sample->wall_ns / 1e9);
	}
}

static int turn(struct cell *c, struct runner *r, struct cell_sample *s,
		struct err *e)
{
	struct entry *n = r->entry;
	int rc;

	(void)c;
	n->sample = s;
	n->err = e;
	n->rc = -EIO;
	rc = gbench_run_one(r->bench, NULL, NULL);
	return rc < 0 ? err_code(e, rc, "Google Benchmark") : n->rc;
}

/* --- one after the other, for the library's own reports ------------------- */

static int tell_nobody(struct cell *c, const struct cell_sample *s,
		       const struct err *why)
{
	(void)c;
	(void)s;
	(void)why;
	return 0;
}

static const char *set_up(struct gbench_state *state, void *user,
			  void **fixture)
{
	static const struct cell_course quiet = { .tell = tell_nobody };
	struct entry *n = user;

	(void)state;
	(void)fixture;
	memset(n->sum, 0, sizeof(*n->sum));
	n->rc = runner_open(n->cell, n->runner, n->err);
	if (n->rc == 0)
		n->rc = cell_warm_up(n->cell, n->runner, n->sample, &quiet,
				     n->err);
	if (n->rc == -EPIPE && n->cell->why.code)
		*n->err = n->cell->why;
	n->sample->phase = PHASE_TIMED;
	return n->rc < 0 ? n->err->text : NULL;
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
	double trips = (double)histogram_total(h);

	for (size_t i = 0; i < sizeof(percentile) / sizeof(*percentile); i++) {
		if (!run_holds_percentile((enum run_value)(RUN_P50 + i), trips,
					  trips))
			continue;
		gbench_counter(state, percentile[i].name,
			       (double)histogram_at(h, percentile[i].share),
			       GBENCH_PLAIN);
	}
	gbench_counter(state, "max_ns", (double)h->max_ns, GBENCH_PLAIN);
}

static void tear_down(struct gbench_state *state, void *user, void *fixture)
{
	struct entry *n = user;
	const struct cell_sample *sum = n->sum;

	(void)fixture;
	runner_close(n->runner, (int)n->cell->opts.pairs);
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
		gbench_set_label(state, "one CPU: spinning sides yield");
}

static void all_rounds(struct gbench_state *state, void *user, void *fixture)
{
	struct entry *n = user;

	(void)fixture;
	while (gbench_next(state)) {
		n->rc = runner_transfer(n->cell, n->runner, n->sample, n->err);
		if (n->rc < 0) {
			gbench_fail(state, n->err->text);
			break;
		}
		gbench_set_time(state, (double)n->sample->wall_ns / 1e9);
		add(n->sum, n->sample);
	}
}

/* --- with the library ----------------------------------------------------- */

static int enter(struct cell *c, struct entry *n)
{
	bool turns = c->opts.samples;
	char name[TR_SPEC_MAX + 80];
	struct gbench_case k = { .name = name,
				 .set_up = turns ? NULL : set_up,
				 .tear_down = turns ? NULL : tear_down,
				 .run = turns ? one_turn : all_rounds,
				 .user = n };
	struct gbench *b;

	if (turns) /* the same mechanism may take part twice */
		snprintf(name, sizeof(name), "runner%d", n->runner->number);
	else
		name_runner(c, n->runner, name, sizeof(name));
	b = gbench_register(&k);
	n->runner->bench = b;
	n->runner->entry = n;
	if (!b)
		return err_code(n->err, ENOMEM, "Google Benchmark");
	/*
	 * a fixed number, so that the library makes no trial runs to find one
	 */
	gbench_iterations(b, turns ? 1 : (int64_t)c->opts.rounds);
	gbench_clock(b, GBENCH_MANUAL);
	gbench_unit(b, GBENCH_MS);
	return 0;
}

static int begin(struct cell *c, int argc, char **argv, struct err *e)
{
	int rc = gbench_init(&argc, argv);

	if (rc < 0)
		return err_code(e, rc, "Google Benchmark");
	if (argc > 1) {
		c->cannot = EXIT_USAGE;
		return err_say(e, EINVAL,
			       "'%.60s' is not an option of Google Benchmark",
			       argv[1]);
	}
	if (!c->opts.samples)
		tell_context(c);
	return 0;
}

static int in_turns(struct cell *c, struct err *e)
{
	static const struct cell_course course = { .turn = turn,
						   .tell = cell_show_sample };

	return cell_generation(c, &course, e);
}

static int by_the_library(struct cell *c, struct err *e)
{
	struct gbench_summary sum = { 0 };
	int rc = gbench_run(true, NULL, NULL, &sum);

	if (rc < 0)
		return err_code(e, rc, "Google Benchmark");
	if (sum.matched == 0) {
		c->cannot = EXIT_USAGE;
		return err_say(e, EINVAL,
			       "--benchmark_filter leaves nothing to run");
	}
	return -e->code;
}

int cell_measure(struct cell *c, int argc, char **argv, struct err *e)
{
	/* in static memory, since their histograms are large */
	static struct cell_sample sample, sum;
	static struct entry entry[RUNNERS_MAX];
	int rc = begin(c, argc, argv, e);

	for (int i = 0; i < c->runners && rc == 0; i++) {
		entry[i] = (struct entry){ .cell = c,
					   .runner = &c->runner[i],
					   .sample = &sample,
					   .sum = &sum,
					   .err = e };
		rc = enter(c, &entry[i]);
	}
	if (rc == 0)
		rc = c->opts.samples ? in_turns(c, e) : by_the_library(c, e);
	gbench_end();
	return rc;
}
