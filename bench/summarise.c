/*
 * summarise: evaluates what whole-process.sh has measured, by the functions of
 * src/stats.
 *
 *   summarise --merge LIST [--dir DIR] [--seed N] > MERGED
 *   summarise MERGED [--base NAME] [--bytes N] [--format FORMAT]
 *
 * LIST has a line "ROUND ORDER FILE CPU" for each run. FILE is hyperfine's JSON
 * of that run, and CPU the CPU seconds that the copying processes counted
 * themselves, or "-" for programs that do not count. MERGED has the format of
 * hyperfine and some more keys. Its `times` are in the order of rounds.
 */
#include "summarise.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/size.h"
#include "stats/stats.h"
#include "text/table.h"

#define GIB   1073741824.0
#define LEVEL 0.95
/*
 * hyperfine must see at least this share of the CPU time that the processes
 * counted themselves. If it sees less, it has missed a process.
 */
#define LOST_SHARE 0.9

static int take_number(const struct opt *o, const char *value, void *field,
		       struct err *e)
{
	if (size_parse(value, field))
		return 0;
	return err_say(e, EINVAL,
		       "--%s '%.40s' is not allowed; it is a number, such as "
		       "8388608 or 8M",
		       o->name, value);
}

static const struct opt options[] = {
	OPTION("merge", "LIST", opt_text, struct wish, merge,
	       "put the runs of hyperfine that the file LIST names into one "
	       "JSON on standard output"),
	OPTION("dir", "DIR", opt_text, struct wish, dir,
	       "with --merge: note this as the folder of the copied files"),
	OPTION("seed", "N", take_number, struct wish, seed,
	       "with --merge: note this as the seed from which the order was "
	       "drawn; otherwise: draw resamples and permutations from this "
	       "seed (default 1)"),
	OPTION("base", "NAME", opt_text, struct wish, base,
	       "compare with this command (default cp)"),
	OPTION("bytes", "N", take_number, struct wish, bytes,
	       "number of bytes that one run copies, to compute GiB/s"),
	OPTION("format", "FORMAT", opt_word, struct wish, format,
	       "table (default), json or csv", .words = table_format_names),
	{ .name = NULL },
};

static const struct command summarise = {
	.name = "summarise",
	.about = "Summarises the measurements of bench/whole-process.sh.",
	.operands = { "MERGED" },
	.opts = options,
};

enum exit_code summarise_fail(const char *what, const char *why)
{
	say("%s: %s", what, why);
	return EXIT_FAILED;
}

size_t summarise_values(const json_t *entry, const char *list, double *to)
{
	const json_t *from = json_object_get(entry, list);
	size_t n = json_array_size(from);

	if (n > RUNS_MAX)
		n = RUNS_MAX;
	for (size_t i = 0; i < n; i++)
		to[i] = json_number_value(json_array_get(from, i));
	return n;
}

/* --- the table ------------------------------------------------------------ */

enum {
	C_NAME,
	C_ROUNDS,
	C_MS,
	C_PLUS,
	C_TIME,
	C_LOW,
	C_HIGH,
	C_GIB,
	C_RATIO,
	C_RANGE,
	C_RATIO_LOW,
	C_RATIO_HIGH,
	C_P,
	C_CPU,
	C_END
};

static const struct table_column columns[C_END] = {
	[C_NAME] = { .key = "name", .heading = "command" },
	[C_ROUNDS] = { .key = "rounds" },
	[C_MS] = { .heading = "ms", .right = true },
	[C_PLUS] = { .heading = "\xc2\xb1 %", .right = true },
	[C_TIME] = { .key = "time_s" },
	[C_LOW] = { .key = "time_s_low" },
	[C_HIGH] = { .key = "time_s_high" },
	[C_GIB] = { .key = "gib_per_s", .heading = "GiB/s", .right = true },
	[C_RATIO] = { .key = "times_as_fast",
		      .heading = "as fast",
		      .right = true },
	[C_RANGE] = { .heading = "interval", .right = true },
	[C_RATIO_LOW] = { .key = "times_as_fast_low" },
	[C_RATIO_HIGH] = { .key = "times_as_fast_high" },
	[C_P] = { .key = "p_holm", .heading = "p", .right = true },
	[C_CPU] = { .key = "cpu_s", .heading = "CPU s", .right = true },
};

struct entry {
	const char *name;
	double *time, *cpu;
	/* CPU time, as the processes counted it and as hyperfine saw it */
	double own_s, seen_s;
	size_t n;
	double p, p_holm;
	struct stats_interval median, ratio;
};

static bool read_entry(const json_t *from, struct entry *to)
{
	static double user[RUNS_MAX];
	const json_t *own = json_object_get(from, "own_cpu_s");

	to->name = json_string_value(json_object_get(from, "command"));
	to->time = calloc(RUNS_MAX, sizeof(*to->time));
	to->cpu = calloc(RUNS_MAX, sizeof(*to->cpu));
	if (!to->name || !to->time || !to->cpu)
		return false;
	to->n = summarise_values(from, "times", to->time);
	summarise_values(from, "users", user);
	if (summarise_values(from, "systems", to->cpu) != to->n || to->n == 0)
		return false;
	for (size_t i = 0; i < to->n; i++) {
		const json_t *one = json_array_get(own, i);

		to->cpu[i] += user[i];
		if (!json_is_real(one))
			continue;
		to->own_s += json_real_value(one);
		to->seen_s += to->cpu[i];
	}
	return true;
}

/* Divides the time of the base by the time of `e`, round by round. */
static void compare(struct entry *e, const struct entry *base, uint64_t seed)
{
	size_t n = e->n < base->n ? e->n : base->n;

	e->median =
		stats_median_interval(e->time, e->n, STATS_BCA, LEVEL, seed);
	e->ratio = stats_ratio_paired(base->time, e->time, n, LEVEL, seed);
	e->p = e == base ? NAN
			 : stats_permutation_paired(e->time, base->time, n);
}

static void adjust(struct entry *list, size_t n)
{
	double *p = calloc(2 * n, sizeof(*p));

	for (size_t i = 0; p && i < n; i++)
		p[i] = list[i].p;
	if (p)
		stats_holm(p, n, p + n);
	for (size_t i = 0; i < n; i++)
		list[i].p_holm = p ? p[n + i] : NAN;
	free(p);
}

static void fill_row(struct table *t, const struct entry *e,
		     const struct wish *w, bool is_base)
{
	double half = (e->median.high - e->median.low) / 2;
	char range[48];

	table_row(t);
	table_text(t, C_NAME, e->name);
	table_int(t, C_ROUNDS, (int64_t)e->n);
	table_real(t, C_MS, 1000 * e->median.value, 1);
	table_real(t, C_PLUS, 100 * half / e->median.value, 1);
	table_real(t, C_TIME, e->median.value, 4);
	table_real(t, C_LOW, e->median.low, 4);
	table_real(t, C_HIGH, e->median.high, 4);
	if (w->bytes)
		table_real(t, C_GIB, (double)w->bytes / GIB / e->median.value,
			   2);
	table_real(t, C_CPU, stats_median(e->cpu, e->n), 3);
	if (is_base)
		return;
	table_real(t, C_RATIO, e->ratio.value, 3);
	table_real(t, C_RATIO_LOW, e->ratio.low, 4);
	table_real(t, C_RATIO_HIGH, e->ratio.high, 4);
	table_real(t, C_P, e->p_holm, 3);
	snprintf(range, sizeof(range), "%.3f \xe2\x80\x93 %.3f", e->ratio.low,
		 e->ratio.high);
	if (isfinite(e->ratio.low))
		table_text(t, C_RANGE, range);
}

/*
 * If a program does not wait for its server, the CPU time of the server is
 * missing in seen_s.
 */
static enum exit_code check_cpu(const struct entry *e)
{
	if (e->seen_s >= LOST_SHARE * e->own_s)
		return EXIT_WELL;
	say("%s: hyperfine saw %.3f s of CPU time, but the command's processes "
	    "used %.3f s: hyperfine missed a process",
	    e->name, e->seen_s, e->own_s);
	return EXIT_FAILED;
}

static int by_time(const void *a, const void *b)
{
	double x = ((const struct entry *)a)->median.value;
	double y = ((const struct entry *)b)->median.value;

	return x < y ? -1 : x > y;
}

static enum exit_code show(const struct wish *w, struct entry *list, size_t n,
			   const struct entry *base)
{
	const char *base_name = base->name;
	size_t rounds = base->n;
	struct table *t = table_new(columns, C_END);
	enum exit_code code = EXIT_WELL;
	char *text;

	for (size_t i = 0; i < n; i++)
		compare(&list[i], base, w->seed);
	adjust(list, n);
	/* this reorders the list, so `base` is not valid any more */
	qsort(list, n, sizeof(*list), by_time);
	for (size_t i = 0; i < n; i++)
		fill_row(t, &list[i], w, !strcmp(list[i].name, base_name));
	text = table_end(t, (enum table_format)w->format);
	if (!text)
		return say_no_memory();
	say_report(text, false);
	free(text);
	if (w->format == TABLE_HUMAN)
		printf("\nms: median of %zu rounds, for whole processes. as "
		       "fast: how many times as fast as\n%s in the same round, "
		       "with its 95 %% interval. p: by permutation within "
		       "rounds,\ncorrected by Holm's method. CPU s: user and "
		       "system time of all processes.\n",
		       rounds, base_name);
	for (size_t i = 0; i < n; i++)
		if (check_cpu(&list[i]) != EXIT_WELL)
			code = EXIT_FAILED;
	return code;
}

static enum exit_code read_and_show(const struct wish *w, const json_t *results,
				    struct entry *list)
{
	const char *name = w->base ? w->base : "cp";
	size_t n = json_array_size(results), i;
	struct entry *base = NULL;
	json_t *one;

	json_array_foreach(results, i, one)
	{
		if (!read_entry(one, &list[i]))
			return summarise_fail(
				w->operand[0],
				"has a result that bench/whole-process.sh did "
				"not make");
		if (!strcmp(list[i].name, name))
			base = &list[i];
	}
	if (!base)
		return summarise_fail(name,
				      "is not one of the measured commands; "
				      "name one of them by --base");
	return show(w, list, n, base);
}

static enum exit_code sum_up(const struct wish *w)
{
	json_error_t error;
	json_t *top = json_load_file(w->operand[0], 0, &error);
	json_t *results = json_object_get(top, "results");
	size_t n = json_array_size(results);
	struct entry *list = calloc(n + 1, sizeof(*list));
	enum exit_code code;

	if (!list)
		code = say_no_memory();
	else if (!n)
		code = summarise_fail(w->operand[0],
				      top ? "has no results" : error.text);
	else
		code = read_and_show(w, results, list);
	for (size_t i = 0; list && i < n; i++) {
		free(list[i].time);
		free(list[i].cpu);
	}
	free(list);
	json_decref(top);
	return code;
}

int main(int argc, char **argv)
{
	struct wish w = { .seed = 1 };
	enum exit_code code;

	(void)argc;
	say_begin();
	if (!command_read(&summarise, argv + 1, &w, w.operand, &code))
		return say_end(code);
	if (!w.merge == !w.operand[0]) {
		say("give either --merge LIST or a file MERGED");
		return say_end(EXIT_USAGE);
	}
	return say_end(w.merge ? summarise_merge(&w) : sum_up(&w));
}
