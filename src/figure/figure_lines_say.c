/* The findings of the figures of lines, in words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "figure/figure_lines.h"

double figure_lines_x(const struct chart *c, const struct run_cell *cell)
{
	return c->axis->x(&cell->at);
}

const struct run_cell *figure_lines_fastest(const struct chart *c,
					    const struct panel *p, double x,
					    int ring)
{
	const struct run_cell *best = NULL;

	for (size_t i = 0; i < p->cells; i++) {
		const struct run_cell *cell = p->cell[i];

		double at = figure_lines_x(c, cell);

		if ((isfinite(at) && at != x) ||
		    (ring >= 0 && run_is_ring(cell) != ring))
			continue;
		if (!best || cell->speed.value > best->speed.value)
			best = cell;
	}
	return best;
}

double figure_lines_busiest(const struct chart *c, const struct panel *p)
{
	double best = 0, most = -INFINITY;

	for (size_t i = 0; i < p->cells; i++) {
		double x = figure_lines_x(c, p->cell[i]);
		double score = -0.7 * fabs(log2(x / 65536));

		for (size_t k = 0; k < p->cells; k++)
			score += figure_lines_x(c, p->cell[k]) == x;
		if (score > most || (score == most && x > best)) {
			most = score;
			best = x;
		}
	}
	return best;
}

bool figure_lines_spot(const struct chart *c, const struct panel *p, double x,
		       struct figure_spot *to)
{
	struct figure_spot *spot;
	size_t n = figure_spots(c->f->wish->run, &spot), i = 0;
	struct run_condition k;
	bool found;

	while (i < n && (c->axis->x(&spot[i].at) != x ||
			 !figure_same_condition(&p->model->at, &spot[i].at,
						c->axis->parts)))
		i++;
	found = i < n;
	if (found)
		k = spot[i].at;
	found = found && figure_spot_find(c->f->wish->run, &k, to);
	free(spot);
	return found;
}

static const char *amount(const struct axis *a, double x, char *buf,
			  size_t size)
{
	snprintf(buf, size, "%.0f %s", x, x == 1 ? a->one : a->several);
	return buf;
}

/* The panel with two cores and the depth "deep"; else the first one. */
const struct panel *figure_lines_main(const struct chart *c)
{
	for (int i = 0; i < c->panels; i++)
		if (!strcmp(c->panel[i].model->at.depth, "deep") &&
		    run_is_place(&c->panel[i].model->at, RUN_CORE))
			return &c->panel[i];
	return &c->panel[0];
}

static const char *spot_words(const struct chart *c, double x, char *buf,
			      size_t size)
{
	struct figure_spot spot;

	*buf = '\0';
	if (figure_lines_spot(c, figure_lines_main(c), x, &spot))
		figure_spot_words(&spot, buf, size);
	return buf;
}

/* Tells the fastest at both ends of the axis. */
static void say_change(struct chart *c)
{
	const struct panel *p = figure_lines_main(c);
	double from = INFINITY, to = 0;
	struct figure *f = c->f;
	char a[60], b[60], low[200], high[200];

	for (size_t i = 0; i < p->cells; i++) {
		from = fmin(from, figure_lines_x(c, p->cell[i]));
		to = fmax(to, figure_lines_x(c, p->cell[i]));
	}
	amount(c->axis, from, a, sizeof(a));
	amount(c->axis, to, b, sizeof(b));
	spot_words(c, from, low, sizeof(low));
	spot_words(c, to, high, sizeof(high));
	if (*low && *high)
		snprintf(f->headline, sizeof(f->headline),
			 "With %s %s; with %s %s", a, low, b, high);
	else
		snprintf(f->headline, sizeof(f->headline),
			 "Throughput from %s to %s", a, b);
}

static void say_fastest_line(struct chart *c)
{
	const struct panel *p = figure_lines_main(c);
	double x = figure_lines_busiest(c, p);
	struct figure *f = c->f;
	char tic[40], words[200];

	c->axis->tic(x, tic, sizeof(tic));
	if (*spot_words(c, x, words, sizeof(words)))
		snprintf(f->headline, sizeof(f->headline), "At %s %s", tic,
			 words);
	else
		snprintf(f->headline, sizeof(f->headline),
			 "Throughput by %s, of %zu mechanisms", c->axis->label,
			 p->n);
}

static void add_to_about(struct figure *f, const char *text)
{
	text_append(f->about, sizeof(f->about), "%s", text);
}

/* True if a thin dotted line leads from the end of some line to its name. */
static bool any_ends_early(const struct chart *c)
{
	for (int i = 0; i < c->panels; i++)
		for (size_t k = 0; k < c->panel[i].n; k++) {
			const struct series *s = &c->panel[i].series[k];

			if (!s->hidden && !s->flat &&
			    figure_lines_end_early(&c->panel[i], s->end_x))
				return true;
		}
	return false;
}

static void say_about_lines(struct chart *c)
{
	const struct panel *p = figure_lines_main(c);
	double most = 0;
	char first[200], words[200];

	for (size_t i = 0; i < p->cells; i++)
		most = fmax(most, (double)p->cell[i]->groups);
	run_condition_phrase(&p->model->at, c->axis->parts, first,
			     sizeof(first));
	*c->f->about = '\0';
	if (!c->f->wish->untitled)
		snprintf(c->f->about, sizeof(c->f->about),
			 "Headline: %s, from ratios within rounds. ", first);
	snprintf(words, sizeof(words),
		 "Lines: bytes delivered per second, both axes logarithmic; "
		 "median of up to %.0f generations, with its 95 %% interval.",
		 most);
	add_to_about(c->f, words);
	if (c->axis->flat)
		add_to_about(c->f,
			     " Level lines: mechanisms without this setting.");
	if (any_ends_early(c))
		add_to_about(c->f,
			     " Thin dotted lines show no speed: they lead "
			     "from a mechanism's last point to its "
			     "name.");
	if (c->left_out > 0) {
		snprintf(words, sizeof(words),
			 " Conditions without room here: %d.", c->left_out);
		add_to_about(c->f, words);
	}
}

void figure_lines_say(struct chart *c)
{
	if (c->axis->one)
		say_change(c);
	else
		say_fastest_line(c);
	say_about_lines(c);
}
