/*
 * Finds the prices of extra work, from cells that differ only in how much of
 * this work they do.
 */
#include "judge/why.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/name.h"

const char *const why_side_names[WHY_SIDES + 1] = {
	[WHY_SERVER] = "server",
	[WHY_CLIENT] = "client",
	[WHY_EACH] = "each",
};

const char *const why_line_names[] = {
	[WHY_STRAIGHT] = "straight",
	[WHY_STEEPER] = "steeper",
	[WHY_FLATTER] = "flatter",
	[WHY_UNTRIED] = "untried",
};

/* --- which cells belong together ------------------------------------------ */

static bool is_dose_of(const struct run_cell *c, const struct run_cell *without)
{
	size_t n = run_name_base(c->name);

	return run_is_dosed(c) && n == run_name_base(without->name) &&
	       !strncmp(c->name, without->name, n);
}

/* The dose of this kind on this side; 0 if the cell has another dose, too. */
static int dose_of(const struct run_cell *c, enum dose_kind kind,
		   enum why_side side)
{
	const int *times = c->dosed.times[kind];
	int server = times[COPY_SERVER], client = times[COPY_CLIENT];

	for (int k = 0; k < DOSE_KINDS; k++)
		if (k != (int)kind && (c->dosed.times[k][COPY_SERVER] ||
				       c->dosed.times[k][COPY_CLIENT]))
			return 0;
	if (side == WHY_SERVER)
		return client ? 0 : server;
	if (side == WHY_CLIENT)
		return server ? 0 : client;
	return server == client ? server : 0;
}

static int by_dose(const void *a, const void *b)
{
	const struct why_point *x = a, *y = b;

	return (x->dose > y->dose) - (x->dose < y->dose);
}

static bool is_point_of(const struct run_cell *c, const struct why_price *p)
{
	return c->groups > 0 && is_dose_of(c, p->cell) &&
	       dose_of(c, p->kind, p->side) > 0;
}

/* Finds all points of a price, in the order of doses. */
static void find_points(struct why *w, struct why_price *p)
{
	const struct run *r = w->v->run;
	size_t n = 1;

	for (size_t i = 0; i < r->cells; i++)
		n += is_point_of(r->cell[i], p);
	if (n == 1)
		return;
	p->point = calloc(n, sizeof(*p->point));
	w->broken = w->broken || !p->point;
	if (!p->point)
		return;
	p->point[p->points++].cell = p->cell;
	for (size_t i = 0; i < r->cells; i++)
		if (is_point_of(r->cell[i], p))
			p->point[p->points++] = (struct why_point){
				.dose = dose_of(r->cell[i], p->kind, p->side),
				.cell = r->cell[i],
			};
	qsort(p->point, p->points, sizeof(*p->point), by_dose);
}

/* --- slopes --------------------------------------------------------------- */

/*
 * The slope of the line through the points (dose, time of a byte) in one
 * generation; NaN: the generation lacks a point.
 */
static double slope(const struct why_point *p, size_t n, int generation)
{
	double *x = malloc(2 * (n + 1) * sizeof(*x)), found = NAN;
	double *y = x ? x + n : NULL;
	size_t known = 0;

	for (size_t i = 0; x && i < n; i++) {
		x[i] = p[i].dose;
		y[i] = why_time_in(p[i].cell, generation);
		known += isfinite(y[i]);
	}
	if (n > 1 && known == n)
		found = stats_fit_line(x, y, n, 0.95).slope.value;
	free(x);
	return found;
}

/* The slope for large doses minus the slope for small doses. */
static void find_bend(struct why_price *p, double level)
{
	size_t half = p->points / 2, n = p->cell->groups;
	double *d = malloc((n + 1) * sizeof(*d));

	p->line = WHY_UNTRIED;
	p->bend = (struct stats_interval){ NAN, NAN, NAN };
	if (!d || p->points < 3) {
		free(d);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int at = p->cell->group[i].number;

		d[i] = slope(&p->point[half], p->points - half, at) -
		       slope(p->point, half + 1, at);
	}
	p->bend = stats_sequence(d, n, level);
	free(d);
	if (p->bend.low > 0)
		p->line = WHY_STEEPER;
	else if (p->bend.high < 0)
		p->line = WHY_FLATTER;
	else if (isfinite(p->bend.low) && isfinite(p->bend.high))
		p->line = WHY_STRAIGHT;
}

static void measure_price(struct why *w, struct why_price *p)
{
	size_t n = p->cell->groups;
	double level = w->v->run->level;

	p->slope = malloc((n + 1) * sizeof(*p->slope));
	w->broken = w->broken || !p->slope;
	for (size_t i = 0; p->slope && i < n; i++) {
		p->slope[i] =
			slope(p->point, p->points, p->cell->group[i].number);
		p->generations += isfinite(p->slope[i]);
	}
	p->price = p->slope ? stats_sequence(p->slope, n, level)
			    : (struct stats_interval){ NAN, NAN, NAN };
	for (size_t i = 0; i < p->points; i++)
		p->point[i].ns = why_time(p->point[i].cell, level);
	find_bend(p, level);
}

static void free_price(struct why_price *p)
{
	free(p->point);
	free(p->slope);
}

/* Measures the price and appends it to the list, or frees it. */
static void add_price(struct why *w, struct why_price *p)
{
	struct why_price *more =
		realloc(w->price, (w->prices + 1) * sizeof(*more));

	w->broken = w->broken || !more;
	if (!more) {
		free_price(p);
		return;
	}
	w->price = more;
	w->price[w->prices] = *p;
	measure_price(w, &w->price[w->prices]);
	/* without a generation that has all doses there is no price */
	if (w->price[w->prices].generations > 0)
		w->prices++;
	else
		free_price(&w->price[w->prices]);
}

static void price_cell(struct why *w, const struct run_cell *c,
		       size_t condition)
{
	size_t first = w->prices;

	for (int k = 0; k < DOSE_KINDS; k++)
		for (int s = 0; s < WHY_SIDES; s++) {
			struct why_price p = { .cell = c,
					       .condition = condition,
					       .kind = (enum dose_kind)k,
					       .side = (enum why_side)s };

			find_points(w, &p);
			if (p.points > 1)
				add_price(w, &p);
		}
	if (w->prices > first)
		why_add_cell(w, c, first);
}

/*
 * True if `condition` is the first in which the cell takes part. A cell without
 * a depth or a wait may take part in several.
 */
static bool is_first_of(const struct rep_verdict *v, const struct run_cell *c,
			size_t condition)
{
	for (size_t k = 0; k < condition; k++)
		if (run_takes_part(c, &v->condition[k]))
			return false;
	return run_takes_part(c, &v->condition[condition]);
}

static bool can_have_price(const struct run_cell *c)
{
	return rep_can_take_part(c) && c->groups > 0 &&
	       !run_is_pingpong(&c->at);
}

bool why_has_parts(const struct why *w, const struct run_cell *cell,
		   size_t condition)
{
	bool has = false;

	if (!can_have_price(cell) || !is_first_of(w->v, cell, condition))
		return false;
	for (size_t i = 0; i < w->cells; i++)
		has |= w->cell[i].cell == cell;
	return has || why_parts(w, cell).left == WHY_PREDICTED;
}

void why_find(struct why *w, const struct rep_verdict *v)
{
	const struct run *r = v->run;

	*w = (struct why){ .v = v };
	for (size_t k = 0; run_has_doses(r) && k < v->conditions; k++)
		for (size_t i = 0; i < r->cells; i++)
			if (can_have_price(r->cell[i]) &&
			    is_first_of(v, r->cell[i], k))
				price_cell(w, r->cell[i], k);
	why_find_leads(w);
	why_find_rates(w);
}

void why_free(struct why *w)
{
	for (size_t i = 0; i < w->prices; i++)
		free_price(&w->price[i]);
	free(w->price);
	free(w->cell);
	free(w->lead);
	free(w->rate);
	json_decref(w->given);
	*w = (struct why){ 0 };
}
