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
		snprintf(tail, sizeof(tail), "  %s %s left",
			 isfinite(p->widest) ? "about" : "at least",
			 bench_time(p->left_ms, left, sizeof(left)));
	snprintf(buf, size, "%s: round %d of %s%d  cell %zu of %zu%s%s",
		 plan->name, p->round, rounds, plan->rounds_max, p->done + 1,
		 p->all, width, tail);
}

/* --- the table ------------------------------------------------------------ */

enum {
	C_LABEL,
	C_WORKLOAD,
	C_SINK,
	C_SIZE,
	C_DEPTH,
	C_WAIT,
	C_PLACE,
	C_PAIRS,
	C_SPEED,
	C_WIDTH,
	C_ROUNDS,
	C_STOPPED,
	C_END
};

static const struct table_column columns[C_END] = {
	[C_LABEL] = { .heading = "mechanism" },
	[C_WORKLOAD] = { .heading = "workload" },
	[C_SINK] = { .heading = "sink" },
	[C_SIZE] = { .heading = "size", .right = true },
	[C_DEPTH] = { .heading = "depth" },
	[C_WAIT] = { .heading = "wait" },
	[C_PLACE] = { .heading = "place" },
	[C_PAIRS] = { .heading = "pairs", .right = true },
	[C_SPEED] = { .heading = "median", .right = true },
	[C_WIDTH] = { .heading = "\xc2\xb1 %", .right = true },
	[C_ROUNDS] = { .heading = "rounds", .right = true },
	[C_STOPPED] = { .heading = "stopped" },
};

/* null delivers nothing: how often that is done. */
static void fill_speed(struct table *t, const struct meas_cell *p,
		       const struct meas_track *k)
{
	double speed = k->median.value;
	char text[48], size[32];

	if (!isfinite(speed))
		return;
	if (p->workload == COPY_PINGPONG)
		snprintf(text, sizeof(text), "%.0f trips/s", speed);
	else if (p->spec.ops->carries_nothing)
		snprintf(text, sizeof(text), "%.0f/s", speed);
	else
		snprintf(text, sizeof(text), "%s/s",
			 size_human(speed, size, sizeof(size)));
	table_text(t, C_SPEED, text);
	table_real(t, C_WIDTH, 100 * meas_track_width(k), 1);
}

static void fill_row(struct table *t, const struct meas_cell *p,
		     const struct meas_track *k)
{
	char size[32];

	table_row(t);
	table_text(t, C_LABEL, p->label);
	table_text(t, C_WORKLOAD, copy_workload_names[p->workload]);
	table_text(t, C_SINK, run_sink_word(p->sink));
	table_text(t, C_SIZE, size_word(p->size_bytes, size, sizeof(size)));
	table_text(t, C_DEPTH, p->depth);
	table_text(t, C_WAIT, p->wait);
	table_text(t, C_PLACE, run_place_names[p->place]);
	table_int(t, C_PAIRS, p->pairs);
	if (k->good)
		fill_speed(t, p, k);
	table_int(t, C_ROUNDS, k->good);
	table_text(t, C_STOPPED,
		   *p->reason ? "skipped" : meas_stop_names[k->stop]);
}

/* A column in which all cells are alike would only make the others narrow. */
static void hide(struct table_column *shown, const struct meas_plan *plan)
{
	const struct meas_cell *a = &plan->cell[0];
	bool waits = false, sinks = false, pairs = false;

	for (size_t i = 1; i < plan->cells; i++) {
		const struct meas_cell *c = &plan->cell[i];

		waits |= strcmp(c->wait, "-") && strcmp(c->wait, "block");
		sinks |= c->sink != a->sink;
		pairs |= c->pairs != a->pairs;
	}
	if (!waits)
		shown[C_WAIT].heading = NULL;
	if (!sinks)
		shown[C_SINK].heading = NULL;
	if (!pairs)
		shown[C_PAIRS].heading = NULL;
}

char *bench_results(const struct meas_bench *b)
{
	struct table_column shown[C_END];
	struct table *t;
	char *text;

	memcpy(shown, columns, sizeof(shown));
	hide(shown, b->plan);
	t = table_new(shown, C_END);
	for (size_t i = 0; i < b->plan->cells; i++)
		fill_row(t, &b->plan->cell[i], &b->cell[i].track);
	text = table_render(t, TABLE_HUMAN);
	table_free(t);
	return text;
}
