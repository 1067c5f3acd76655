/* A table for people: a row of results for each cell that was not skipped. */
#include <math.h>
#include <stdio.h>
#include <string.h>

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
	[C_WHERE] = { .heading = "where", .least = 24 },
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

static bool any_trips(const struct run *r)
{
	for (size_t i = 0; i < r->cells; i++)
		if (!strcmp(r->cell[i]->at.workload, "pingpong"))
			return true;
	return false;
}

char *verdict_cells(const struct run *r)
{
	struct table_column shown[C_END];
	struct table *t;
	char *text;

	memcpy(shown, columns, sizeof(shown));
	if (!any_trips(r))
		shown[C_P50].heading = shown[C_P99].heading = NULL;
	t = table_new(shown, C_END);
	for (size_t i = 0; i < r->cells; i++)
		if (!r->cell[i]->skipped)
			fill_cell_row(t, r->cell[i]);
	text = table_end(t, TABLE_HUMAN);
	if (text)
		verdict_fit_locale(text);
	return text;
}
