/* Twins of a run: paired, decided as `ipcopy verdict` decides, counted. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calibrate.h"
#include "run/name.h"

/* --- which cell is whose twin --------------------------------------------- */

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

/* Twins two by two, so that no cell is in two comparisons of its kind. */
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

/* Of twins either is wrong; of what was slowed down one is right. */
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
		/* one block: ratios, then rounds, then seconds */
		memmove(all + 2 * more, all + 2 * to->room, n * sizeof(*all));
		memmove(all + more, all + to->room, n * sizeof(*all));
		to->ratio = all;
		to->room = more;
		to->rounds = all + more;
		to->seconds = all + 2 * more;
	}
	to->ratio[n] = c->ratio.value;
	to->rounds[n] = (double)c->rounds;
	to->seconds[n] = seconds;
	return true;
}

/* What two of a run's cells had of its time. */
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

/* --- smaller families ----------------------------------------------------- */

static bool same_block(const struct run_cell *a, const struct run_cell *b)
{
	return !strcmp(a->at.workload, b->at.workload) &&
	       !strcmp(a->at.place, b->at.place) &&
	       a->at.size_bytes == b->at.size_bytes;
}

/* The comparisons of the i-th's block, unless an earlier one has had them. */
static size_t block_of(const struct rep_verdict *v, size_t i,
		       struct rep_comparison *block)
{
	const struct run_cell *like = v->comparison[i].a;
	size_t n = 0;

	for (size_t j = 0; j < v->comparisons; j++) {
		if (!same_block(v->comparison[j].a, like))
			continue;
		if (j < i)
			return 0;
		block[n++] = v->comparison[j];
	}
	return n;
}

/* The block of the i-th comparison, judged by itself. */
static bool count_block(struct count *to, const struct rep_verdict *v, size_t i)
{
	struct rep_verdict one = { .run = v->run };
	bool any = false, broken;

	one.comparison = malloc((v->comparisons + 1) * sizeof(*one.comparison));
	one.broken = !one.comparison;
	if (one.comparison)
		one.comparisons = block_of(v, i, one.comparison);
	if (one.comparisons) {
		rep_judge(&one);
		for (size_t j = 0; j < one.comparisons; j++)
			any |= is_hit(0, one.comparison[j].outcome);
		add(&to->tally[BLOCK_FAMILY], any);
	}
	broken = one.broken;
	rep_verdict_free(&one);
	return !broken;
}

static bool count_blocks(struct count *to, const struct rep_verdict *v)
{
	bool broken = false;

	for (size_t i = 0; !broken && i < v->comparisons; i++)
		broken = !count_block(to, v, i);
	return !broken;
}

/* --- families of no difference at all ------------------------------------ */

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

struct swapping {
	double *x, *y, *p, *adjusted;
	struct stats_drawer *drawer;
	uint64_t state;
};

static size_t swap_pair(struct swapping *s, const struct rep_comparison *c)
{
	size_t n = rep_pair(c->a, c->b, s->x, s->y);

	for (size_t i = 0; i < n; i++) {
		double x = s->x[i];

		if (next_random(&s->state) >> 63)
			continue;
		s->x[i] = s->y[i];
		s->y[i] = x;
	}
	return n;
}

/* An interval is looked at only where p alone would decide. */
static bool any_decided(const struct rep_verdict *v, struct swapping *s)
{
	uint64_t begin = s->state;
	bool any = false;

	for (size_t i = 0; i < v->comparisons; i++) {
		size_t n = swap_pair(s, &v->comparison[i]);

		s->p[i] = stats_permutation_paired(s->x, s->y, n);
	}
	stats_holm(s->p, v->comparisons, s->adjusted);
	s->state = begin;
	for (size_t i = 0; i < v->comparisons; i++) {
		size_t n = swap_pair(s, &v->comparison[i]);
		struct stats_interval ratio;

		if (!(s->adjusted[i] < v->run->alpha))
			continue;
		ratio = stats_ratio_of_rounds(s->x, s->y, n,
					      stats_drawn(s->drawer, n),
					      v->run->level);
		any |= is_hit(0, stats_decide(ratio, s->adjusted[i],
					      v->run->alpha, v->run->margin));
	}
	return any;
}

static bool count_swapped(const struct calibration *all, struct count *to,
			  const struct rep_verdict *v)
{
	struct swapping s = { .state = all->seed ^ v->run->seed };
	size_t most = 1;

	for (size_t i = 0; i < v->comparisons; i++)
		if (v->comparison[i].a->groups > most)
			most = v->comparison[i].a->groups;
	s.x = malloc(2 * (most + v->comparisons + 1) * sizeof(*s.x));
	s.drawer = stats_drawer_new(v->run->seed);
	if (!s.x || !s.drawer) {
		free(s.x);
		stats_drawer_free(s.drawer);
		return false;
	}
	s.y = s.x + most;
	s.p = s.y + most;
	s.adjusted = s.p + v->comparisons + 1;
	for (size_t i = 0; v->comparisons && i < all->swaps; i++)
		add(&to->tally[SWAPPED_FAMILY], any_decided(v, &s));
	stats_drawer_free(s.drawer);
	free(s.x);
	return true;
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
	ready = to && !v.broken && count_each(c, to, &v);
	if (ready && !lag)
		ready = count_blocks(to, &v) && count_swapped(c, to, &v);
	rep_verdict_free(&v);
	return ready;
}

/* Each slowdown that the run has, once; twins first. */
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
		rc = err_say(e, ENOMEM, "%s: no memory left", dir);
	run_free(&r);
	return rc;
}

void calibrate_free(struct calibration *c)
{
	for (size_t i = 0; i < c->lags; i++)
		free(c->count[i].ratio);
	*c = (struct calibration){ 0 };
}
