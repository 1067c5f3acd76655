/*
 * Finds where the best ring and the best other mechanism change places. A
 * crossing counts only if the intervals show that one is faster at some x to
 * the left of it, and that the other is faster at some x to the right. The
 * interval of the crossing lies between the nearest two such x.
 */
#include <math.h>
#include <string.h>

#include "figure/figure_lines.h"

#define XS_MAX 64

/* How far the best ring is ahead at one x: logarithms of ratios. */
struct lead {
	double x, y; /* log x, and log of the ring's speed */
	double middle, low, high;
};

static double log_or(double value, double fallback)
{
	return log(isfinite(value) && value > 0 ? value : fallback);
}

static bool lead_at(const struct chart *c, const struct panel *p, double x,
		    struct lead *l)
{
	const struct run_cell *a = figure_lines_fastest(c, p, x, 1);
	const struct run_cell *b = figure_lines_fastest(c, p, x, 0);

	if (!a || !b)
		return false;
	*l = (struct lead){
		.x = log(x),
		.y = log(a->speed.value),
		.middle = log(a->speed.value / b->speed.value),
		.low = log_or(a->speed.low, a->speed.value) -
		       log_or(b->speed.high, b->speed.value),
		.high = log_or(a->speed.high, a->speed.value) -
			log_or(b->speed.low, b->speed.value),
	};
	return true;
}

static size_t find_leads(const struct chart *c, const struct panel *p,
			 struct lead *l)
{
	size_t n = 0;
	double x = 0;

	while (n < XS_MAX) {
		double next = INFINITY;

		for (size_t i = 0; i < p->cells; i++)
			if (figure_lines_x(c, p->cell[i]) > x)
				next = fmin(next,
					    figure_lines_x(c, p->cell[i]));
		if (!isfinite(next))
			break;
		x = next;
		n += lead_at(c, p, x, &l[n]);
	}
	return n;
}

/* 1: the ring is shown to be faster; -1: slower; 0: neither is shown. */
static int sign(const struct lead *l)
{
	return l->low > 0 ? 1 : l->high < 0 ? -1 : 0;
}

/* The x at which the line from v0 at x0 to v1 at x1 passes zero. */
static double zero(double x0, double v0, double x1, double v1)
{
	return v0 == v1 ? (x0 + x1) / 2 : x0 + (x1 - x0) * v0 / (v0 - v1);
}

/*
 * The x from which on the sign is not shown any more. It lies between a, where
 * the sign is shown, and its neighbour b, which is nearer to the crossing.
 */
static double edge(const struct lead *a, const struct lead *b)
{
	double va = sign(a) > 0 ? a->low : a->high;
	double vb = sign(a) > 0 ? b->low : b->high;

	return zero(a->x, va, b->x, vb);
}

static bool cross(const struct lead *l, size_t n, size_t at, struct crossing *x)
{
	size_t left = at, right = at + 1;
	double share;

	while (left > 0 && !sign(&l[left]))
		left--;
	while (right + 1 < n && !sign(&l[right]))
		right++;
	if (sign(&l[left]) * sign(&l[right]) != -1)
		return false;
	x->x = zero(l[at].x, l[at].middle, l[at + 1].x, l[at + 1].middle);
	share = (x->x - l[at].x) / (l[at + 1].x - l[at].x);
	x->y = exp(l[at].y + share * (l[at + 1].y - l[at].y));
	x->low = exp(edge(&l[left], &l[left + 1]));
	x->high = exp(edge(&l[right], &l[right - 1]));
	x->x = exp(x->x);
	x->ring_wins = sign(&l[right]) > 0;
	return true;
}

void figure_lines_cross(const struct chart *c, struct panel *p)
{
	struct lead l[XS_MAX];
	size_t n = find_leads(c, p, l);

	for (size_t i = 0;
	     n >= LINE_POINTS && i + 1 < n && p->crossings < CROSSINGS_MAX; i++)
		if (l[i].middle * l[i + 1].middle < 0 &&
		    cross(l, n, i, &p->crossing[p->crossings]))
			p->crossings++;
}
