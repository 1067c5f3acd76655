/* A table for people: a row of results for each cell that was not skipped. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/columns.h"
#include "base/memstream.h"
#include "base/size.h"
#include "cli/verdict_show.h"

enum {
	C_LABEL,
	C_WHERE,
	C_SPEED,
	C_WIDTH,
	C_P50,
	C_P99,
	C_CPU,
	C_GENERATIONS,
	C_END
};

static const struct table_column columns[C_END] = {
	[C_LABEL] = { .heading = "mechanism", .least = 12 },
	[C_WHERE] = { .heading = "where", .least = 24, .keep = true },
	[C_SPEED] = { .heading = "median", .right = true, .keep = true },
	[C_WIDTH] = { .heading = "\xc2\xb1 %", .right = true, .keep = true },
	[C_P50] = { .heading = "p50 us", .right = true, .spare = 1 },
	[C_P99] = { .heading = "p99 us", .right = true, .spare = 3 },
	[C_CPU] = { .heading = "CPU s/GiB", .right = true, .spare = 4 },
	[C_GENERATIONS] = { .heading = "gens", .right = true, .spare = 5 },
};

/* Half the width of an interval as a percentage of its estimated value. */
static double width_of(struct stats_interval i)
{
	return 50 * (i.high - i.low) / i.value;
}

static void put_three_digits(struct table *t, int column, double value)
{
	if (isfinite(value))
		table_real(t, column, value, size_decimals(value, 3));
}

static void fill_cell_row(struct table *t, const struct run_cell *c)
{
	struct run_condition k = run_condition_of(c);
	char text[160];

	table_row(t);
	table_text(t, C_LABEL, c->label);
	table_text(t, C_WHERE, run_condition_words(&k, text, sizeof(text)));
	table_int(t, C_GENERATIONS, (int64_t)c->groups);
	if (c->groups == 0)
		return;
	if (isfinite(c->speed.value))
		table_text(
			t, C_SPEED,
			rep_speed_words(c, c->speed.value, text, sizeof(text)));
	put_three_digits(t, C_WIDTH, width_of(c->speed));
	put_three_digits(t, C_P50, c->middle[RUN_P50] / 1000);
	put_three_digits(t, C_P99, c->middle[RUN_P99] / 1000);
	put_three_digits(t, C_CPU, c->middle[RUN_CPU]);
}

static bool is_trips(const struct run_cell *c)
{
	return !strcmp(c->at.workload, "pingpong");
}

/*
 * True if some cells have a depth, and others have none. Round trips never have
 * one.
 */
static bool any_without_depth(const struct run *r)
{
	bool with = false, without = false;

	for (size_t i = 0; i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];

		if (c->skipped || run_is_control(c) || is_trips(c))
			continue;
		with |= strcmp(c->at.depth, "-") != 0;
		without |= !strcmp(c->at.depth, "-");
	}
	return with && without;
}

/* Says what the columns mean, and a "-". */
static void put_words(FILE *to, const struct run *r, bool trips)
{
	char text[700];

	snprintf(text, sizeof(text),
		 "median: the speed; ± %%: half of the width of its interval; "
		 "%sCPU s/GiB: CPU time of both sides; gens: the generations, "
		 "each measured by new processes; -: there is no such value "
		 "(null moves no bytes, so it has no speed)%s",
		 trips ? "p50 and p99: 50 % and 99 % of the round trips take "
			 "no longer; "
		       : "",
		 any_without_depth(r)
			 ? ". A mechanism without a depth is compared at each "
			   "depth of the others."
			 : ".");
	fputc('\n', to);
	columns_wrap(to, text, 0, 0);
}

static bool any_trips(const struct run *r)
{
	for (size_t i = 0; i < r->cells; i++)
		if (is_trips(r->cell[i]))
			return true;
	return false;
}

static bool put_cells(FILE *to, const struct run *r)
{
	struct table_column shown[C_END];
	bool trips = any_trips(r), ok;
	struct table *t;

	memcpy(shown, columns, sizeof(shown));
	if (!trips)
		shown[C_P50].heading = shown[C_P99].heading = NULL;
	t = table_new(shown, C_END);
	for (size_t i = 0; i < r->cells; i++)
		if (!r->cell[i]->skipped)
			fill_cell_row(t, r->cell[i]);
	ok = verdict_put_table(to, t);
	put_words(to, r, trips);
	return ok;
}

char *verdict_cells(const struct run *r)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool ok = to && put_cells(to, r);

	text = memstream_end(to, &text, ok);
	if (text)
		verdict_fit_locale(text);
	return text;
}
