/* Draws throughput against something that doubles: size, depth or pairs. */
#include "figure/figure_lines.h"
#include "base/append.h"
#include "base/size.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- which cells ---------------------------------------------------------- */

/* True if the cell has no depth, so that it takes part at every depth. */
static bool is_flat(const struct axis *a, const struct run_cell *c)
{
	return a->flat && !strcmp(c->at.depth, "-");
}

static bool belongs(const struct axis *a, const struct run_cell *model,
		    const struct run_cell *c)
{
	return run_is_believed(c) && !run_is_pingpong(&c->at) &&
	       (isfinite(a->x(&c->at)) || is_flat(a, c)) &&
	       figure_same_condition(&model->at, &c->at, a->parts);
}

static int by_label_then_x(const void *l, const void *r, void *axis)
{
	const struct run_cell *a = *(const struct run_cell *const *)l;
	const struct run_cell *b = *(const struct run_cell *const *)r;
	const struct axis *of = axis;
	int d = strcmp(a->label, b->label);
	double x = of->x(&a->at), y = of->x(&b->at);

	return d ? d : x < y ? -1 : x > y;
}

/*
 * The number of different x in a panel. It does not count cells that take part
 * only because they have no depth or no wait.
 */
static size_t count_x(const struct panel *p, const struct axis *a)
{
	double seen[64];
	size_t n = 0, k;

	for (size_t i = 0; i < p->cells && n < 64; i++) {
		const struct run_cell *c = p->cell[i];

		if (is_flat(a, c) ||
		    figure_gaps(c, a->parts) > figure_gaps(p->model, a->parts))
			continue;
		for (k = 0; k < n && seen[k] != a->x(&c->at); k++)
			;
		if (k == n)
			seen[n++] = a->x(&c->at);
	}
	return n;
}

/*
 * Drops the cells of mechanisms that have too few points on this axis, but
 * keeps flat cells, which take part at every x.
 */
static void drop_short(struct panel *p, const struct axis *a)
{
	size_t kept = 0;

	for (size_t i = 0, k; i < p->cells; i = k) {
		for (k = i; k < p->cells &&
			    !strcmp(p->cell[i]->label, p->cell[k]->label);
		     k++)
			;
		for (size_t j = i; j < k; j++)
			if (k - i >= a->points || is_flat(a, p->cell[j]))
				p->cell[kept++] = p->cell[j];
	}
	p->cells = kept;
}

static int gather_series(struct panel *p, const struct run *r,
			 const struct axis *a, const struct run_cell *model)
{
	p->model = model;
	p->cell = calloc(r->cells + 1, sizeof(*p->cell));
	p->series = calloc(r->cells + 1, sizeof(*p->series));
	if (!p->cell || !p->series)
		return -ENOMEM;
	for (size_t i = 0; i < r->cells; i++)
		if (belongs(a, model, r->cell[i]))
			p->cell[p->cells++] = r->cell[i];
	qsort_r(p->cell, p->cells, sizeof(*p->cell), by_label_then_x,
		(void *)a);
	drop_short(p, a);
	for (size_t i = 0; i < p->cells; i++) {
		struct series *s = p->n ? &p->series[p->n - 1] : NULL;

		if (!s || strcmp(s->label, p->cell[i]->label) != 0) {
			s = &p->series[p->n++];
			s->first = i;
			s->label = p->cell[i]->label;
			s->style = figure_style_of(p->cell[i]);
			s->flat = is_flat(a, p->cell[i]);
		}
		s->n++;
		s->end_x = a->x(&p->cell[i]->at);
		s->end_y = p->cell[i]->speed.value;
	}
	return 0;
}

static void drop(struct panel *p)
{
	free(p->cell);
	free(p->series);
	memset(p, 0, sizeof(*p));
}

static bool has_panel(const struct chart *c, const struct run_cell *cell)
{
	for (int i = 0; i < c->panels; i++)
		if (figure_same_condition(&c->panel[i].model->at, &cell->at,
					  c->axis->parts))
			return true;
	return false;
}

static int find_panels(struct chart *c, struct err *e)
{
	const struct run *r = c->f->wish->run;

	for (size_t i = 0; i < r->cells; i++) {
		struct panel *p = &c->panel[c->panels % PANELS_MAX];

		if (!belongs(c->axis, r->cell[i], r->cell[i]) ||
		    is_flat(c->axis, r->cell[i]) ||
		    !figure_stands_for(r, r->cell[i], c->axis->parts) ||
		    has_panel(c, r->cell[i]))
			continue;
		if (c->panels == PANELS_MAX) {
			c->left_out++;
			continue;
		}
		if (gather_series(p, r, c->axis, r->cell[i]) < 0)
			return err_code(e, ENOMEM, "cannot draw the figure");
		if (count_x(p, c->axis) >= c->axis->least)
			c->panels++;
		else
			drop(p);
	}
	return c->panels ? 0 : err_say(e, ENODATA, "%s", c->axis->lack);
}

static void widen(struct panel *p, const struct panel *by, const struct axis *a)
{
	for (size_t k = 0; k < by->cells; k++) {
		const struct run_cell *c = by->cell[k];

		p->x_low = fmin(p->x_low, a->x(&c->at));
		p->x_high = fmax(p->x_high, a->x(&c->at));
		p->y_low = fmin(p->y_low, fmin(c->speed.low, c->speed.value));
		p->y_high =
			fmax(p->y_high, fmax(c->speed.high, c->speed.value));
	}
}

/*
 * Panels of one workload share their axes, so that they can be compared. But a
 * ceiling that is less than 8 times as high as the lines raises the end of the
 * axis in its own panel.
 */
static void find_ranges(struct chart *c)
{
	for (int i = 0; i < c->panels; i++) {
		struct panel *p = &c->panel[i];

		p->x_low = p->y_low = INFINITY;
		for (int k = 0; k < c->panels; k++)
			if (!strcmp(p->model->at.workload,
				    c->panel[k].model->at.workload))
				widen(p, &c->panel[k], c->axis);
		p->ceiling = run_ceiling(c->f->wish->run, &p->model->at).value;
		/* a ceiling far above all lines would press them flat */
		if (p->ceiling > p->y_high && p->ceiling < p->y_high * 8)
			p->y_high = p->ceiling;
		p->x_low /= 1.12;
		p->x_high *= 1.12;
		p->y_low = exp2(floor(log2(p->y_low) * 2 - 0.3) / 2);
		p->y_high = exp2(ceil(log2(p->y_high) * 2 + 0.3) / 2);
	}
}

/* --- which panels --------------------------------------------------------- */

#define WIDE_PANELS 8
#define TALL        150
#define LOW         100
#define NAMED_MOST  3

static int by_weight(const void *l, const void *r)
{
	const struct panel *a = l, *b = r;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return run_condition_order(&a->model->at, &b->model->at);
}

static int by_panel_condition(const void *l, const void *r)
{
	const struct panel *a = l, *b = r;

	return run_condition_order(&a->model->at, &b->model->at);
}

/* Drops the last panel, which has no room. */
static void leave_out(struct chart *c)
{
	struct panel *p = &c->panel[c->panels - 1];
	char words[200];

	run_condition_phrase(&p->model->at, c->axis->parts, words,
			     sizeof(words));
	if (c->named < NAMED_MOST)
		text_append(c->names, sizeof(c->names), "%s%s",
			    c->named ? "; " : "", words);
	c->named += c->named < NAMED_MOST;
	drop(p);
	c->panels--;
	c->left_out++;
}

/*
 * Keeps as many panels as a wide page has room for: the panel of the headline,
 * and those with the most cells.
 */
static void keep_some(struct chart *c)
{
	const struct panel *first = figure_lines_main(c);

	for (int i = 0; i < c->panels; i++)
		c->panel[i].weight = &c->panel[i] == first
					     ? INFINITY
					     : (double)c->panel[i].cells;
	qsort(c->panel, (size_t)c->panels, sizeof(*c->panel), by_weight);
	while (c->panels > WIDE_PANELS)
		leave_out(c);
}

/*
 * Writes the words above the panels, and puts the panels in their order. If a
 * column is too tall for a page, makes the panels lower, and if this is not
 * enough, drops panels until the others have room.
 */
static void say_and_fit(struct chart *c)
{
	for (c->tall = TALL;;) {
		qsort(c->panel, (size_t)c->panels, sizeof(*c->panel),
		      by_panel_condition);
		figure_lines_say(c);
		figure_lines_place(c, figure_top_tall(c->f));
		if (!c->f->wish->column || c->panels == 1 ||
		    c->f->height <= FIGURE_TALLEST)
			return;
		if (c->tall > LOW) {
			c->tall -= 10;
			continue;
		}
		c->tall = TALL;
		qsort(c->panel, (size_t)c->panels, sizeof(*c->panel),
		      by_weight);
		leave_out(c);
	}
}

static void say_left_out(const struct chart *c)
{
	if (c->left_out > 0)
		snprintf(c->f->left_out, sizeof(c->f->left_out),
			 "conditions without room: %d (%s%s)", c->left_out,
			 c->names, c->left_out > c->named ? "; ..." : "");
}

/* --- the whole ------------------------------------------------------------ */

static int draw_panels_over(struct figure *f, const struct axis *axis,
			    struct err *e)
{
	struct chart *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return err_code(e, ENOMEM, "cannot draw the figure");
	c->f = f;
	c->axis = axis;
	rc = find_panels(c, e);
	if (rc == 0) {
		find_ranges(c);
		keep_some(c);
		for (int i = 0; i < c->panels; i++) {
			figure_lines_pick(c, &c->panel[i]);
			if (!axis->one)
				figure_lines_cross(c, &c->panel[i]);
		}
		say_and_fit(c);
		say_left_out(c);
		rc = figure_lines_put(c, e);
	}
	for (int i = 0; i < PANELS_MAX; i++)
		drop(&c->panel[i]);
	free(c);
	return rc;
}

/* --- the three figures ---------------------------------------------------- */

static double x_size(const struct run_condition *k)
{
	return (double)k->size_bytes;
}

static double x_depth(const struct run_condition *k)
{
	char *end;
	double depth = strtod(k->depth, &end);

	return end != k->depth && !*end && depth > 0 ? depth : NAN;
}

static double x_pairs(const struct run_condition *k)
{
	return k->pairs;
}

static void tic_size(double x, char *buf, size_t size)
{
	size_words(x, buf, size);
}

static void tic_depth(double x, char *buf, size_t size)
{
	snprintf(buf, size, "%.0f", x);
}

int figure_throughput(struct figure *f, struct err *e)
{
	static const struct axis by_size = {
		.x = x_size,
		.parts = RUN_TELL_DEPTH | RUN_TELL_PAIRS,
		.least = 2,
		.points = 1,
		.label = "message size",
		.tic = tic_size,
		.lack = "no condition of the run has two message sizes",
	};

	return draw_panels_over(f, &by_size, e);
}

int figure_depth(struct figure *f, struct err *e)
{
	static const struct axis by_depth = {
		.x = x_depth,
		.parts = RUN_TELL_SIZE | RUN_TELL_PAIRS,
		.flat = true,
		.least = 3,
		.points = 2,
		.one = "message under way",
		.several = "messages under way",
		.label = "messages under way",
		.tic = tic_depth,
		.lack = "no condition of the run has three depths",
	};

	return draw_panels_over(f, &by_depth, e);
}

int figure_pairs(struct figure *f, struct err *e)
{
	static const struct axis by_pairs = {
		.x = x_pairs,
		.parts = RUN_TELL_SIZE | RUN_TELL_DEPTH,
		.least = 3,
		.points = 2,
		.one = "pair",
		.several = "pairs side by side",
		.label = "pairs side by side",
		.tic = tic_depth,
		.lack = "no condition of the run has three numbers of pairs",
	};

	return draw_panels_over(f, &by_pairs, e);
}
