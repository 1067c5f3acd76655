/* Pairs the twins of a run, decides as `ipcopy verdict` does, and counts. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calibrate.h"
#include "run/name.h"

/* --- twins ---------------------------------------------------------------- */

static const struct run_cell *
find(const struct run *r, const struct run_cell *like, int lag, int twin)
{
	size_t n = run_name_base(like->name);

	for (size_t i = 0; i < r->cells; i++) {
		const char *name = r->cell[i]->name;

		if (run_name_base(name) == n && !memcmp(name, like->name, n) &&
		    run_name_lag(name) == lag && run_name_twin(name) == twin)
			return r->cell[i];
	}
	return NULL;
}

/*
 * Finds the cell with which c is compared. For each lag, a cell is in one
 * comparison at most.
 */
static const struct run_cell *other_of(const struct run *r,
				       const struct run_cell *c, int lag)
{
	int twin = run_name_twin(c->name);

	if (run_name_lag(c->name) != lag || c->skipped || run_is_control(c))
		return NULL;
	if (lag)
		return find(r, c, 0, twin);
	return twin % 2 ? find(r, c, 0, twin - 1) : NULL;
}

/* --- comparisons ---------------------------------------------------------- */

static void pair_up(struct rep_verdict *v, const struct run *r, int lag)
{
	*v = (struct rep_verdict){ .run = r };
	v->comparison = calloc(r->cells + 1, sizeof(*v->comparison));
	v->broken = !v->comparison;
	for (size_t i = 0; !v->broken && i < r->cells; i++) {
		const struct run_cell *b = other_of(r, r->cell[i], lag);

		if (!b || !run_is_believed(b) || !run_is_believed(r->cell[i]))
			continue;
		v->comparison[v->comparisons++] = (struct rep_comparison){
			.family = REP_ALL, .a = r->cell[i], .b = b
		};
	}
}

enum stats_verdict calibrate_alone(const struct run *r,
				   const struct rep_comparison *c)
{
	return stats_decide(c->ratio, c->p, r->alpha, r->margin);
}

/*
 * True if the verdict is a hit. For twins "faster" and "slower" are hits, and
 * both are wrong. For slower cells only "slower" is a hit, and it is right.
 */
static bool is_hit(int lag, enum stats_verdict outcome)
{
	return outcome == STATS_SLOWER || (!lag && outcome == STATS_FASTER);
}

static void add(struct tally *t, bool hit)
{
	t->hits += hit;
	t->n++;
}

static bool note(struct count *to, const struct rep_comparison *c,
		 double seconds)
{
	size_t n = to->tally[BY_ITSELF].n;

	if (n == to->room) {
		size_t more = n ? 2 * n : 64;
		double *all = realloc(to->ratio, 3 * more * sizeof(*all));

		if (!all)
			return false;
		/*
		 * one block of memory: ratios, then generations, then seconds
		 */
		memmove(all + 2 * more, all + 2 * to->room, n * sizeof(*all));
		memmove(all + more, all + to->room, n * sizeof(*all));
		to->ratio = all;
		to->room = more;
		to->generations = all + more;
		to->seconds = all + 2 * more;
	}
	to->ratio[n] = c->ratio.value;
	to->generations[n] = (double)c->generations;
	to->seconds[n] = seconds;
	return true;
}

/*
 * The part of the run's time that two cells took, in seconds, if all cells took
 * equally long.
 */
static double seconds_of_two(const struct run *r)
{
	size_t cells = 0;

	for (size_t i = 0; i < r->cells; i++)
		cells += r->cell[i]->groups > 0;
	if (!r->samples || !cells)
		return NAN;
	return r->sample[r->samples - 1].at_ns / 1e9 * 2 / (double)cells;
}

static bool count_each(struct calibration *all, struct count *to,
		       const struct rep_verdict *v)
{
	bool any = false, ready = true;

	for (size_t i = 0; ready && i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];
		enum stats_verdict alone = calibrate_alone(v->run, c);

		ready = note(to, c, seconds_of_two(v->run));
		add(&to->tally[BY_ITSELF], is_hit(to->lag, alone));
		add(&to->tally[IN_RUN], is_hit(to->lag, c->outcome));
		to->wrong += to->lag && alone == STATS_FASTER;
		any |= is_hit(to->lag, c->outcome);
		if (all->each)
			all->each(all->arg, to->lag, v->run, c);
	}
	if (v->comparisons && !to->lag)
		add(&to->tally[RUN_FAMILY], any);
	return ready;
}

/* --- runs ----------------------------------------------------------------- */

static struct count *count_of(struct calibration *c, int lag)
{
	size_t i = 0;

	while (i < c->lags && c->count[i].lag != lag)
		i++;
	if (i == LAGS_MAX)
		return NULL;
	if (i == c->lags)
		c->count[c->lags++] = (struct count){ .lag = lag };
	return &c->count[i];
}

static bool count_lag(struct calibration *c, const struct run *r, int lag)
{
	struct count *to = count_of(c, lag);
	struct rep_verdict v;
	bool ready;

	pair_up(&v, r, lag);
	if (!v.broken)
		rep_judge(&v);
	ready = to && !v.broken && count_each(c, to, &v) &&
		(lag || calibrate_places(c, &v));
	rep_verdict_free(&v);
	return ready;
}

/* Counts each slowdown of the run once. Twins are counted first. */
static bool count_lags(struct calibration *c, const struct run *r)
{
	bool done[101] = { true };
	bool ready = count_lag(c, r, 0);

	for (size_t i = 0; ready && i < r->cells; i++) {
		int lag = run_name_lag(r->cell[i]->name);

		if (lag < 0 || lag > 100 || done[lag])
			continue;
		done[lag] = true;
		ready = count_lag(c, r, lag);
	}
	return ready;
}

int calibrate_run(struct calibration *c, const char *dir, struct err *e)
{
	struct run r;
	int rc = rep_read(&r, dir, e);

	if (rc == 0 && !count_lags(c, &r))
		rc = err_say(e, ENOMEM,
			     "%s: out of memory, or the runs have more than %d "
			     "different slowdowns",
			     dir, LAGS_MAX - 1);
	run_free(&r);
	return rc;
}

void calibrate_free(struct calibration *c)
{
	for (size_t i = 0; i < c->lags; i++)
		free(c->count[i].ratio);
	calibrate_places_free(c);
	*c = (struct calibration){ 0 };
}
