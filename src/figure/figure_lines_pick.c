/* Picks the lines to draw if there are more lines than can be told apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "figure/figure_lines.h"

static const struct run_cell *first_of(const struct panel *p,
				       const struct series *s)
{
	return p->cell[s->first];
}

/* How far a line is behind the fastest, as a mean over its points. */
static double lag_of(const struct chart *c, const struct panel *p,
		     const struct series *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct run_cell *cell = p->cell[s->first + i];
		double x = figure_lines_x(c, cell);
		const struct run_cell *best = figure_lines_fastest(
			c, p, isfinite(x) ? x : figure_lines_busiest(c, p), -1);

		sum += log(best->speed.value / cell->speed.value);
	}
	return sum / (double)s->n;
}

/* A mechanism without a family is related to no other. */
static bool are_kin(const struct run_cell *a, const struct run_cell *b)
{
	return a->is.family && a->is.family == b->is.family;
}

/* True if a faster line is drawn; with `by_kin`, one of the same family. */
static bool is_outdone(const struct panel *p, size_t i, bool by_kin)
{
	const struct series *s = &p->series[i];

	for (size_t k = 0; k < p->n; k++) {
		const struct series *o = &p->series[k];

		if (k == i || o->hidden ||
		    (by_kin && !are_kin(first_of(p, s), first_of(p, o))))
			continue;
		if (o->lag < s->lag || (o->lag == s->lag && k < i))
			return true;
	}
	return false;
}

size_t figure_lines_shown(const struct panel *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += !p->series[i].hidden;
	return n;
}

/* The slowest line that is still drawn. */
static struct series *slowest(struct panel *p)
{
	struct series *found = NULL;

	for (size_t i = 0; i < p->n; i++)
		if (!p->series[i].hidden &&
		    (!found || p->series[i].lag > found->lag))
			found = &p->series[i];
	return found;
}

/* --- in words ------------------------------------------------------------- */

static int by_label(const void *l, const void *r)
{
	const struct run_cell *a = *(const struct run_cell *const *)l;
	const struct run_cell *b = *(const struct run_cell *const *)r;

	if (a->speed.value != b->speed.value)
		return a->speed.value < b->speed.value ? 1 : -1;
	return strcmp(a->label, b->label);
}

/* The cell of a series that is at x, else its last one. */
static const struct run_cell *cell_at(const struct chart *c,
				      const struct panel *p,
				      const struct series *s, double x)
{
	for (size_t i = 0; i < s->n; i++)
		if (figure_lines_x(c, p->cell[s->first + i]) == x)
			return p->cell[s->first + i];
	return p->cell[s->first + s->n - 1];
}

static void say_one(const struct chart *c, struct panel *p,
		    const struct run_cell *cell, const char *before)
{
	char rate[40], tic[40];
	double x = figure_lines_x(c, cell);

	text_append(p->rest, sizeof(p->rest), "%s%s %s", before, cell->label,
		    figure_rate(cell->speed.value, rate, sizeof(rate)));
	if (!isfinite(x) || x == p->rest_x)
		return;
	c->axis->tic(x, tic, sizeof(tic));
	text_append(p->rest, sizeof(p->rest), " (at %s)", tic);
}

static void say_rest(const struct chart *c, struct panel *p)
{
	const struct run_cell **cell = calloc(p->n + 1, sizeof(*cell));
	char tic[40];
	size_t n = 0;

	for (size_t i = 0; cell && i < p->n; i++)
		if (p->series[i].hidden)
			cell[n++] = cell_at(c, p, &p->series[i], p->rest_x);
	if (n) {
		qsort(cell, n, sizeof(*cell), by_label);
		c->axis->tic(p->rest_x, tic, sizeof(tic));
		text_append(p->rest, sizeof(p->rest),
			    "Lines: the best of each family. The others at "
			    "%s: ",
			    tic);
	}
	for (size_t i = 0; i < n; i++)
		say_one(c, p, cell[i], i ? ", " : "");
	free(cell);
}

void figure_lines_pick(const struct chart *c, struct panel *p)
{
	p->rest_x = figure_lines_busiest(c, p);
	for (size_t i = 0; i < p->n; i++)
		p->series[i].lag = lag_of(c, p, &p->series[i]);
	if (p->n <= LINES_MOST)
		return;
	for (size_t i = 0; i < p->n; i++)
		p->series[i].hidden = is_outdone(p, i, true);
	while (figure_lines_shown(p) > LINES_MOST)
		slowest(p)->hidden = true;
	say_rest(c, p);
}
