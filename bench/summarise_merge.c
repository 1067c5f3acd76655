/* Puts runs of hyperfine into one JSON of the form that hyperfine writes. */
#include "summarise.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/machine.h"
#include "stats/stats.h"

/* Finds the entry of that name, or makes it. */
static json_t *entry_of(json_t *results, const char *name)
{
	static const char *const lists[] = { "times",      "users",  "systems",
					     "exit_codes", "rounds", "orders",
					     "own_cpu_s" };
	json_t *one;
	size_t i;

	json_array_foreach(
		results, i,
		one) if (!strcmp(json_string_value(json_object_get(one,
								   "command")),
				 name)) return one;
	one = json_pack("{s:s}", "command", name);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		json_object_set_new(one, lists[i], json_array());
	json_array_append_new(results, one);
	return one;
}

static void append(json_t *entry, const char *list, json_t *value)
{
	json_array_append_new(json_object_get(entry, list), value);
}

static int take_run(json_t *results, const char *line)
{
	double time, user, sys;
	char path[4096], own[32];
	int round, order, code;
	const char *name;
	json_t *run, *entry;

	if (sscanf(line, "%d %d %4000s %30s", &round, &order, path, own) != 4)
		return -EINVAL;
	run = json_load_file(path, 0, NULL);
	if (json_unpack(run, "{s:[{s:s, s:F, s:F, s:[F], s:[i]}]}", "results",
			"command", &name, "user", &user, "system", &sys,
			"times", &time, "exit_codes", &code) < 0) {
		json_decref(run);
		return -EINVAL;
	}
	entry = entry_of(results, name);
	append(entry, "times", json_real(time));
	append(entry, "users", json_real(user));
	append(entry, "systems", json_real(sys));
	append(entry, "exit_codes", json_integer(code));
	append(entry, "rounds", json_integer(round));
	append(entry, "orders", json_integer(order));
	append(entry, "own_cpu_s",
	       strcmp(own, "-") ? json_real(strtod(own, NULL)) : json_null());
	json_decref(run);
	return 0;
}

/* Adds hyperfine's sums of all runs, for programs that read its files. */
static void put_sums(json_t *entry)
{
	static double x[RUNS_MAX];
	static const char *const means[][2] = { { "users", "user" },
						{ "systems", "system" },
						{ "times", "mean" } };
	double squares = 0, mean;
	size_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		n = summarise_values(entry, means[i][0], x);
		json_object_set_new(entry, means[i][1],
				    json_real(stats_mean(x, n)));
	}
	mean = stats_mean(x, n);
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - mean) * (x[i] - mean);
	json_object_set_new(entry, "stddev",
			    n > 1 ? json_real(sqrt(squares / (double)(n - 1)))
				  : json_null());
	json_object_set_new(entry, "median", json_real(stats_median(x, n)));
	json_object_set_new(entry, "min", json_real(stats_quantile(x, n, 0)));
	json_object_set_new(entry, "max", json_real(stats_quantile(x, n, 1)));
}

static enum exit_code take_list(const char *path, json_t *results)
{
	FILE *list = fopen(path, "re");
	enum exit_code code = EXIT_WELL;
	char line[4400];

	if (!list)
		return summarise_fail(path, strerror(errno));
	while (code == EXIT_WELL && fgets(line, sizeof(line), list))
		if (take_run(results, line) < 0)
			code = summarise_fail(line,
					      "the file has no hyperfine run");
	fclose(list);
	return code;
}

enum exit_code summarise_merge(const struct wish *w)
{
	json_t *results = json_array(), *top, *entry;
	enum exit_code code = take_list(w->merge, results);
	size_t i;

	json_array_foreach(results, i, entry) put_sums(entry);
	top = json_pack("{s:o, s:I, s:o, s:o}", "results", results, "seed",
			(json_int_t)w->seed, "machine",
			meas_machine(w->dir ? w->dir : "/dev/shm"), "at",
			meas_now());
	if (code == EXIT_WELL && json_dumpf(top, stdout, JSON_INDENT(2)) < 0)
		code = summarise_fail("the merged JSON", "cannot be written");
	putchar('\n');
	json_decref(top);
	return code;
}
