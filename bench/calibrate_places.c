/*
 * Finds whether a place favours a cell. Twins do the same work. So their speeds
 * must not show which twin was set up earlier or had the earlier turn.
 */
#include <math.h>
#include <stdlib.h>

#include "calibrate.h"
#include "measure/plan.h"

#define PLACES    MEAS_CELLS_TOGETHER
#define PAIR_SEEN 20 /* a pair of positions with fewer values proves nothing */

struct values {
	double *d; /* logarithms of ratios, each of two twins in a generation */
	size_t n, room;
};

struct places {
	struct values rule[PLACE_RULES];
	/* ratios: the speed at the earlier position / at the later position */
	struct values pair[PLACES][PLACES];
};

static bool put(struct values *v, double d)
{
	if (!isfinite(d))
		return true;
	if (v->n == v->room) {
		size_t more = v->room ? 2 * v->room : 64;
		double *larger = realloc(v->d, more * sizeof(*larger));

		if (!larger)
			return false;
		v->d = larger;
		v->room = more;
	}
	v->d[v->n++] = d;
	return true;
}

/* --- a generation of two twins -------------------------------------------- */

static const struct run_sample *sample_of(const struct run_cell *c,
					  const struct run_group *g, size_t i)
{
	return c->sample[g->first + i];
}

static int position_of(const struct run_cell *c, const struct run_group *g)
{
	return g->all ? sample_of(c, g, 0)->position : 0;
}

static const struct run_sample *in_round(const struct run_cell *c,
					 const struct run_group *g, int round)
{
	for (size_t i = 0; i < g->all; i++) {
		const struct run_sample *s = sample_of(c, g, i);

		if (s->ok && s->timed && s->round == round)
			return s;
	}
	return NULL;
}

/*
 * The median, over the rounds, of the logarithm of a ratio: the speed of the
 * twin with the earlier turn, divided by that of the other twin.
 */
static double by_turn(const struct run_cell *a, const struct run_group *in_a,
		      const struct run_cell *b, const struct run_group *in_b)
{
	double d[RUN_ROUNDS_MOST];
	size_t n = 0;

	for (int round = 1; round <= RUN_ROUNDS_MOST; round++) {
		const struct run_sample *x = in_round(a, in_a, round);
		const struct run_sample *y = in_round(b, in_b, round);
		double ratio;

		if (!x && !y)
			break;
		if (!x || !y || !x->turn || !y->turn)
			continue;
		ratio = log(x->value[RUN_SPEED] / y->value[RUN_SPEED]);
		d[n++] = x->turn < y->turn ? ratio : -ratio;
	}
	return n ? stats_median(d, n) : NAN;
}

static bool note_positions(struct places *p, double earlier_over_later,
			   int earlier, int later, int last)
{
	bool ready = put(&p->rule[PLACE_EARLIER], earlier_over_later) &&
		     put(&p->pair[earlier - 1][later - 1], earlier_over_later);

	if (ready && earlier == 1)
		ready = put(&p->rule[PLACE_FIRST], earlier_over_later);
	if (ready && later == last)
		ready = put(&p->rule[PLACE_LAST], -earlier_over_later);
	return ready;
}

static bool note_generation(struct places *p, const int *last,
			    const struct run_cell *a,
			    const struct run_group *in_a,
			    const struct run_cell *b,
			    const struct run_group *in_b)
{
	double d = log(in_a->value[RUN_SPEED] / in_b->value[RUN_SPEED]);
	int x = position_of(a, in_a), y = position_of(b, in_b);

	if (!put(&p->rule[PLACE_TURN], by_turn(a, in_a, b, in_b)))
		return false;
	if (x < 1 || y < 1 || x > PLACES || y > PLACES || x == y)
		return true;
	return x < y ? note_positions(p, d, x, y, last[in_a->number])
		     : note_positions(p, -d, y, x, last[in_a->number]);
}

static bool note_twins(struct places *p, const int *last,
		       const struct run_cell *a, const struct run_cell *b)
{
	bool ready = true;

	for (size_t i = 0, j = 0; ready && i < a->groups && j < b->groups;) {
		int at = a->group[i].number, other = b->group[j].number;

		if (at == other)
			ready = note_generation(p, last, a, &a->group[i], b,
						&b->group[j]);
		i += at <= other;
		j += other <= at;
	}
	return ready;
}

/* The last position in each generation, from 1. The caller frees the list. */
static int *last_positions(const struct run *r)
{
	int most = 0, *last;

	for (size_t i = 0; i < r->samples; i++)
		if (r->sample[i].generation > most)
			most = r->sample[i].generation;
	last = calloc((size_t)most + 1, sizeof(*last));
	for (size_t i = 0; last && i < r->samples; i++) {
		const struct run_sample *s = &r->sample[i];

		if (s->position > last[s->generation])
			last[s->generation] = s->position;
	}
	return last;
}

bool calibrate_places(struct calibration *c, const struct rep_verdict *twins)
{
	int *last = last_positions(twins->run);
	bool ready = last != NULL;

	if (!c->places)
		c->places = calloc(1, sizeof(*c->places));
	ready = ready && c->places;
	for (size_t i = 0; ready && i < twins->comparisons; i++)
		ready = note_twins(c->places, last, twins->comparison[i].a,
				   twins->comparison[i].b);
	free(last);
	return ready;
}

/* --- the results ---------------------------------------------------------- */

static struct stats_interval effect(const struct values *v)
{
	struct stats_interval i = stats_sequence(v->d, v->n, 0.95);

	return (struct stats_interval){ .value = expm1(i.value),
					.low = expm1(i.low),
					.high = expm1(i.high) };
}

bool calibrate_place(const struct calibration *c, enum place_rule rule,
		     struct stats_interval *e, size_t *n)
{
	if (!c->places || !c->places->rule[rule].n)
		return false;
	*e = effect(&c->places->rule[rule]);
	*n = c->places->rule[rule].n;
	return true;
}

bool calibrate_worst_pair(const struct calibration *c, struct place_pair *worst)
{
	*worst = (struct place_pair){ 0 };
	for (int i = 0; c->places && i < PLACES; i++)
		for (int j = i + 1; j < PLACES; j++) {
			const struct values *v = &c->places->pair[i][j];
			struct stats_interval e;

			if (v->n < PAIR_SEEN)
				continue;
			worst->pairs++;
			e = effect(v);
			worst->beyond +=
				e.low > PLACE_MOST || e.high < -PLACE_MOST;
			if (fabs(e.value) < fabs(worst->effect.value))
				continue;
			worst->effect = e;
			worst->earlier = i + 1;
			worst->later = j + 1;
			worst->n = v->n;
		}
	return worst->pairs > 0;
}

void calibrate_places_free(struct calibration *c)
{
	for (int i = 0; c->places && i < PLACE_RULES; i++)
		free(c->places->rule[i].d);
	for (int i = 0; c->places && i < PLACES; i++)
		for (int j = 0; j < PLACES; j++)
			free(c->places->pair[i][j].d);
	free(c->places);
	c->places = NULL;
}
