/*
 * The start-up cost of each mechanism, and the size of a file from which on the
 * mechanism is ahead if its start-up is included.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "figure/figure.h"

struct begin {
	const struct run_cell *cell;
	double pays; /* file size from which on it beats row 0; NaN: never */
};

struct starting {
	struct figure *f;
	struct begin *row; /* sorted by start-up */
	size_t n;
	const struct run_cell *model;
	struct figure_spot spot;
	bool has_spot;
	struct figure_axis cost, size;
};

/* --- numbers -------------------------------------------------------------- */

static bool takes_startup(const struct run_cell *c)
{
	return run_is_believed(c) && !run_is_pingpong(&c->at) &&
	       c->startup.value > 0;
}

static double whole_ns(const struct run_cell *c, double bytes)
{
	return c->startup.value + bytes / c->speed.value * 1e9;
}

/* The size at which both need the same time: start-up plus size / speed. */
static double pays_from(const struct run_cell *c, const struct run_cell *first)
{
	double more = c->startup.value - first->startup.value;
	double gain = 1e9 / first->speed.value - 1e9 / c->speed.value;

	return gain > 0 ? more / gain : NAN;
}

static int by_startup(const void *l, const void *r)
{
	const struct begin *a = l, *b = r;
	double x = a->cell->startup.value, y = b->cell->startup.value;

	return x != y ? (x < y ? -1 : 1)
		      : strcmp(a->cell->label, b->cell->label);
}

/*
 * Finds the size from which on each mechanism pays. For the fastest mechanism
 * this is the rounded number of the verdict, if the verdict has it.
 */
static void find_pays(struct starting *s)
{
	for (size_t i = 1; i < s->n; i++) {
		struct begin *b = &s->row[i];

		b->pays = pays_from(b->cell, s->row[0].cell);
		if (s->has_spot && s->spot.pays_from_bytes > 0 &&
		    !strcmp(b->cell->label, figure_spot_label(&s->spot, 0)))
			b->pays = s->spot.pays_from_bytes;
	}
	s->row[0].pays = 0;
}

static int gather_starts(struct starting *s, struct err *e)
{
	const struct run *r = s->f->wish->run;

	s->model = figure_model(r, takes_startup);
	s->row = calloc(r->cells + 1, sizeof(*s->row));
	if (!s->row)
		return err_code(e, ENOMEM, "cannot draw the figure");
	for (size_t i = 0; s->model && i < r->cells; i++)
		if (takes_startup(r->cell[i]) &&
		    figure_shares(s->model, r->cell[i]))
			s->row[s->n++].cell = r->cell[i];
	if (s->n < 2)
		return err_say(e, ENODATA,
			       "no condition of the run has start-up costs of "
			       "two mechanisms");
	qsort(s->row, s->n, sizeof(*s->row), by_startup);
	s->has_spot = figure_spot_find(r, &s->model->at, &s->spot);
	find_pays(s);
	return 0;
}

/* --- layout --------------------------------------------------------------- */

enum { ROW = 15, LABELS = 108, WORDS = 78, HEADING = 18 };

static void find_axes(struct starting *s)
{
	double low = INFINITY, high = 0, from = 1 << 20, to = 1 << 20;
	double right = s->f->width - WORDS;
	bool column = s->f->wish->column;

	for (size_t i = 0; i < s->n; i++) {
		const struct stats_interval *c = &s->row[i].cell->startup;

		low = fmin(low, c->low > 0 ? c->low : c->value);
		high = fmax(high, isfinite(c->high) ? c->high : c->value);
		if (s->row[i].pays > 0) {
			from = fmin(from, s->row[i].pays);
			to = fmax(to, s->row[i].pays);
		}
	}
	s->cost = (struct figure_axis){
		.x0 = LABELS,
		.x1 = column ? LABELS : LABELS + 200,
		.low = low / 1.1,
		.high = high * 1.1,
		.log = true,
		.words = figure_time_words,
	};
	s->size = (struct figure_axis){
		.x0 = s->cost.x1 + 62,
		.x1 = right,
		.low = exp2(floor(log2(fmax(from, 4096)) - 1)),
		.high = exp2(ceil(log2(fmin(to, 1e12)) + 2)),
		.log = true,
	};
}

static void put_sizes(struct starting *s, double y0, double y1)
{
	struct figure_type type = { 'c', false, 8.5, FIGURE_MUTE };
	double octaves = log2(s->size.high / s->size.low);
	int step = (int)fmax(1, ceil(octaves * 50 / (s->size.x1 - s->size.x0)));
	char text[40];

	for (int k = (int)log2(s->size.low); exp2(k) <= s->size.high;
	     k += step) {
		double x = figure_at(&s->size, exp2(k));

		figure_box(s->f, x - 0.3, y0, x + 0.3, y1, FIGURE_HAIR);
		figure_text(s->f, x, y1 + 10, type, "%s",
			    size_words(exp2(k), text, sizeof(text)));
	}
}

/* --- one line ------------------------------------------------------------- */

static bool is_first_at(const struct starting *s, size_t i, double bytes)
{
	double mine = whole_ns(s->row[i].cell, bytes);

	for (size_t k = 0; k < s->n; k++)
		if (k != i && whole_ns(s->row[k].cell, bytes) < mine)
			return false;
	return true;
}

/*
 * Draws a line over the sizes at which a mechanism is ahead of the one that is
 * ready first (row 0, which gets no such line). The line is thick where no
 * other mechanism is ahead of this one.
 */
static void put_ahead(struct starting *s, size_t i, double y)
{
	const struct begin *b = &s->row[i];
	unsigned colour = figure_style_of(b->cell).colour;
	double from = figure_at(&s->size, fmax(b->pays, s->size.low)), x;

	if (!isfinite(b->pays) || b->pays > s->size.high)
		return;
	if (i > 0)
		figure_line(s->f, from, y, s->size.x1, y,
			    (struct figure_stroke){ 1, colour, 1 });
	for (x = s->size.x0; x < s->size.x1; x++) {
		double bytes =
			s->size.low *
			pow(s->size.high / s->size.low,
			    (x - s->size.x0) / (s->size.x1 - s->size.x0));

		if (is_first_at(s, i, bytes))
			figure_box(s->f, x, y - 3, x + 1, y + 3, colour);
	}
	if (b->pays > s->size.low)
		figure_marker(s->f, from, y, 0.55, colour,
			      figure_style_of(b->cell).point);
}

static void put_words(struct starting *s, size_t i, double y)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };
	const struct begin *b = &s->row[i];
	double x = s->size.x1 + 8;
	char text[40];

	if (i == 0)
		figure_text(s->f, x, y, type, "cheapest");
	else if (!isfinite(b->pays))
		figure_text(s->f, x, y, type, "never");
	else
		figure_text(s->f, x, y, type, "%s",
			    size_words(fmax(b->pays, 1), text, sizeof(text)));
}

static void put_cost(struct starting *s, const struct run_cell *c, double y)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };
	struct figure_style style = figure_style_of(c);
	double low =
		isfinite(c->startup.low) ? c->startup.low : c->startup.value;
	double high =
		isfinite(c->startup.high) ? c->startup.high : c->startup.value;
	char text[40];

	figure_text(s->f, s->cost.x1 + 8, y, type, "%s",
		    figure_time_words(c->startup.value, text, sizeof(text)));
	if (s->cost.x1 <= s->cost.x0)
		return;
	figure_line(s->f, figure_at(&s->cost, low), y,
		    figure_at(&s->cost, high), y,
		    (struct figure_stroke){ 1.2, style.colour, 1 });
	figure_marker(s->f, figure_at(&s->cost, c->startup.value), y, 0.55,
		      style.colour, style.point);
}

static void put_start_rows(struct starting *s, double y)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	double bottom = y + HEADING + ROW * (double)s->n;

	figure_text(s->f, s->cost.x0, y + 6, head, "%s",
		    s->f->wish->column ? "start-up" : "start-up cost");
	figure_text(s->f, s->size.x0, y + 6, head, "is ahead from a file of");
	if (s->cost.x1 > s->cost.x0)
		figure_axis_put(s->f, &s->cost, y + HEADING, bottom, 50);
	put_sizes(s, y + HEADING, bottom);
	for (size_t i = 0; i < s->n; i++) {
		const struct run_cell *c = s->row[i].cell;
		struct figure_type type = { 'r', false, 8.5,
					    figure_style_of(c).text };
		double middle = y + HEADING + ROW * ((double)i + 0.5);

		figure_text_within(s->f, LABELS - 8, middle, type, LABELS - 12,
				   c->label);
		put_cost(s, c, middle);
		put_ahead(s, i, middle);
		put_words(s, i, middle);
	}
	s->f->height = bottom + 24;
}

/* --- words ---------------------------------------------------------------- */

static void say_start_finding(struct starting *s)
{
	struct figure *f = s->f;
	const struct run_cell *first = s->row[0].cell;
	const struct run_cell *last = s->row[s->n - 1].cell;
	double pays = s->has_spot ? s->spot.pays_from_bytes : NAN;
	char where[200], low[40], high[40], size[40], rest[200] = "";

	if (pays > 0)
		snprintf(rest, sizeof(rest), "; %s pays from %s on, against %s",
			 figure_spot_label(&s->spot, 0),
			 size_words(pays, size, sizeof(size)), s->spot.starter);
	else if (pays == 0)
		snprintf(rest, sizeof(rest), "; %s pays from the first byte on",
			 figure_spot_label(&s->spot, 0));
	snprintf(f->headline, sizeof(f->headline),
		 "Start-up costs %s (%s) to %s (%s)%s",
		 figure_time_words(first->startup.value, low, sizeof(low)),
		 first->label,
		 figure_time_words(last->startup.value, high, sizeof(high)),
		 last->label, rest);
	run_condition_words(&s->model->at, where, sizeof(where));
	snprintf(f->about, sizeof(f->about),
		 "Time of the set-up plus extra time of the first transfer: "
		 "%s; whisker = 95 %% interval. From its mark on a mechanism "
		 "is ahead of %s; thick: where it is ahead of all. The time of "
		 "a file is start-up plus length divided by speed.",
		 where, first->label);
}

int figure_start(struct figure *f, struct err *e)
{
	struct starting s = { .f = f };
	int rc = gather_starts(&s, e);

	if (rc == 0) {
		find_axes(&s);
		say_start_finding(&s);
		put_start_rows(&s, figure_top(f));
	}
	free(s.row);
	return rc;
}
