/* What lines show, in words. */
#include <math.h>
#include <string.h>

#include "figure/figure_lines.h"

const struct run_cell *figure_lines_fastest(const struct chart *c,
					    const struct panel *p, double x,
					    int ring)
{
	const struct run_cell *best = NULL;

	for (size_t i = 0; i < p->cells; i++) {
		const struct run_cell *cell = p->cell[i];

		if (c->axis->x(cell) != x ||
		    (ring >= 0 && run_is_ring(cell) != ring))
			continue;
		if (!best || cell->speed.value > best->speed.value)
			best = cell;
	}
	return best;
}

/* Where most can be compared; of sizes rather one near 64 KiB. */
static double busiest(const struct chart *c, const struct panel *p)
{
	double best = 0, most = -INFINITY;

	for (size_t i = 0; i < p->cells; i++) {
		double x = c->axis->x(p->cell[i]);
		double score = -0.7 * fabs(log2(x / 65536));

		for (size_t k = 0; k < p->cells; k++)
			score += c->axis->x(p->cell[k]) == x;
		if (score > most || (score == most && x > best)) {
			most = score;
			best = x;
		}
	}
	return best;
}

/* Ring over the best other at x; NaN where one of them is missing. */
static double advantage(const struct chart *c, const struct panel *p, double x)
{
	const struct run_cell *a = figure_lines_fastest(c, p, x, 1);
	const struct run_cell *b = figure_lines_fastest(c, p, x, 0);

	return a && b ? a->speed.value / b->speed.value : NAN;
}

static const char *amount(const struct axis *a, double x, char *buf,
			  size_t size)
{
	snprintf(buf, size, "%.0f %s", x, x == 1 ? a->one : a->several);
	return buf;
}

/* Two cores and all the depth there is, where that was measured. */
static const struct panel *main_panel(const struct chart *c)
{
	for (int i = 0; i < c->panels; i++)
		if (!strcmp(c->panel[i].model->at.depth, "deep") &&
		    run_is_place(&c->panel[i].model->at, RUN_CORE))
			return &c->panel[i];
	return &c->panel[0];
}

/* From one end of the axis to the other. */
static void say_change(struct chart *c)
{
	const struct panel *p = main_panel(c);
	const struct run_cell *first = NULL, *last = NULL;
	double from = INFINITY, to = 0;
	struct figure *f = c->f;
	char a[60], b[60];

	for (size_t i = 0; i < p->cells; i++) {
		from = fmin(from, c->axis->x(p->cell[i]));
		to = fmax(to, c->axis->x(p->cell[i]));
	}
	amount(c->axis, from, a, sizeof(a));
	amount(c->axis, to, b, sizeof(b));
	first = figure_lines_fastest(c, p, from, -1);
	last = figure_lines_fastest(c, p, to, -1);
	if (isfinite(advantage(c, p, from)) && isfinite(advantage(c, p, to)))
		snprintf(f->headline, sizeof(f->headline),
			 "With %s the best ring is %.3g times as fast as the "
			 "best other, with %s %.3g times",
			 a, advantage(c, p, from), b, advantage(c, p, to));
	else if (first && last)
		snprintf(f->headline, sizeof(f->headline),
			 "%s with %s is %.3g times as fast as %s with %s",
			 last->label, b, last->speed.value / first->speed.value,
			 first->label, a);
}

static void say_fastest(struct chart *c)
{
	const struct panel *p = main_panel(c);
	double x = busiest(c, p);
	const struct run_cell *a = figure_lines_fastest(c, p, x, 1);
	const struct run_cell *b = figure_lines_fastest(c, p, x, 0);
	char tic[40], rate[40];
	struct figure *f = c->f;

	c->axis->tic(x, tic, sizeof(tic));
	if (!a || !b) {
		const struct run_cell *one = a ? a : b;

		snprintf(f->headline, sizeof(f->headline), "%s moves %s at %s",
			 one->label,
			 figure_rate(one->speed.value, rate, sizeof(rate)),
			 tic);
	} else if (a->speed.low > b->speed.high) {
		snprintf(f->headline, sizeof(f->headline),
			 "At %s the ring (%s) is %.1f times as fast as %s", tic,
			 a->label, a->speed.value / b->speed.value, b->label);
	} else if (b->speed.low > a->speed.high) {
		snprintf(f->headline, sizeof(f->headline),
			 "At %s %s is %.1f times as fast as the best ring (%s)",
			 tic, b->label, b->speed.value / a->speed.value,
			 a->label);
	} else {
		snprintf(f->headline, sizeof(f->headline),
			 "At %s the best ring (%s) and %s cannot be told apart",
			 tic, a->label, b->label);
	}
}

static void add(struct figure *f, const char *text)
{
	size_t used = strlen(f->about);

	snprintf(f->about + used, sizeof(f->about) - used, "%s", text);
}

static void say_about(struct chart *c)
{
	const struct panel *p = main_panel(c);
	double most = 0;
	char first[200];

	for (size_t i = 0; i < p->cells; i++)
		most = fmax(most, (double)p->cell[i]->groups);
	run_condition_phrase(&p->model->at, c->axis->parts, first,
			     sizeof(first));
	snprintf(
		c->f->about, sizeof(c->f->about),
		"Headline: %s. Bytes delivered per second, both axes "
		"logarithmic; median of up to %.0f generations, ribbon = 95 %% "
		"interval of the median.",
		first, most);
	if (c->axis->parts & RUN_TELL_SIZE)
		add(c->f, " Left out: what has no such setting, or one only.");
	if (c->left_out > 0) {
		snprintf(first, sizeof(first),
			 " %d more conditions have no room here.", c->left_out);
		add(c->f, first);
	}
}

void figure_lines_say(struct chart *c)
{
	if (c->axis->one)
		say_change(c);
	else
		say_fastest(c);
	say_about(c);
}
