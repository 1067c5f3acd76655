/* What a run decides: comparisons by round, families, and the map. */
#include "judge/judge.h"

#include <math.h>
#include <stdlib.h>

static size_t most_rounds(const struct run *r)
{
	size_t most = 1;

	for (size_t i = 0; i < r->cells; i++)
		if (r->cell[i]->groups > most)
			most = r->cell[i]->groups;
	return most;
}

/* --- drawings ------------------------------------------------------------ */

/* Room for the speeds of two cells, and the rounds drawn for so many. */
struct desk {
	double *x, *y;
	struct stats_drawer *drawer;
};

static bool desk_init(struct desk *d, const struct run *r)
{
	size_t most = most_rounds(r);

	d->x = malloc(most * sizeof(*d->x));
	d->y = malloc(most * sizeof(*d->y));
	d->drawer = stats_drawer_new(r->seed);
	return d->x && d->y && d->drawer;
}

static void desk_free(struct desk *d)
{
	stats_drawer_free(d->drawer);
	free(d->x);
	free(d->y);
}

/* The ratio of the n speeds that lie on the desk. */
static struct stats_interval ratio_of(struct desk *d, size_t n,
				      const struct run *r)
{
	return stats_ratio_of_rounds(d->x, d->y, n, stats_drawn(d->drawer, n),
				     r->level);
}

/* --- one comparison ------------------------------------------------------- */

size_t rep_pair(const struct run_cell *a, const struct run_cell *b, double *x,
		double *y)
{
	size_t n = 0, i = 0, j = 0;

	while (i < a->groups && j < b->groups) {
		int at = a->group[i].number, other = b->group[j].number;

		if (at == other) {
			x[n] = a->group[i].value[RUN_SPEED];
			y[n++] = b->group[j].value[RUN_SPEED];
		}
		i += at <= other;
		j += other <= at;
	}
	return n;
}

static void measure(struct rep_comparison *c, const struct run *r,
		    struct desk *d)
{
	size_t n = 0;

	if (run_is_believed(c->a) && run_is_believed(c->b))
		n = rep_pair(c->a, c->b, d->x, d->y);
	c->rounds = n;
	c->ratio = ratio_of(d, n, r);
	c->p = stats_permutation_paired(d->x, d->y, n);
	c->cliff = stats_cliff(d->x, n, d->y, n);
}

/* --- families ------------------------------------------------------------- */

/* Comparisons that could not be made have no p and do not count. */
static void adjust(struct rep_verdict *v, enum rep_family family, double *p,
		   double *adjusted)
{
	size_t n = 0;

	for (size_t i = 0; i < v->comparisons; i++)
		if (v->comparison[i].family == family)
			p[n++] = v->comparison[i].p;
	stats_holm(p, n, adjusted);
	n = 0;
	for (size_t i = 0; i < v->comparisons; i++) {
		struct rep_comparison *c = &v->comparison[i];

		if (c->family != family)
			continue;
		c->p_holm = adjusted[n++];
		c->outcome = stats_decide(c->ratio, c->p_holm, v->run->alpha,
					  v->run->margin);
	}
}

static void decide(struct rep_verdict *v, struct desk *d)
{
	double *p = malloc((v->comparisons + 1) * sizeof(*p));
	double *adjusted = malloc((v->comparisons + 1) * sizeof(*adjusted));

	v->broken = v->broken || !p || !adjusted;
	for (size_t i = 0; !v->broken && i < v->comparisons; i++)
		measure(&v->comparison[i], v->run, d);
	for (int f = 0; !v->broken && f < REP_FAMILIES; f++)
		adjust(v, (enum rep_family)f, p, adjusted);
	free(p);
	free(adjusted);
}

/* --- the map -------------------------------------------------------------- */

struct rivals {
	const struct run_cell **cell;
	size_t n;
	double *p, *adjusted; /* room for their sums */
	struct desk *desk;
};

static void gather(struct rivals *s, const struct run *r,
		   const struct run_condition *k)
{
	s->n = 0;
	for (size_t i = 0; i < r->cells; i++)
		if (run_is_believed(r->cell[i]) &&
		    run_takes_part(r->cell[i], k))
			s->cell[s->n++] = r->cell[i];
}

static const struct run_cell *fastest(const struct rivals *s, int ring)
{
	const struct run_cell *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		if (ring >= 0 && run_is_ring(s->cell[i]) != ring)
			continue;
		if (!best || s->cell[i]->speed.value > best->speed.value)
			best = s->cell[i];
	}
	return best;
}

/* No drawing is needed where every round of a beats every round of b. */
static bool is_apart(const double *x, const double *y, size_t n, double margin)
{
	double least = INFINITY, most = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		least = fmin(least, x[i]);
		most = fmax(most, y[i]);
	}
	return n >= 6 && least > most * (1 + margin);
}

static bool is_beaten(const struct rivals *s, const struct run *r,
		      const struct run_cell *a, const struct run_cell *b,
		      double p)
{
	struct desk *d = s->desk;
	size_t n = rep_pair(a, b, d->x, d->y);

	if (is_apart(d->x, d->y, n, r->margin))
		return p < r->alpha;
	return stats_decide(ratio_of(d, n, r), p, r->alpha, r->margin) ==
	       STATS_FASTER;
}

/* All that the fastest is not shown to beat, the fastest in front. */
static void find_best(struct rep_verdict *v, struct rep_spot *spot,
		      struct rivals *s)
{
	const struct run_cell *first = fastest(s, -1);

	spot->best = malloc((s->n + 1) * sizeof(const struct run_cell *));
	v->broken = v->broken || !spot->best;
	if (v->broken || !first)
		return;
	for (size_t i = 0; i < s->n; i++) {
		size_t n = rep_pair(first, s->cell[i], s->desk->x, s->desk->y);

		s->p[i] = s->cell[i] == first
				  ? NAN
				  : stats_permutation_paired(s->desk->x,
							     s->desk->y, n);
	}
	stats_holm(s->p, s->n, s->adjusted);
	spot->best[spot->bests++] = first;
	for (size_t i = 0; i < s->n; i++)
		if (s->cell[i] != first &&
		    !is_beaten(s, v->run, first, s->cell[i], s->adjusted[i]))
			spot->best[spot->bests++] = s->cell[i];
}

static void fill_spot(struct rep_verdict *v, struct rep_spot *spot,
		      struct rivals *s)
{
	const struct run *r = v->run;
	struct desk *d = s->desk;
	size_t n = 0;

	gather(s, r, &v->condition[spot->condition]);
	spot->measured = s->n;
	find_best(v, spot, s);
	spot->ring = fastest(s, 1);
	spot->other = fastest(s, 0);
	if (spot->ring && spot->other)
		n = rep_pair(spot->ring, spot->other, d->x, d->y);
	spot->ratio = ratio_of(d, n, r);
	spot->outcome = stats_decide(spot->ratio,
				     stats_permutation_paired(d->x, d->y, n),
				     r->alpha, r->margin);
}

static void draw_map(struct rep_verdict *v, struct desk *d)
{
	size_t n = v->run->cells + 1;
	struct rivals s = {
		.cell = malloc(n * sizeof(const struct run_cell *)),
		.p = malloc(n * sizeof(double)),
		.adjusted = malloc(n * sizeof(double)),
		.desk = d,
	};

	v->map = calloc(v->conditions + 1, sizeof(*v->map));
	v->broken = v->broken || !v->map || !s.cell || !s.p || !s.adjusted;
	for (size_t k = 0; !v->broken && k < v->conditions; k++) {
		v->map[k].condition = k;
		v->spots++;
		fill_spot(v, &v->map[k], &s);
	}
	free(s.cell);
	free(s.p);
	free(s.adjusted);
}

void rep_judge(struct rep_verdict *v)
{
	struct desk d;

	if (!desk_init(&d, v->run))
		v->broken = true;
	if (!v->broken)
		decide(v, &d);
	if (!v->broken)
		draw_map(v, &d);
	desk_free(&d);
}

void rep_verdict_free(struct rep_verdict *v)
{
	for (size_t i = 0; i < v->spots; i++)
		free(v->map[i].best);
	free(v->map);
	free(v->comparison);
	free(v->condition);
	*v = (struct rep_verdict){ 0 };
}

/* --- the claim ------------------------------------------------------------ */

/* Undecided by too little is another thing than not made at all. */
static bool was_made(const struct rep_comparison *c)
{
	return c->rounds > 0;
}

bool rep_fate(const struct rep_verdict *v, size_t condition,
	      enum rep_fate *fate, const struct rep_comparison **worst)
{
	static const enum rep_fate fates[] = {
		[STATS_FASTER] = REP_HOLDS,
		[STATS_SLOWER] = REP_FAILS,
		[STATS_EQUIVALENT] = REP_TIES,
		[STATS_UNDECIDED] = REP_OPEN,
	};
	/* one loss fails it, else what is open leaves it open, else a tie */
	static const enum rep_fate gravity[] = { REP_HOLDS, REP_TIES, REP_OPEN,
						 REP_FAILS };
	size_t most = 0;

	*worst = NULL;
	for (size_t i = 0; i < v->comparisons; i++) {
		const struct rep_comparison *c = &v->comparison[i];
		size_t g = 0;

		if (c->family != REP_CLAIM || c->condition != condition ||
		    !was_made(c))
			continue;
		while (gravity[g] != fates[c->outcome])
			g++;
		if (g < most)
			continue;
		if (g > most || !*worst ||
		    c->ratio.value < (*worst)->ratio.value)
			*worst = c;
		most = g;
	}
	*fate = gravity[most];
	return *worst != NULL;
}
