/*
 * Finds the times of one cell, whether its sides take turns, which side is
 * slower by the cell's prices, and the price of work that both sides share.
 */
#include <math.h>
#include <stdlib.h>

#include "judge/why.h"

const char *const why_slower_names[] = {
	[WHY_SAME_CPU] = "same cpu",
	[WHY_SLOW_SERVER] = "server",
	[WHY_SLOW_CLIENT] = "client",
	[WHY_OPEN] = "undecided",
};

/* --- times ---------------------------------------------------------------- */

static double ns_of_byte(const struct run_group *g)
{
	return 1e9 / g->value[RUN_SPEED];
}

double why_time_in(const struct run_cell *c, int generation)
{
	for (size_t i = 0; i < c->groups; i++)
		if (c->group[i].number == generation)
			return ns_of_byte(&c->group[i]);
	return NAN;
}

struct stats_interval why_time(const struct run_cell *c, double level)
{
	struct stats_interval none = { NAN, NAN, NAN };
	double *ns = malloc((c->groups + 1) * sizeof(*ns));

	for (size_t i = 0; ns && i < c->groups; i++)
		ns[i] = ns_of_byte(&c->group[i]);
	if (ns)
		none = stats_sequence(ns, c->groups, level);
	free(ns);
	return none;
}

/* --- switches ------------------------------------------------------------- */

bool why_takes_turns(const struct run_cell *c)
{
	return run_is_place(&c->at, RUN_SAME) || c->middle[RUN_SWITCHES] >= 1;
}

/*
 * These calls cannot be counted: while calls are counted, the sides wait more.
 */
double why_calls_of_switch(const struct run_cell *c)
{
	return c->calls_per_message > c->steady_calls + 0.005 ? 2 : 0;
}

/* --- prices --------------------------------------------------------------- */

static const struct why_cell *find_priced(const struct why *w,
					  const struct run_cell *cell)
{
	for (size_t i = 0; i < w->cells; i++)
		if (w->cell[i].cell == cell)
			return &w->cell[i];
	return NULL;
}

const struct why_price *why_price(const struct why *w,
				  const struct run_cell *cell,
				  enum dose_kind kind, enum why_side side)
{
	const struct why_cell *c = find_priced(w, cell);

	for (size_t i = 0; c && i < c->prices; i++) {
		const struct why_price *p = &w->price[c->first + i];

		if (p->kind == kind && p->side == side)
			return p;
	}
	return NULL;
}

struct stats_interval why_price_of_message(const struct why_price *p)
{
	double n = (double)p->cell->at.size_bytes;

	return (struct stats_interval){ p->price.value * n, p->price.low * n,
					p->price.high * n };
}

/* --- the slower side ------------------------------------------------------ */

static bool is_tried(const struct why *w, const struct run_cell *cell,
		     enum dose_kind kind)
{
	return why_price(w, cell, kind, WHY_SERVER) &&
	       why_price(w, cell, kind, WHY_CLIENT);
}

/*
 * The slower side by one kind of dose: the side on which the dose costs more.
 */
static enum why_slower slower_by(const struct why *w,
				 const struct run_cell *cell,
				 enum dose_kind kind, double level)
{
	const struct why_price *s = why_price(w, cell, kind, WHY_SERVER);
	const struct why_price *c = why_price(w, cell, kind, WHY_CLIENT);
	struct stats_interval more = { NAN, NAN, NAN };
	double *d = malloc((cell->groups + 1) * sizeof(*d));

	for (size_t i = 0; d && i < cell->groups; i++)
		d[i] = s->slope[i] - c->slope[i];
	if (d)
		more = stats_sequence(d, cell->groups, level);
	free(d);
	if (more.low > 0 && s->price.low > 0)
		return WHY_SLOW_SERVER;
	return more.high < 0 && c->price.low > 0 ? WHY_SLOW_CLIENT : WHY_OPEN;
}

/*
 * The level for each kind of dose that is tried. With it, the intervals of all
 * these kinds together have the level of the run (Bonferroni).
 */
static double level_of_each(const struct why *w, const struct run_cell *cell)
{
	int tried = 0;

	for (int k = 0; k < DOSE_KINDS; k++)
		tried += is_tried(w, cell, (enum dose_kind)k);
	return 1 - (1 - w->v->run->level) / (tried ? tried : 1);
}

/* The slower side by all kinds of dose that each side has had alone. */
static enum why_slower find_slower(const struct why *w,
				   const struct run_cell *cell)
{
	double level = level_of_each(w, cell);
	bool shown[WHY_OPEN + 1] = { false };

	if (run_is_place(&cell->at, RUN_SAME))
		return WHY_SAME_CPU;
	for (int k = 0; k < DOSE_KINDS; k++)
		if (is_tried(w, cell, (enum dose_kind)k))
			shown[slower_by(w, cell, (enum dose_kind)k, level)] =
				true;
	if (shown[WHY_SLOW_SERVER] == shown[WHY_SLOW_CLIENT])
		return WHY_OPEN;
	return shown[WHY_SLOW_SERVER] ? WHY_SLOW_SERVER : WHY_SLOW_CLIENT;
}

enum why_slower why_slower(const struct why *w, const struct run_cell *cell)
{
	const struct why_cell *c = find_priced(w, cell);

	return c ? c->slower : WHY_OPEN;
}

/* --- shared work ---------------------------------------------------------- */

double why_shared_price_in(const struct why *w, const struct run_cell *cell,
			   enum dose_kind kind, size_t group)
{
	const struct why_price *s = why_price(w, cell, kind, WHY_SERVER);
	const struct why_price *c = why_price(w, cell, kind, WHY_CLIENT);
	const struct why_price *each = why_price(w, cell, kind, WHY_EACH);

	if (s && c)
		return (s->slope[group] + c->slope[group]) / 2;
	/* one dose for each side is two pieces of work */
	if (each)
		return each->slope[group] / 2;
	/* on one CPU it does not matter which side does the work */
	if (!run_is_place(&cell->at, RUN_SAME) || (!s && !c))
		return NAN;
	return s ? s->slope[group] : c->slope[group];
}

/*
 * True if a dose of this work is shown to make a byte take longer, on any side.
 */
static bool is_shown(const struct why *w, const struct run_cell *cell,
		     enum dose_kind kind)
{
	for (int s = 0; s < WHY_SIDES; s++) {
		const struct why_price *p =
			why_price(w, cell, kind, (enum why_side)s);

		if (p && p->price.low > 0)
			return true;
	}
	return false;
}

/*
 * The median of why_shared_price_in over all groups. why.h says when it is NaN.
 */
static double shared_price(const struct why *w, const struct run_cell *cell,
			   enum dose_kind kind)
{
	double *d, price = NAN;
	size_t n = 0;

	if (!is_shown(w, cell, kind))
		return NAN;
	d = malloc((cell->groups + 1) * sizeof(*d));
	for (size_t i = 0; d && i < cell->groups; i++) {
		d[n] = why_shared_price_in(w, cell, kind, i);
		n += isfinite(d[n]);
	}
	if (d && n)
		price = stats_median(d, n);
	free(d);
	/* not a price, if one side gains more than the other side loses */
	return price > 0 ? price : NAN;
}

double why_shared_price(const struct why *w, const struct run_cell *cell,
			enum dose_kind kind)
{
	const struct why_cell *c = find_priced(w, cell);

	return c ? c->shared[kind] : NAN;
}

void why_add_cell(struct why *w, const struct run_cell *cell, size_t first)
{
	struct why_cell *c = realloc(w->cell, (w->cells + 1) * sizeof(*c));

	w->broken = w->broken || !c;
	if (!c)
		return;
	w->cell = c;
	c = &w->cell[w->cells++];
	*c = (struct why_cell){ .cell = cell,
				.first = first,
				.prices = w->prices - first };
	c->slower = find_slower(w, cell);
	for (int k = 0; k < DOSE_KINDS; k++)
		c->shared[k] = shared_price(w, cell, (enum dose_kind)k);
}

/* -------------------------------------------------------------------------- */

double why_copies(const struct run_cell *c)
{
	return isnan(c->copies_counted) ? c->copies_predicted
					: c->copies_counted;
}
