/* bench/gbench.h: a C program calls Google Benchmark and gets its results. */
#include "../bench/gbench.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define RESULTS_MAX 64

/* The reported results, which are kept until the test ends. */
static struct kept {
	char name[80], label[40], aggregate[20], error[80];
	struct gbench_result r;
	struct {
		char name[40];
		double value;
	} counter[8];
} kept[RESULTS_MAX];
static size_t kept_count;

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static void keep(const struct gbench_result *r, void *user)
{
	struct kept *k = &kept[kept_count];

	if (kept_count == RESULTS_MAX || user != &kept_count)
		return;
	kept_count++;
	k->r = *r;
	copy_text(k->name, sizeof(k->name), r->name);
	copy_text(k->label, sizeof(k->label), r->label);
	copy_text(k->aggregate, sizeof(k->aggregate), r->aggregate);
	copy_text(k->error, sizeof(k->error), r->error);
	k->r.counters = r->counters < 8 ? r->counters : 8;
	for (size_t i = 0; i < k->r.counters; i++) {
		k->counter[i].value = r->counter[i].value;
		copy_text(k->counter[i].name, sizeof(k->counter[i].name),
			  r->counter[i].name);
	}
}

static const struct kept *find(const char *name, const char *aggregate)
{
	static const struct kept none;

	for (size_t i = 0; i < kept_count; i++)
		if (!strcmp(kept[i].aggregate, aggregate) &&
		    !strncmp(kept[i].name, name, strlen(name)))
			return &kept[i];
	diag("no result %s %s", name, aggregate);
	return &none;
}

static double counter_of(const struct kept *k, const char *name)
{
	for (size_t i = 0; i < k->r.counters; i++)
		if (!strcmp(k->counter[i].name, name))
			return k->counter[i].value;
	return NAN;
}

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fabs(b);
}

/* --- cases ---------------------------------------------------------------- */

struct calls {
	int set_up, run, tear_down;
	int64_t iterations;
	bool order_kept; /* each function got the fixture of the previous one */
};

static const char *set_up(struct gbench_state *s, void *user, void **fixture)
{
	struct calls *c = user;

	(void)s;
	c->set_up++;
	*fixture = &c->order_kept;
	return NULL;
}

static void tear_down(struct gbench_state *s, void *user, void *fixture)
{
	struct calls *c = user;

	(void)s;
	c->tear_down++;
	c->order_kept = fixture == &c->order_kept && c->run == c->tear_down;
}

static void run_counting(struct gbench_state *s, void *user, void *fixture)
{
	struct calls *c = user;

	c->run += fixture == &c->order_kept && c->set_up == c->run + 1;
	while (gbench_next(s))
		c->iterations++;
}

static void run_manual(struct gbench_state *s, void *user, void *fixture)
{
	(void)user;
	(void)fixture;
	while (gbench_next(s))
		gbench_set_time(s, 0.002);
	gbench_set_bytes(s, 1000 * gbench_done(s));
	gbench_set_items(s, 10 * gbench_done(s));
	gbench_set_label(s, "a label");
	gbench_counter(s, "plain", 7, GBENCH_PLAIN);
	gbench_counter(s, "each", 100, GBENCH_PER_ITERATION);
	ok(gbench_counter(s, "odd", NAN, GBENCH_PLAIN) == -EINVAL &&
		   gbench_counter(s, "big", INFINITY, GBENCH_PLAIN) == -EINVAL,
	   "a counter that is no number is refused");
}

static void run_args(struct gbench_state *s, void *user, void *fixture)
{
	int64_t n = gbench_wanted(s);

	(void)user;
	(void)fixture;
	while (gbench_next_batch(s, n))
		;
	gbench_counter(s, "arg", (double)gbench_arg_at(s, 0), GBENCH_PLAIN);
}

static const char *refuse(struct gbench_state *s, void *user, void **fixture)
{
	(void)s;
	(void)fixture;
	((struct calls *)user)->set_up++;
	return "no such thing here";
}

static void note_end(struct gbench_state *s, void *user, void *fixture)
{
	(void)s;
	(void)fixture;
	((struct calls *)user)->tear_down++;
}

static void run_failing(struct gbench_state *s, void *user, void *fixture)
{
	struct calls *c = user;

	(void)fixture;
	c->run++;
	while (gbench_next(s)) {
		c->iterations++;
		if (c->iterations == 3) {
			gbench_fail(s, "the third one");
			gbench_fail(s, "and again");
		}
	}
}

/* Repetition r reports r seconds. */
static void run_slower(struct gbench_state *s, void *user, void *fixture)
{
	int *r = user;

	(void)fixture;
	++*r;
	while (gbench_next(s))
		gbench_set_time(s, *r);
}

static double largest(const double *value, size_t n, void *user)
{
	double max = *(double *)user;

	for (size_t i = 0; i < n; i++)
		max = value[i] > max ? value[i] : max;
	return max;
}

static struct gbench *add(const char *name,
			  void (*run)(struct gbench_state *, void *, void *),
			  void *user)
{
	struct gbench_case c = { .name = name, .run = run, .user = user };
	struct gbench *b = gbench_register(&c);

	gbench_iterations(b, 5);
	return b;
}

/* --- the tests ------------------------------------------------------------ */

static struct gbench_summary run_only(const char *filter)
{
	char program[] = "gbench", option[100], ours[] = "--ours";
	char *argv[] = { program, option, ours, NULL };
	struct gbench_summary sum = { 0 };
	int argc = 3;

	kept_count = 0;
	snprintf(option, sizeof(option), "--benchmark_filter=%s", filter);
	if (gbench_init(&argc, argv) < 0 || argc != 2 || argv[1] != ours)
		diag("gbench_init left %d words", argc);
	if (gbench_run(false, keep, &kept_count, &sum) < 0)
		diag("gbench_run failed");
	return sum;
}

static void ask_fixture(void)
{
	struct calls calls = { 0 };
	struct gbench_case c = { .name = "fixture",
				 .set_up = set_up,
				 .tear_down = tear_down,
				 .run = run_counting,
				 .user = &calls };
	struct gbench *b = gbench_register(&c);
	struct gbench_summary sum;

	gbench_iterations(b, 5);
	sum = run_only("^fixture");
	ok(sum.matched == 1 && sum.results == 1 && sum.errors == 0,
	   "cases that the filter matches are run, and no others");
	ok(calls.set_up == 1 && calls.run == 1 && calls.tear_down == 1 &&
		   calls.order_kept,
	   "a case is set up, run and torn down once, with user data and "
	   "fixture");
	ok(calls.iterations == 5 && find("fixture", "")->r.iterations == 5,
	   "the number of iterations is as asked for");
}

static void ask_results(void)
{
	struct gbench *b = add("manual", run_manual, NULL);
	const struct kept *k;

	gbench_clock(b, GBENCH_MANUAL);
	gbench_unit(b, GBENCH_MS);
	run_only("^manual");
	k = find("manual", "");
	ok(near(k->r.real_s, 0.002),
	   "an iteration takes the time that it reported");
	ok(near(counter_of(k, "bytes_per_second"), 1000 / 0.002) &&
		   near(counter_of(k, "items_per_second"), 10 / 0.002),
	   "bytes and items are reported per second");
	ok(near(counter_of(k, "plain"), 7) && near(counter_of(k, "each"), 20),
	   "counters are plain, or per iteration");
	ok(!strcmp(k->label, "a label") && !*k->error, "a label is kept");
}

static void ask_arguments(void)
{
	static const char *const names[] = { "bytes" };
	struct gbench *b = add("args", run_args, NULL);

	ok(gbench_arg_names(b, names, 1) == 0 && gbench_arg(b, 3) == 0 &&
		   gbench_range(b, 16, 64, 2) == 0 &&
		   gbench_dense_range(b, 100, 104, 4) == 0,
	   "arguments are accepted");
	run_only("^args");
	ok(kept_count == 6 && find("args/bytes:32", "")->r.counters == 1 &&
		   near(counter_of(find("args/bytes:32", ""), "arg"), 32) &&
		   near(counter_of(find("args/bytes:104", ""), "arg"), 104),
	   "a case runs once for each argument, which it gets");
}

static void ask_errors(void)
{
	struct calls refused = { 0 }, failing = { 0 };
	struct gbench_case c = { .name = "refused",
				 .set_up = refuse,
				 .tear_down = note_end,
				 .run = run_counting,
				 .user = &refused };
	struct gbench *b = gbench_register(&c);
	struct gbench_summary sum;

	gbench_iterations(b, 5);
	add("failing", run_failing, &failing);
	sum = run_only("^(refused|failing)");
	ok(sum.results == 2 && sum.errors == 2, "errors are counted");
	ok(refused.set_up == 1 && refused.run == 0 && refused.tear_down == 1,
	   "a case without its fixture is not run, but torn down");
	ok(!strcmp(find("refused", "")->error, "no such thing here"),
	   "the reason for a refused fixture is reported");
	ok(failing.run == 1 && failing.iterations == 3,
	   "an error ends the loop");
	ok(!strcmp(find("failing", "")->error, "the third one"),
	   "the first reason is kept");
}

static void ask_aggregates(void)
{
	static double least = -1;
	static int repetition;
	struct gbench *b = add("slower", run_slower, &repetition);

	gbench_clock(b, GBENCH_MANUAL);
	gbench_repetitions(b, 3);
	ok(gbench_statistic(b, "largest", largest, &least) == 0,
	   "an aggregate of our own is accepted");
	run_only("^slower");
	ok(kept_count > 3 && near(find("slower", "")->r.real_s, 1) &&
		   near(find("slower", "mean")->r.real_s, 2) &&
		   near(find("slower", "median")->r.real_s, 2),
	   "repetitions have a mean and a median");
	ok(near(find("slower", "largest")->r.real_s, 3),
	   "our aggregate gets its user data");
}

static void ask_refusals(void)
{
	static double users[9];
	struct gbench_case nameless = { .run = run_counting };
	struct gbench_case idle = { .name = "idle" };
	struct gbench *b = add("unused", run_args, NULL);
	int rc = 0;

	ok(!gbench_register(&nameless) && !gbench_register(&idle),
	   "a benchmark needs a name and a function");
	ok(gbench_iterations(b, 0) == -EINVAL &&
		   gbench_repetitions(b, 0) == -EINVAL &&
		   gbench_threads(b, 0) == -EINVAL &&
		   gbench_min_time(b, 0) == -EINVAL &&
		   gbench_range(b, 8, 4, 2) == -EINVAL &&
		   gbench_range(b, 4, 8, 1) == -EINVAL &&
		   gbench_dense_range(b, 4, 8, 0) == -EINVAL &&
		   gbench_unit(b, (enum gbench_unit)9) == -EINVAL,
	   "a case that would end the program is refused");
	for (int i = 0; i < 9; i++)
		rc = gbench_statistic(b, "more", largest, &users[i]);
	ok(rc == -ENOSPC, "one aggregate too many is refused");
}

/* The library's own JSON has our context and our counters. */
static void ask_json(void)
{
	char path[] = "/tmp/gbench-XXXXXX", option[80], text[16384];
	char program[] = "gbench", filter[] = "--benchmark_filter=^manual";
	char format[] = "--benchmark_out_format=json";
	char *argv[] = { program, filter, option, format, NULL };
	int fd = mkstemp(path), argc = 4;
	ssize_t n;

	snprintf(option, sizeof(option), "--benchmark_out=%s", path);
	gbench_context("a key", "its value");
	gbench_init(&argc, argv);
	gbench_run(false, NULL, NULL, NULL);
	n = read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	ok(strstr(text, "\"a key\": \"its value\"") &&
		   strstr(text, "\"plain\": 7.0"),
	   "the library's JSON has our context and counters");
	close(fd);
	unlink(path);
}

int main(void)
{
	ask_fixture();
	ask_results();
	ask_arguments();
	ask_errors();
	ask_aggregates();
	ask_refusals();
	ask_json();
	gbench_end();
	return done_testing();
}
