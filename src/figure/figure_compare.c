/* This run against another: the ratios of cells that both have. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"
#include "judge/compare.h"

/* The outcomes are those of `ipcopy compare`. */
struct comparing {
	struct figure *f;
	struct run run, other;
	struct rep_compare all;
	struct rep_pairing *change; /* the pairs that can be drawn */
	size_t n, faster, slower, only_here;
	struct figure_axis axis;
};

/* --- ratios --------------------------------------------------------------- */

static bool is_faster(const struct rep_pairing *c)
{
	return c->outcome == STATS_FASTER;
}

static bool is_slower(const struct rep_pairing *c)
{
	return c->outcome == STATS_SLOWER;
}

static int by_ratio(const void *l, const void *r)
{
	const struct rep_pairing *a = l, *b = r;

	return a->ratio.value > b->ratio.value
		       ? -1
		       : a->ratio.value < b->ratio.value;
}

static int read_runs(struct comparing *c, struct err *e)
{
	const struct figure_wish *w = c->f->wish;
	int rc;

	if (!w->other)
		return err_say(e, ENODATA,
			       "there is no other run to compare "
			       "with: give --against RUN2");
	rc = rep_read(&c->other, w->other->dir, e);
	return rc < 0 ? rc : rep_read(&c->run, w->run->dir, e);
}

/* Keeps only cells whose speed is believed (run_is_believed) in both runs. */
static void keep_drawn(struct comparing *c)
{
	c->change = c->all.pair;
	for (size_t i = 0; i < c->all.pairs; i++) {
		const struct rep_pairing *p = &c->all.pair[i];

		if (run_is_believed(p->a) && run_is_believed(p->b) &&
		    p->ratio.value > 0)
			c->change[c->n++] = *p;
	}
	for (size_t i = 0; i < c->n; i++) {
		c->faster += is_faster(&c->change[i]);
		c->slower += is_slower(&c->change[i]);
	}
	for (size_t i = 0; i < c->all.in_b; i++)
		c->only_here += run_is_believed(c->all.only_b[i]);
	qsort(c->change, c->n, sizeof(*c->change), by_ratio);
}

static int gather_pairings(struct comparing *c, struct err *e)
{
	int rc = read_runs(c, e);

	if (rc < 0)
		return rc;
	rep_compare_init(&c->all, &c->other, &c->run, NAN);
	rep_compare_cells(&c->all);
	if (c->all.broken)
		return err_code(e, ENOMEM, "cannot draw the figure");
	keep_drawn(c);
	return c->n ? 0
		    : err_say(e, ENODATA,
			      "no cell has a credible speed in both runs");
}

/* --- drawing -------------------------------------------------------------- */

enum { ROW = 15, SHOWN = 14, STRIP = 26 };

/* In a narrow figure a cell's name stands above its line. */
static double row_height(const struct comparing *c)
{
	return c->f->wish->column ? 27 : ROW;
}

static void put_pairing_name(struct comparing *c, const struct rep_pairing *k,
			     double y)
{
	struct figure_type type = { 'r', false, 8, FIGURE_INK };
	char where[200], both[300];
	double x = c->axis.x0 - 8, room = c->axis.x0 - 16;

	run_condition_phrase(&k->b->at,
			     RUN_TELL_SIZE | RUN_TELL_DEPTH | RUN_TELL_PAIRS,
			     where, sizeof(where));
	snprintf(both, sizeof(both), "%s: %s", k->b->label, where);
	if (c->f->wish->column) {
		type.align = 'l';
		y -= 12;
		x = 10;
		room = c->f->width - 20;
		/* hide the lines of the axis behind the name */
		figure_box(c->f, x, y - 7, x + room, y + 7, FIGURE_WHITE);
	}
	figure_text_within(c->f, x, y, type, room, both);
}

static unsigned colour_of(const struct rep_pairing *c)
{
	return is_faster(c) ? 0x0072b2 : is_slower(c) ? 0xd55e00 : 0x8c8c8c;
}

static void put_strip(struct comparing *c, double y)
{
	struct figure_type type = { 'r', false, 8.5, FIGURE_INK };

	figure_text(c->f, c->axis.x0 - 8, y + STRIP / 2, type, "all %zu cells",
		    c->n);
	for (size_t i = 0; i < c->n; i++) {
		double x = figure_at(&c->axis, c->change[i].ratio.value);

		figure_line(c->f, x, y + 4, x, y + STRIP - 4,
			    (struct figure_stroke){
				    0.6, colour_of(&c->change[i]), 1 });
	}
}

static void put_pairing(struct comparing *c, const struct rep_pairing *k,
			double y)
{
	struct figure_type type = { 'l', false, 8, FIGURE_MUTE };
	double x = figure_at(&c->axis, k->ratio.value);

	put_pairing_name(c, k, y);
	figure_line(c->f, figure_at(&c->axis, k->ratio.low), y,
		    figure_at(&c->axis, k->ratio.high), y,
		    (struct figure_stroke){ 1.2, colour_of(k), 1 });
	figure_marker(c->f, x, y, 0.5, colour_of(k), 7);
	figure_text(c->f, c->axis.x1 + 8, y, type, "×%.2f", k->ratio.value);
}

static double height_of_rows(const struct comparing *c, size_t rows)
{
	return rows ? 24 + row_height(c) * (double)rows : 0;
}

static double put_pairing_group(struct comparing *c, const char *name,
				size_t from, size_t to, double y)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };

	if (from == to)
		return y;
	figure_text(c->f, 10, y + 8, head, "%s", name);
	y += 18;
	for (size_t i = from; i < to; i++, y += row_height(c))
		put_pairing(c, &c->change[i], y + row_height(c) - ROW / 2.0);
	return y + 6;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Keeps the first SHOWN faster cells and the last SHOWN slower ones. The cells
 * are sorted by ratio, with undecided ones among them.
 */
static void keep_certain(struct comparing *c, size_t *faster, size_t *slower)
{
	struct rep_pairing *kept = calloc(2 * SHOWN, sizeof(*kept));
	size_t n = 0;

	for (size_t i = 0; kept && i < c->n && n < SHOWN; i++)
		if (is_faster(&c->change[i]))
			kept[n++] = c->change[i];
	*faster = n;
	*slower = least(c->slower, SHOWN);
	n += *slower;
	for (size_t i = c->n, k = n; kept && i > 0 && k > *faster; i--)
		if (is_slower(&c->change[i - 1]))
			kept[--k] = c->change[i - 1];
	if (kept)
		memcpy(c->change, kept, n * sizeof(*kept));
	free(kept);
}

static void find_ratio_axis(struct comparing *c)
{
	bool column = c->f->wish->column;
	double low = 1, high = 1;

	for (size_t i = 0; i < c->n; i++) {
		const struct stats_interval *r = &c->change[i].ratio;

		low = fmin(low, fmin(r->value, r->low));
		high = fmax(high, fmax(r->value, r->high));
	}

	c->axis = (struct figure_axis){
		.x0 = column ? 80 : 330,
		.x1 = c->f->width - 60,
		.low = fmin(low / 1.05, 0.8),
		.high = fmax(high * 1.05, 1.25),
		.log = true,
	};
}

static void say_compare_finding(struct comparing *c)
{
	struct figure *f = c->f;

	snprintf(f->headline, sizeof(f->headline),
		 "%zu of %zu cells are faster than in the other run, %zu "
		 "slower",
		 c->faster, c->n, c->slower);
	snprintf(f->about, sizeof(f->about),
		 "Speed in this run divided by speed in the other one; line = "
		 "95 %% interval of the ratio of medians, blue: faster, red: "
		 "slower. The median of all cells is ×%.3f. At most %d cells "
		 "of each colour are named; %zu cells are in this run only.",
		 c->change[c->n / 2].ratio.value, SHOWN, c->only_here);
}

int figure_compare(struct figure *f, struct err *e)
{
	struct comparing c = { .f = f };
	int rc = gather_pairings(&c, e);

	if (rc == 0) {
		size_t faster, slower;
		double y;

		say_compare_finding(&c);
		find_ratio_axis(&c);
		y = figure_top(f);
		put_strip(&c, y);
		keep_certain(&c, &faster, &slower);
		f->height = y + STRIP + 4 + height_of_rows(&c, faster) +
			    height_of_rows(&c, slower) + 24;
		figure_ratio_axis_put(f, &c.axis, y, f->height - 24);
		y = put_pairing_group(&c, "faster", 0, faster, y + STRIP + 4);
		put_pairing_group(&c, "slower", faster, faster + slower, y);
	}
	rep_compare_free(&c.all);
	run_free(&c.run);
	run_free(&c.other);
	return rc;
}
