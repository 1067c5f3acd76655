/*
 * Decides from the samples so far which conditions and cells are still
 * measured.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "judge/judge.h"
#include "judge/words.h"
#include "measure/bench_inside.h"

/*
 * True if the cell can still be measured: it was not skipped, and has not
 * failed too often. A comparison stays open only if both of its cells can still
 * be measured.
 */
static bool can_go_on(const struct meas_bench *b, const struct run_cell *c)
{
	size_t i = bench_find_cell(b, c->name);

	return i < b->plan->cells && bench_cell_can_run(b, i);
}

static bool is_open(const struct meas_bench *b, const struct rep_comparison *c)
{
	return c->outcome == STATS_UNDECIDED && can_go_on(b, c->a) &&
	       can_go_on(b, c->b);
}

static bool is_of(const struct meas_bench *b, const struct rep_verdict *v,
		  const struct bench_condition *k,
		  const struct rep_comparison *c)
{
	/* b->condition begins with the verdict's conditions, in their order */
	return (size_t)(k - b->condition) == c->condition &&
	       c->condition < v->conditions;
}

static double half_width(struct stats_interval i)
{
	return i.low > 0 && i.high > 0 && isfinite(i.high)
		       ? sqrt(i.high / i.low) - 1
		       : INFINITY;
}

/*
 * True if the progress line shows the comparison `c` instead of `than`. The
 * line prefers a comparison of the family REP_CLAIM and, within a family, the
 * lower ratio.
 */
static bool is_better_race(const struct rep_comparison *c,
			   const struct rep_comparison *than)
{
	return !than || (c->family == REP_CLAIM && than->family != REP_CLAIM) ||
	       (c->family == than->family &&
		c->ratio.value < than->ratio.value);
}

static void tell_race(struct bench_condition *k, const struct rep_comparison *c)
{
	char times[32];

	k->race[0] = '\0';
	if (c && isfinite(c->ratio.value))
		snprintf(k->race, sizeof(k->race), "%s %s %s [%.3g, %.3g]",
			 c->a->label,
			 rep_times(c->ratio.value, times, sizeof(times)),
			 c->b->label, c->ratio.low, c->ratio.high);
}

/*
 * True if a cell is in a comparison that is open or not precise enough, or in
 * no comparison at all.
 */
static bool is_needed(const struct meas_bench *b, const struct rep_verdict *v,
		      const struct bench_condition *k, size_t cell)
{
	bool compared = false;

	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];

		if (!is_of(b, v, k, c) ||
		    (c->a != v->run->cell[cell] && c->b != v->run->cell[cell]))
			continue;
		compared = true;
		if (is_open(b, c) || half_width(c->ratio) > b->plan->precision)
			return true;
	}
	return !compared;
}

static void find_beaten(const struct meas_bench *b, const struct rep_verdict *v,
			struct bench_condition *k)
{
	for (size_t i = 0; i < k->cells; i++)
		k->beaten[i] = k->generations >= b->plan->generations_min &&
			       !is_needed(b, v, k, k->cell[i]);
}

/* The widest interval of a speed, for a condition without comparisons. */
static double widest_speed(const struct rep_verdict *v,
			   const struct bench_condition *k)
{
	double widest = 0;

	for (size_t i = 0; i < k->cells; i++)
		if (v->run->cell[k->cell[i]]->groups > 0)
			widest = fmax(
				widest,
				half_width(v->run->cell[k->cell[i]]->speed));
	return widest;
}

/*
 * True if the condition has cells that do extra work, from which the price of
 * this work follows. No comparison can tell when the price is known well
 * enough.
 */
static bool has_doses(const struct rep_verdict *v,
		      const struct bench_condition *k)
{
	for (size_t i = 0; i < k->cells; i++)
		if (run_is_dosed(v->run->cell[k->cell[i]]))
			return true;
	return false;
}

/*
 * Keeps the condition open. It is measured until the budget is used up or it
 * has generations_max generations.
 */
static void keep_open(struct bench_condition *k)
{
	k->open = true;
	for (size_t i = 0; i < k->cells; i++)
		k->beaten[i] = false;
}

static void look_at(const struct meas_bench *b, const struct rep_verdict *v,
		    struct bench_condition *k)
{
	const struct rep_comparison *race = NULL;
	double widest = 0;
	size_t n = 0;

	k->open = false;
	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];

		if (!is_of(b, v, k, c) || !can_go_on(b, c->a) ||
		    !can_go_on(b, c->b))
			continue;
		n++;
		k->open |= is_open(b, c);
		widest = fmax(widest, half_width(c->ratio));
		if (is_better_race(c, race))
			race = c;
	}
	k->width = n ? widest : widest_speed(v, k);
	tell_race(k, race);
	if (has_doses(v, k))
		keep_open(k);
	else
		find_beaten(b, v, k);
}

int bench_decide(struct meas_bench *b, int generation, struct err *e)
{
	struct run r;
	struct rep_verdict v;
	int rc = rep_read_until(&r, b->run.dir, generation, e);

	if (rc == 0) {
		rep_declare(&v, &r);
		rep_judge(&v);
		for (size_t k = 0; k < b->conditions && !v.broken; k++)
			look_at(b, &v, &b->condition[k]);
		if (v.broken)
			rc = err_say(e, ENOMEM, "out of memory");
		rep_verdict_free(&v);
	}
	run_free(&r);
	return rc;
}

static enum meas_stop stop_of_condition(const struct meas_bench *b,
					const struct bench_condition *k)
{
	if (k->stop != MEAS_GOES_ON)
		return k->stop;
	if (!bench_can_run(b, k))
		return MEAS_FAILED;
	if (k->generations >= b->plan->generations_max)
		return MEAS_GENERATIONS;
	if (k->generations >= b->plan->generations_min && !k->open &&
	    k->width <= b->plan->precision)
		return MEAS_DECIDED;
	return MEAS_GOES_ON;
}

int bench_end_sweep(struct meas_bench *b, struct err *e)
{
	int rc = bench_decide(b, b->generation, e);

	for (size_t k = 0; k < b->conditions; k++) {
		b->condition[k].stop = stop_of_condition(b, &b->condition[k]);
		b->condition[k].done = false;
	}
	b->sweep++;
	return rc;
}
