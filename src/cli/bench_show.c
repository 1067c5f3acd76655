/* The output of bench before and during a run. */
#include "cli/bench_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/append.h"
#include "base/columns.h"
#include "base/size.h"
#include "text/verdict_chart.h"

enum {
	C_SWEEP,
	C_ORDER,
	C_CONDITION,
	C_WORDS,
	C_CELLS,
	C_CELL,
	C_MECHANISM,
	C_LABEL,
	C_WORKLOAD,
	C_SINK,
	C_CACHE,
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
	[C_SWEEP] = { .key = "sweep" },
	[C_ORDER] = { .key = "order", .heading = "order", .right = true },
	[C_CONDITION] = { .key = "condition" },
	[C_WORDS] = { .heading = "condition" },
	[C_CELLS] = { .heading = "cells", .right = true },
	[C_CELL] = { .key = "cell" },
	[C_MECHANISM] = { .key = "mechanism" },
	[C_LABEL] = { .key = "label" },
	[C_WORKLOAD] = { .key = "workload" },
	[C_SINK] = { .key = "sink" },
	[C_CACHE] = { .key = "cache" },
	[C_BYTES] = { .key = "size_bytes" },
	[C_DEPTH] = { .key = "depth" },
	[C_WAIT] = { .key = "wait" },
	[C_PLACE] = { .key = "place" },
	[C_PAIRS] = { .key = "pairs" },
	[C_STATUS] = { .key = "status" },
	[C_REASON] = { .key = "reason" },
};

static void fill_cell(struct table *t, const struct meas_cell *c)
{
	table_text(t, C_CELL, c->name);
	table_text(t, C_MECHANISM, c->spec.ops->name);
	table_text(t, C_LABEL, c->label);
	table_text(t, C_WORKLOAD, copy_workload_names[c->workload]);
	table_text(t, C_SINK, run_sink_word(c->sink));
	table_text(t, C_CACHE, run_cache_names[c->cache]);
	table_int(t, C_BYTES, (int64_t)c->size_bytes);
	table_text(t, C_DEPTH, c->depth);
	table_text(t, C_WAIT, c->wait);
	table_text(t, C_PLACE, run_place_names[c->place]);
	table_int(t, C_PAIRS, c->pairs);
	table_text(t, C_STATUS, *c->reason ? "skipped" : "runs");
	if (*c->reason)
		table_text(t, C_REASON, c->reason);
}

/*
 * Draws the order of all conditions in a sweep from the seed. Returns the
 * number of conditions; 0 also if there is no memory.
 */
static size_t draw_order(const struct meas_bench *b, int sweep, size_t *order)
{
	bool *all = malloc(b->conditions + 1);
	size_t n = 0;

	if (!all)
		return 0;
	memset(all, true, b->conditions + 1);
	n = meas_sweep_order(b->seed, sweep, b->conditions, all, order);
	free(all);
	return n;
}

/* --- for programs --------------------------------------------------------- */

static void fill_condition(struct table *t, const struct meas_bench *b,
			   int sweep, size_t order, size_t number)
{
	const struct bench_condition *k = &b->condition[number];

	for (size_t i = 0; i < k->cells; i++) {
		table_row(t);
		table_int(t, C_SWEEP, sweep);
		table_int(t, C_ORDER, (int64_t)order);
		table_int(t, C_CONDITION, (int64_t)number + 1);
		fill_cell(t, &b->plan->cell[k->cell[i]]);
	}
}

static char *for_programs(const struct meas_bench *b, size_t *order,
			  enum table_format format)
{
	struct table *t = table_new(columns, C_END);
	size_t n, done = 0;

	for (int sweep = 1; sweep <= b->plan->generations_min; sweep++) {
		n = draw_order(b, sweep, order);
		for (size_t i = 0; i < n; i++)
			fill_condition(t, b, sweep, ++done, order[i]);
	}
	for (size_t i = 0; i < b->plan->cells; i++)
		if (*b->plan->cell[i].reason) {
			table_row(t);
			fill_cell(t, &b->plan->cell[i]);
		}
	return table_end(t, format);
}

/* --- for people ----------------------------------------------------------- */

/* "95s", "1m 45s", "2h 5m" */
static const char *time_words(int64_t ms, char *buf, size_t size)
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

/* Names every mechanism once, however many conditions it is in. */
static void put_mechanisms(const struct meas_plan *plan, FILE *to)
{
	char text[2000] = "Mechanisms: ";
	const char *gap = "";

	for (size_t i = 0; i < plan->cells; i++) {
		size_t first = 0;

		while (strcmp(plan->cell[first].label, plan->cell[i].label))
			first++;
		if (first < i)
			continue;
		text_append(text, sizeof(text), "%s%s", gap,
			    plan->cell[i].label);
		gap = ", ";
	}
	columns_wrap(to, text, 0, 2);
}

static char *rows_for_people(const struct meas_bench *b, size_t *order)
{
	struct table *t = table_new(columns, C_END);
	size_t n = draw_order(b, 1, order);

	for (size_t i = 0; i < n; i++) {
		const struct bench_condition *k = &b->condition[order[i]];

		table_row(t);
		table_int(t, C_ORDER, (int64_t)i + 1);
		table_text(t, C_WORDS, k->words);
		table_int(t, C_CELLS, (int64_t)k->cells);
	}
	return table_end(t, TABLE_HUMAN);
}

/* Writes why cells are skipped: each reason once, with the number of cells. */
static size_t put_skipped(const struct meas_plan *plan, FILE *to)
{
	size_t all = 0;

	for (size_t i = 0; i < plan->cells; i++) {
		const char *reason = plan->cell[i].reason;
		size_t first = 0, count = 0;
		int begun;

		all += *reason != '\0';
		while (strcmp(plan->cell[first].reason, reason) != 0)
			first++;
		if (!*reason || first < i)
			continue;
		for (size_t j = i; j < plan->cells; j++)
			count += !strcmp(plan->cell[j].reason, reason);
		begun = fprintf(to, "%zu cell%s cannot run here: ", count,
				count == 1 ? "" : "s");
		columns_wrap(to, reason, (size_t)begun, 0);
	}
	return all;
}

static int64_t sweep_ms(const struct meas_bench *b)
{
	int64_t ms = 0;

	for (size_t k = 0; k < b->conditions; k++)
		ms += meas_guess_ms(b->plan, b->condition[k].cells);
	return ms;
}

static void put_estimate(const struct meas_bench *b, size_t skipped, FILE *to)
{
	const struct meas_plan *plan = b->plan;
	int64_t least = sweep_ms(b) * (plan->generations_min + 1);
	char time[32], budget[32];

	fprintf(to,
		"\nPlan %s: %zu cells run in %zu condition%s, %zu cells are "
		"skipped.\n",
		plan->name, plan->cells - skipped, b->conditions,
		b->conditions == 1 ? "" : "s", skipped);
	fprintf(to,
		"Each condition has at least %d generations of %d rounds. To "
		"measure one\n"
		"generation of each condition takes about %s.\n"
		"The shortest run takes %s, ",
		plan->generations_min, plan->rounds,
		time_words(sweep_ms(b), time, sizeof(time)),
		time_words(least, budget, sizeof(budget)));
	time_words(plan->budget_ms, budget, sizeof(budget));
	if (least > plan->budget_ms)
		fprintf(to, "more than the budget of %s.\n", budget);
	else
		fprintf(to, "and the budget is %s.\n", budget);
	fprintf(to,
		"A condition ends when its comparisons are decided and their "
		"ratios are known\nto %.3g %%, or when the budget or the "
		"plan's generations are used up.\n",
		100 * plan->precision);
	fprintf(to,
		"This is an estimate from the plan alone: nothing was run. The "
		"order\n"
		"comes from --seed %" PRIu64 ".\n",
		b->seed);
}

static char *for_people(const struct meas_bench *b, size_t *order)
{
	char *rows = rows_for_people(b, order), *text = NULL;
	size_t len;
	FILE *to = rows ? open_memstream(&text, &len) : NULL;

	if (to) {
		fprintf(to, "%s%s", b->conditions ? rows : "",
			b->conditions ? "\n" : "");
		put_mechanisms(b->plan, to);
		put_estimate(b, put_skipped(b->plan, to), to);
		if (fclose(to) != 0) {
			free(text);
			text = NULL;
		}
	}
	free(rows);
	return text;
}

char *bench_schedule(const struct meas_bench *b, enum table_format format)
{
	size_t *order = calloc(b->conditions + 1, sizeof(*order));
	char *text = NULL;

	if (order)
		text = format == TABLE_HUMAN ? for_people(b, order)
					     : for_programs(b, order, format);
	free(order);
	return text;
}

/* --- progress ------------------------------------------------------------- */

void bench_line(const struct meas_plan *plan, const struct bench_progress *p,
		char *buf, size_t size)
{
	const struct bench_condition *now = p->now;
	char left[32], race[160] = "";

	if (p->sweep == 0) {
		snprintf(buf, size,
			 "%s: choosing the sizes of transfers, condition %zu "
			 "of %zu",
			 plan->name, p->done + 1, p->all);
		return;
	}
	if (*now->race)
		snprintf(race, sizeof(race), ": %s", now->race);
	snprintf(
		buf, size, "%s: %zu of %zu condition%s decided, %s left  %s%s",
		plan->name, p->decided, p->decided + p->open,
		p->decided + p->open == 1 ? "" : "s",
		time_words(p->left_ms > 0 ? p->left_ms : 0, left, sizeof(left)),
		now->words, race);
}

void bench_show_beside(const struct meas_beside *b)
{
	if (b->other)
		say("another ipcopy bench is measuring at the same time "
		    "(process %d, into %.200s), so the speeds of both runs "
		    "suffer; "
		    "interrupt one of the two",
		    (int)b->other, b->other_dir);
}

void bench_show_found(const struct bench_found *f, const char *dir)
{
	if (f->cut_bytes)
		say("%s/samples.csv ended in the middle of a line; the last "
		    "%" PRId64 " bytes were removed",
		    dir, f->cut_bytes);
	say("continuing the run %s, which has %" PRId64 " samples", dir,
	    f->samples);
}
