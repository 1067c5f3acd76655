/* Compares two runs, cell by cell. */
#include "judge/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/gate.h"

/* --- which cells belong together ------------------------------------------ */

enum likeness { BY_NAME, BY_CONDITION, BY_ALL_BUT_DEPTH, LIKENESSES };

/*
 * True if two cells of different runs correspond. BY_NAME: their names are the
 * same. BY_CONDITION: their labels and their conditions are the same.
 * BY_ALL_BUT_DEPTH: as BY_CONDITION, but the depths may differ.
 */
static bool cells_alike(const struct run_cell *a, const struct run_cell *b,
			enum likeness how)
{
	if (how == BY_NAME)
		return !strcmp(a->name, b->name);
	return !strcmp(a->label, b->label) && run_same_place(&a->at, &b->at) &&
	       !strcmp(a->at.wait, b->at.wait) &&
	       (how == BY_ALL_BUT_DEPTH || !strcmp(a->at.depth, b->at.depth));
}

struct matching {
	const struct run *a, *b;
	size_t *of_a, *of_b; /* the number of the partner, from 1; 0: none */
};

/*
 * The number, from 1, of the only cell of `r` that has no partner yet and
 * corresponds to c. 0: there is no such cell, or there are several.
 */
static size_t only_match(const struct run *r, const size_t *taken,
			 const struct run_cell *c, enum likeness how)
{
	size_t found = 0;

	for (size_t i = 0; i < r->cells; i++) {
		if (taken[i] || !cells_alike(c, r->cell[i], how))
			continue;
		if (found)
			return 0;
		found = i + 1;
	}
	return found;
}

static void match(struct matching *m, enum likeness how)
{
	for (size_t i = 0; i < m->a->cells; i++) {
		const struct run_cell *c = m->a->cell[i];
		size_t other;

		if (m->of_a[i])
			continue;
		other = only_match(m->b, m->of_b, c, how);
		/* c must also be the only match for the other cell */
		if (!other || only_match(m->a, m->of_a, m->b->cell[other - 1],
					 how) != i + 1)
			continue;
		m->of_a[i] = other;
		m->of_b[other - 1] = i + 1;
	}
}

/* --- one pair ------------------------------------------------------------- */

static size_t speeds(const struct run_cell *c, double *to)
{
	for (size_t i = 0; i < c->groups; i++)
		to[i] = c->group[i].value[RUN_SPEED];
	return c->groups;
}

/*
 * Each run is resampled by itself, since its generations have no partners in
 * the other run.
 */
struct resamplers {
	struct stats_resampler *a, *b;
};

static void measure_pairing(struct rep_pairing *p, const struct rep_compare *c,
			    struct resamplers *d)
{
	double *x = malloc((p->a->groups + 1) * sizeof(*x));
	double *y = malloc((p->b->groups + 1) * sizeof(*y));

	p->ratio = (struct stats_interval){ NAN, NAN, NAN };
	p->p = p->cliff = NAN;
	if (x && y) {
		size_t n = speeds(p->a, x), m = speeds(p->b, y);

		p->ratio = stats_ratio_resampled(
			(struct stats_resampled){ y, m,
						  stats_resamples_of(d->b, m) },
			(struct stats_resampled){ x, n,
						  stats_resamples_of(d->a, n) },
			c->a->level);
		p->p = stats_mann_whitney(y, m, x, n);
		p->cliff = stats_cliff(y, m, x, n);
	}
	free(x);
	free(y);
}

static void measure_all(struct rep_compare *c, double *p)
{
	struct resamplers d = { stats_resampler_new(c->a->seed),
				stats_resampler_new(c->a->seed + 1) };

	for (size_t i = 0; i < c->pairs; i++) {
		measure_pairing(&c->pair[i], c, &d);
		p[i] = c->pair[i].p;
	}
	stats_resampler_free(d.a);
	stats_resampler_free(d.b);
}

static void decide_pairings(struct rep_compare *c)
{
	double *p = malloc((c->pairs + 1) * sizeof(*p));
	double *adjusted = malloc((c->pairs + 1) * sizeof(*adjusted));

	c->broken = c->broken || !p || !adjusted;
	if (!c->broken) {
		measure_all(c, p);
		stats_holm(p, c->pairs, adjusted);
	}
	for (size_t i = 0; !c->broken && i < c->pairs; i++) {
		struct rep_pairing *q = &c->pair[i];

		q->p_holm = adjusted[i];
		q->outcome = stats_decide(q->ratio, q->p_holm, c->a->alpha,
					  c->a->margin);
		rep_gate_pair(c, q);
	}
	free(p);
	free(adjusted);
}

/* --- all of them ---------------------------------------------------------- */

static void gather_pairings(struct rep_compare *c, const struct matching *m)
{
	for (size_t i = 0; i < c->a->cells; i++) {
		const struct run_cell *a = c->a->cell[i];

		if (m->of_a[i])
			c->pair[c->pairs++] = (struct rep_pairing){
				.a = a, .b = c->b->cell[m->of_a[i] - 1]
			};
		else
			c->only_a[c->in_a++] = a;
	}
	for (size_t i = 0; i < c->b->cells; i++)
		if (!m->of_b[i])
			c->only_b[c->in_b++] = c->b->cell[i];
}

void rep_compare_cells(struct rep_compare *c)
{
	size_t n = c->a->cells + 1, k = c->b->cells + 1;
	struct matching m = { c->a, c->b, calloc(n, sizeof(size_t)),
			      calloc(k, sizeof(size_t)) };

	c->pair = calloc(n, sizeof(*c->pair));
	c->only_a = calloc(n, sizeof(const struct run_cell *));
	c->only_b = calloc(k, sizeof(const struct run_cell *));
	c->broken = c->broken || !m.of_a || !m.of_b || !c->pair || !c->only_a ||
		    !c->only_b;
	for (int how = 0; !c->broken && how < LIKENESSES; how++)
		match(&m, (enum likeness)how);
	if (!c->broken)
		gather_pairings(c, &m);
	free(m.of_a);
	free(m.of_b);
	decide_pairings(c);
}

size_t rep_count_outcome(const struct rep_compare *c,
			 enum stats_verdict outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < c->pairs; i++)
		n += c->pair[i].outcome == outcome;
	return n;
}
