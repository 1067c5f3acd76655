/* What bench shows while it runs and afterwards: a line, and a table. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/size.h"
#include "cli/bench_show.h"

void bench_line(const struct meas_plan *plan, const struct bench_progress *p,
		char *buf, size_t size)
{
	char rounds[32] = "", width[32] = "", left[32], tail[48] = "";

	if (p->round == 0) {
		snprintf(buf, size,
			 "%s: finding out how much fills a sample, "
			 "cell %zu of %zu",
			 plan->name, p->done + 1, p->all);
		return;
	}
	if (plan->rounds_min < plan->rounds_max)
		snprintf(rounds, sizeof(rounds), "%d to ", plan->rounds_min);
	if (isfinite(p->widest))
		snprintf(width, sizeof(width), "  widest \xc2\xb1%.3g %%",
			 100 * p->widest);
	if (p->left_ms >= 0)
		snprintf(tail, sizeof(tail), "  about %s left",
			 bench_time(p->left_ms, left, sizeof(left)));
	snprintf(buf, size, "%s: round %d of %s%d  cell %zu of %zu%s%s",
		 plan->name, p->round, rounds, plan->rounds_max, p->done + 1,
		 p->all, width, tail);
}

/* --- the table ------------------------------------------------------------ */

enum {
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
	C_HUMAN,
	C_WIDTH,
	C_SPEED,
	C_LOW,
	C_HIGH,
	C_UNIT,
	C_ROUNDS,
	C_FAILURES,
	C_STOPPED,
	C_END
};

static const struct table_column columns[C_END] = {
	[C_CELL] = { .key = "cell" },
	[C_MECHANISM] = { .key = "mechanism" },
	[C_LABEL] = { .key = "label", .heading = "mechanism" },
	[C_WORKLOAD] = { .key = "workload", .heading = "workload" },
	[C_SINK] = { .key = "sink" },
	[C_CACHE] = { .key = "cache" },
	[C_SIZE] = { .heading = "size", .right = true },
	[C_BYTES] = { .key = "size_bytes" },
	[C_DEPTH] = { .key = "depth", .heading = "depth" },
	[C_WAIT] = { .key = "wait", .heading = "wait" },
	[C_PLACE] = { .key = "place", .heading = "place" },
	[C_PAIRS] = { .key = "pairs" },
	[C_STATUS] = { .key = "status" },
	[C_REASON] = { .key = "reason" },
	[C_HUMAN] = { .heading = "median", .right = true },
	[C_WIDTH] = { .heading = "\xc2\xb1 %", .right = true },
	[C_SPEED] = { .key = "speed" },
	[C_LOW] = { .key = "speed_low" },
	[C_HIGH] = { .key = "speed_high" },
	[C_UNIT] = { .key = "unit" },
	[C_ROUNDS] = { .key = "rounds", .heading = "rounds", .right = true },
	[C_FAILURES] = { .key = "failures" },
	[C_STOPPED] = { .key = "stopped", .heading = "stopped" },
};

static void fill_condition(struct table *t, const struct meas_cell *p)
{
	char size[32];

	table_text(t, C_CELL, p->name);
	table_text(t, C_MECHANISM, p->spec.ops->name);
	table_text(t, C_LABEL, p->label);
	table_text(t, C_WORKLOAD, meas_workload_names[p->workload]);
	table_text(t, C_SINK, meas_sink_names[p->sink]);
	table_text(t, C_CACHE, meas_cache_names[p->cache]);
	table_text(t, C_SIZE, size_word(p->size_bytes, size, sizeof(size)));
	table_int(t, C_BYTES, (int64_t)p->size_bytes);
	table_text(t, C_DEPTH, p->depth);
	table_text(t, C_WAIT, p->wait);
	table_text(t, C_PLACE, meas_place_names[p->place]);
	table_int(t, C_PAIRS, p->pairs);
}

static const char *unit_of(const struct meas_cell *p)
{
	if (p->workload == MEAS_PINGPONG)
		return "trips_per_s";
	/* null delivers nothing: how often that is done */
	return p->spec.ops->carries_nothing ? "messages_per_s" : "bytes_per_s";
}

static void fill_speed(struct table *t, const struct meas_cell *p,
		       const struct meas_track *k)
{
	const char *unit = unit_of(p);
	double speed = k->median.value;
	char text[48], size[32];

	if (!isfinite(speed))
		return;
	if (!strcmp(unit, "bytes_per_s"))
		snprintf(text, sizeof(text), "%s/s",
			 size_human(speed, size, sizeof(size)));
	else
		snprintf(text, sizeof(text), "%.0f/s", speed);
	table_text(t, C_HUMAN, text);
	table_real(t, C_WIDTH, 100 * meas_track_width(k), 1);
	table_real(t, C_SPEED, speed, 0);
	table_real(t, C_LOW, k->median.low, 0);
	table_real(t, C_HIGH, k->median.high, 0);
	table_text(t, C_UNIT, unit);
}

static const char *status_of(const struct meas_cell *p,
			     const struct meas_track *k)
{
	if (*p->reason)
		return "skipped";
	return k->good ? "ok" : k->failures ? "failed" : "waiting";
}

static void fill_row(struct table *t, const struct meas_cell *p,
		     const struct bench_cell *c)
{
	const struct meas_track *k = &c->track;
	const char *why = *p->reason ? p->reason : c->why;

	table_row(t);
	fill_condition(t, p);
	table_text(t, C_STATUS, status_of(p, k));
	if (*why)
		table_text(t, C_REASON, why);
	if (k->good)
		fill_speed(t, p, k);
	table_int(t, C_ROUNDS, k->good);
	table_int(t, C_FAILURES, k->failures);
	table_text(t, C_STOPPED,
		   *p->reason ? "skipped" : meas_stop_names[k->stop]);
}

char *bench_results(const struct meas_bench *b, enum table_format format)
{
	struct table *t = table_new(columns, C_END);
	char *text;

	for (size_t i = 0; i < b->plan->cells; i++)
		fill_row(t, &b->plan->cell[i], &b->cell[i]);
	text = table_render(t, format);
	table_free(t);
	return text;
}
