/* What bench shows before it runs: the cells, their order, an estimate. */
#include "cli/bench_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "measure/schedule.h"

/*
 * What a process pair takes beside its sample: two forks, an exec, warming up.
 * A guess for the estimate only; a run goes by what it has seen.
 */
#define OVERHEAD_MS 80

enum {
	C_ROUND,
	C_ORDER,
	C_CELL,
	C_MECHANISM,
	C_LABEL,
	C_WORKLOAD,
	C_SINK,
	C_CACHE,
	C_SIZE,
	C_BYTES,
	C_DEPTH,
	C_WAIT,
	C_PLACE,
	C_PAIRS,
	C_STATUS,
	C_REASON,
	C_END
};

static const struct table_column columns[C_END] = {
	[C_ROUND] = { .key = "round" },
	[C_ORDER] = { .key = "order", .heading = "order", .right = true },
	[C_CELL] = { .key = "cell" },
	[C_MECHANISM] = { .key = "mechanism" },
	[C_LABEL] = { .key = "label", .heading = "mechanism" },
	[C_WORKLOAD] = { .key = "workload", .heading = "workload" },
	[C_SINK] = { .key = "sink", .heading = "sink" },
	[C_CACHE] = { .key = "cache", .heading = "cache" },
	[C_SIZE] = { .heading = "size", .right = true },
	[C_BYTES] = { .key = "size_bytes" },
	[C_DEPTH] = { .key = "depth", .heading = "depth" },
	[C_WAIT] = { .key = "wait", .heading = "wait" },
	[C_PLACE] = { .key = "place", .heading = "place" },
	[C_PAIRS] = { .key = "pairs", .heading = "pairs", .right = true },
	[C_STATUS] = { .key = "status" },
	[C_REASON] = { .key = "reason" },
};

static void fill_row(struct table *t, const struct meas_cell *c)
{
	char size[32];

	table_text(t, C_CELL, c->name);
	table_text(t, C_MECHANISM, c->spec.ops->name);
	table_text(t, C_LABEL, c->label);
	table_text(t, C_WORKLOAD, copy_workload_names[c->workload]);
	table_text(t, C_SINK, run_sink_word(c->sink));
	table_text(t, C_CACHE, run_cache_names[c->cache]);
	table_text(t, C_SIZE, size_word(c->size_bytes, size, sizeof(size)));
	table_int(t, C_BYTES, (int64_t)c->size_bytes);
	table_text(t, C_DEPTH, c->depth);
	table_text(t, C_WAIT, c->wait);
	table_text(t, C_PLACE, run_place_names[c->place]);
	table_int(t, C_PAIRS, c->pairs);
	table_text(t, C_STATUS, *c->reason ? "skipped" : "runs");
	if (*c->reason)
		table_text(t, C_REASON, c->reason);
}

struct lots {
	size_t *order;
	bool *runs;
	size_t n; /* that run */
};

static bool draw_lots(const struct meas_plan *plan, struct lots *l)
{
	l->order = calloc(plan->cells, sizeof(*l->order));
	l->runs = calloc(plan->cells, sizeof(*l->runs));
	l->n = 0;
	for (size_t i = 0; i < plan->cells && l->runs; i++) {
		l->runs[i] = !*plan->cell[i].reason;
		l->n += l->runs[i];
	}
	return l->order && l->runs;
}

static struct table *fill(const struct meas_plan *plan, uint64_t seed,
			  int rounds, bool skipped, struct lots *l)
{
	struct table *t = table_new(columns, C_END);
	int64_t order = 0;

	for (int round = 1; round <= rounds; round++) {
		size_t n = meas_order(seed, round, plan->cell, plan->cells,
				      l->runs, l->order);

		for (size_t i = 0; i < n; i++) {
			table_row(t);
			table_int(t, C_ROUND, round);
			table_int(t, C_ORDER, ++order);
			fill_row(t, &plan->cell[l->order[i]]);
		}
	}
	for (size_t i = 0; i < plan->cells && skipped; i++) {
		if (l->runs[i])
			continue;
		table_row(t);
		fill_row(t, &plan->cell[i]);
	}
	return t;
}

/* --- for people ----------------------------------------------------------- */

const char *bench_time(int64_t ms, char *buf, size_t size)
{
	int64_t s = (ms + 500) / 1000;

	if (s >= 7200)
		snprintf(buf, size, "%" PRId64 "h %" PRId64 "m", s / 3600,
			 s / 60 % 60);
	else if (s >= 100)
		snprintf(buf, size, "%" PRId64 "m %" PRId64 "s", s / 60,
			 s % 60);
	else
		snprintf(buf, size, "%" PRId64 "s", s);
	return buf;
}

/* The same reason is told once, with how many cells it is of. */
static void put_skipped(const struct meas_plan *plan, FILE *to)
{
	for (size_t i = 0; i < plan->cells; i++) {
		const char *reason = plan->cell[i].reason;
		size_t first = 0, count = 0;

		while (strcmp(plan->cell[first].reason, reason) != 0)
			first++;
		if (!*reason || first < i)
			continue;
		for (size_t j = i; j < plan->cells; j++)
			count += !strcmp(plan->cell[j].reason, reason);
		fprintf(to, "%zu cell%s cannot run here: %s\n", count,
			count == 1 ? "" : "s", reason);
	}
}

static int64_t round_ms(const struct meas_plan *plan)
{
	int64_t ms = 0;

	for (size_t i = 0; i < plan->cells; i++)
		if (!*plan->cell[i].reason)
			ms += plan->cell[i].sample_ms + OVERHEAD_MS;
	return ms;
}

static void put_estimate(const struct meas_plan *plan, uint64_t seed, size_t n,
			 FILE *to)
{
	/* a round before the first finds out how much fills a sample */
	int64_t least = round_ms(plan) * (plan->rounds_min + 1);
	int64_t most = round_ms(plan) * (plan->rounds_max + 1);
	char time[32], budget[32];

	if (most > plan->budget_ms)
		most = plan->budget_ms > least ? plan->budget_ms : least;
	fprintf(to,
		"\nplan %s: %zu cells run and %zu are skipped; %d to %d rounds "
		"of about %s,\n",
		plan->name, n, plan->cells - n, plan->rounds_min,
		plan->rounds_max,
		bench_time(round_ms(plan), time, sizeof(time)));
	fprintf(to, "%s", bench_time(least, time, sizeof(time)));
	fprintf(to, " to %s in all", bench_time(most, time, sizeof(time)));
	bench_time(plan->budget_ms, budget, sizeof(budget));
	if (least > plan->budget_ms)
		fprintf(to, ", more than the budget of %s", budget);
	else
		fprintf(to, "; the budget is %s", budget);
	fprintf(to, ". Until each median is known to %.3g %%.\n",
		100 * plan->precision);
	fprintf(to,
		"An estimate from the plan alone: nothing was run. "
		"The order is that of --seed %" PRIu64 ".\n",
		seed);
}

static char *for_people(const struct meas_plan *plan, uint64_t seed,
			struct lots *l)
{
	struct table *t = fill(plan, seed, 1, false, l);
	char *rows = table_render(t, TABLE_HUMAN), *text = NULL;
	size_t len;
	FILE *to = rows ? open_memstream(&text, &len) : NULL;

	table_free(t);
	if (to) {
		fprintf(to, "%s%s", l->n ? rows : "", l->n ? "\n" : "");
		put_skipped(plan, to);
		put_estimate(plan, seed, l->n, to);
		if (fclose(to) != 0) {
			free(text);
			text = NULL;
		}
	}
	free(rows);
	return text;
}

char *bench_schedule(const struct meas_plan *plan, uint64_t seed,
		     enum table_format format)
{
	struct lots l;
	struct table *t;
	char *text = NULL;

	if (draw_lots(plan, &l) && format == TABLE_HUMAN) {
		text = for_people(plan, seed, &l);
	} else if (l.order && l.runs) {
		t = fill(plan, seed, plan->rounds_min, true, &l);
		text = table_render(t, format);
		table_free(t);
	}
	free(l.order);
	free(l.runs);
	return text;
}
