/* The winner's map: sizes across, conditions down. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "figure/figure.h"

#define SIZES_MAX 40

struct square {
	struct run_condition at;
	const json_t *best;  /* labels */
	char depth[24];      /* of the condition, where it is a number */
	double ratio;        /* best ring over best other; or NaN */
	const char *outcome; /* of the ring, as the verdict has it; "" */
};

struct map {
	struct figure *f;
	struct square *square;
	size_t n;
	double size[SIZES_MAX];
	size_t sizes;
	size_t won, lost, alike, open;
};

/* --- reading -------------------------------------------------------------- */

static bool are_texts(const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i,
			   item) if (!json_is_string(item)) return false;
	return json_array_size(list) > 0;
}

/* False: it has no fastest, or no size. */
static bool read_square(struct square *s, const json_t *line)
{
	const json_t *c = json_object_get(line, "condition");
	const json_t *ratio = json_object_get(line, "ratio");

	s->at = run_condition_of_json(c, s->depth);
	s->best = json_object_get(line, "best");
	s->ratio = json_is_number(ratio) ? json_number_value(ratio) : NAN;
	s->outcome = json_string_value(json_object_get(line, "outcome"));
	if (!s->outcome)
		s->outcome = "";
	return are_texts(s->best) && s->at.size_bytes > 0;
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void note_size(struct map *m, double size)
{
	for (size_t i = 0; i < m->sizes; i++)
		if (m->size[i] == size)
			return;
	if (m->sizes < SIZES_MAX)
		m->size[m->sizes++] = size;
}

static int read_map(struct map *m, struct err *e)
{
	const json_t *list = json_object_get(m->f->wish->run->verdict, "map");
	const json_t *line;
	size_t i;

	if (json_array_size(list) == 0)
		return err_say(e, ENODATA,
			       "the run has no map in "
			       "verdict.json; make it: ipcopy verdict RUN");
	m->square = calloc(json_array_size(list), sizeof(*m->square));
	if (!m->square)
		return err_code(e, ENOMEM, "the map");
	json_array_foreach((json_t *)list, i, line)
	{
		struct square *s = &m->square[m->n];

		if (!read_square(s, line))
			continue;
		note_size(m, (double)s->at.size_bytes);
		m->n++;
	}
	qsort(m->size, m->sizes, sizeof(double), by_number);
	return m->n ? 0 : err_say(e, ENODATA, "the map is empty");
}

/* --- who won -------------------------------------------------------------- */

static const struct run_cell *cell_of(const struct map *m, const char *label)
{
	const struct run *r = m->f->wish->run;

	for (size_t i = 0; i < r->cells; i++)
		if (!strcmp(r->cell[i]->label, label))
			return r->cell[i];
	return NULL;
}

static struct look look_of_label(const struct map *m, const char *label)
{
	const struct run_cell *c = cell_of(m, label);
	const struct run_cell unknown = { .mechanism = label, .label = label };

	return look_of(c ? c : &unknown);
}

/* Counts by the fastest alone, where a ring had no rival. */
static void count_by_names(struct map *m, const struct square *s)
{
	const json_t *label;
	size_t k, rings = 0, others = 0;

	json_array_foreach((json_t *)s->best, k, label)
	{
		const struct run_cell *c = cell_of(m, json_string_value(label));

		if (c && run_is_ring(c))
			rings++;
		else
			others++;
	}
	m->won += rings && !others;
	m->lost += others && !rings;
	m->open += rings && others;
}

static void count_outcomes(struct map *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *outcome = m->square[i].outcome;

		if (!*outcome)
			count_by_names(m, &m->square[i]);
		m->won += !strcmp(outcome, "faster");
		m->lost += !strcmp(outcome, "slower");
		m->alike += !strcmp(outcome, "equivalent");
		m->open += !strcmp(outcome, "undecided");
	}
}

static void say_finding(struct map *m)
{
	struct figure *f = m->f;
	char won[24] = "none", alike[48] = "", open[48] = "";

	count_outcomes(m);
	if (m->won)
		snprintf(won, sizeof(won), "%zu", m->won);
	if (m->alike)
		snprintf(alike, sizeof(alike), ", is as fast in %zu", m->alike);
	if (m->open)
		snprintf(open, sizeof(open), "; %zu %s undecided", m->open,
			 m->open == 1 ? "is" : "are");
	snprintf(f->headline, sizeof(f->headline),
		 "A ring in shared memory wins %s of %zu conditions%s and "
		 "loses %zu%s",
		 won, m->n, alike, m->lost, open);
	snprintf(f->about, sizeof(f->about),
		 "The fastest mechanism by message size; where there is more "
		 "than one name, they are not told apart. Below: speed of the "
		 "best ring over the best other.");
}

/* --- drawing -------------------------------------------------------------- */

enum { MARGIN = 10, HEADING = 16, TALL = 40, GAP = 8 };

/* A label that is too wide takes two lines, at its first space. */
static int put_label(struct map *m, const char *label, double x, double y,
		     double width, unsigned colour, bool bold, int lines)
{
	struct figure_type type = { 'c', bold, 8.5, colour };
	const char *space = strchr(label, ' ');
	char first[60], cut[80];

	if (lines < 2 || !space ||
	    figure_text_width(label, type.size, bold) <= width) {
		figure_text(
			m->f, x, y, type, "%s",
			figure_text_cut(cut, sizeof(cut), label, 8.5, width));
		return 1;
	}
	snprintf(first, sizeof(first), "%.*s", (int)(space - label), label);
	figure_text(m->f, x, y, type, "%s",
		    figure_text_cut(cut, sizeof(cut), first, 8.5, width));
	figure_text(m->f, x, y + 11, type, "%s",
		    figure_text_cut(cut, sizeof(cut), space + 1, 8.5, width));
	return 2;
}

static void put_tie(struct map *m, const struct square *s, double x, double y,
		    double width)
{
	size_t n = json_array_size(s->best), shown = n > 2 ? 1 : 2;
	double step = (width - 4) / (double)n;
	struct figure_type type = { 'c', false, 8.5, FIGURE_INK };
	char more[40];

	if (width < 58)
		shown = 0;
	/* a stripe for each */
	for (size_t i = 0; i < n; i++) {
		const char *label =
			json_string_value(json_array_get(s->best, i));
		struct look look = look_of_label(m, label);

		figure_box(m->f, x + 2 + step * (double)i, y + 1,
			   x + 2 + step * (double)(i + 1), y + 5, look.colour);
	}
	for (size_t i = 0; i < shown; i++)
		put_label(m, json_string_value(json_array_get(s->best, i)),
			  x + width / 2, y + 12 + 10 * (double)i, width - 6,
			  FIGURE_INK, false, 1);
	if (n > shown) {
		snprintf(more, sizeof(more), shown ? "= %zu more" : "%zu tie",
			 n - shown);
		figure_text(m->f, x + width / 2, y + 12 + 10 * (double)shown,
			    type, "%s", more);
	}
}

static void put_square(struct map *m, const struct square *s, double x,
		       double y, double width)
{
	struct figure_type small = { 'c', false, 7.5, FIGURE_MUTE };
	size_t n = json_array_size(s->best);
	const char *label = json_string_value(json_array_get(s->best, 0));
	struct look look;

	if (!label)
		return;
	look = look_of_label(m, label);
	figure_box(m->f, x + 1, y, x + width - 1, y + TALL,
		   n > 1 ? 0xf3f3f1u : look.tint);
	if (n > 1)
		put_tie(m, s, x, y, width);
	else
		put_label(m, label, x + width / 2, y + 12, width - 4,
			  FIGURE_INK, false, 2);
	small.colour = FIGURE_INK;
	if (isfinite(s->ratio))
		figure_text(m->f, x + width / 2, y + TALL - 6, small,
			    s->ratio < 9.95 ? "×%.2f" : "×%.0f", s->ratio);
}

static bool same_row(const struct square *a, const struct square *b)
{
	return figure_same_condition(&a->at, &b->at,
				     RUN_TELL_DEPTH | RUN_TELL_PAIRS) &&
	       !strcmp(a->at.depth, b->at.depth) &&
	       !strcmp(a->at.wait, b->at.wait);
}

static size_t column_of(const struct map *m, const struct square *s)
{
	size_t k = 0;

	while (k + 1 < m->sizes && m->size[k] != (double)s->at.size_bytes)
		k++;
	return k;
}

/* How many columns of a row are empty before its first square. */
static size_t indent(const struct map *m, size_t first)
{
	size_t least = m->sizes;

	for (size_t i = first; i < m->n; i++)
		if (same_row(&m->square[first], &m->square[i]) &&
		    column_of(m, &m->square[i]) < least)
			least = column_of(m, &m->square[i]);
	return least;
}

/* Its heading stands above a row, or before it where there is room. */
static double put_row(struct map *m, size_t first, double y)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	double width = (m->f->width - 2 * MARGIN) / (double)m->sizes;
	double before = width * (double)indent(m, first) - 6;
	char text[200], cut[220];
	bool beside;

	run_condition_phrase(&m->square[first].at,
			     RUN_TELL_DEPTH | RUN_TELL_PAIRS, text,
			     sizeof(text));
	beside = figure_text_width(text, head.size, true) < before;
	figure_text(m->f, MARGIN + 1, y + (beside ? TALL / 2.0 : 8), head, "%s",
		    figure_text_cut(cut, sizeof(cut), text, 8.9,
				    m->f->width - 2 * MARGIN));
	y += beside ? 0 : HEADING;
	for (size_t i = first; i < m->n; i++)
		if (same_row(&m->square[first], &m->square[i]))
			put_square(m, &m->square[i],
				   MARGIN + width * (double)column_of(
							    m, &m->square[i]),
				   y, width);
	return y + TALL + GAP;
}

static bool is_first(const struct map *m, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_row(&m->square[k], &m->square[i]))
			return false;
	return true;
}

static void put_sizes(struct map *m, double y)
{
	double width = (m->f->width - 2 * MARGIN) / (double)m->sizes;
	struct figure_type type = { 'c', false, 8.5, FIGURE_MUTE };
	char text[40];

	for (size_t i = 0; i < m->sizes; i++) {
		if (width < 44)
			size_word((uint64_t)m->size[i], text, sizeof(text));
		else
			size_words(m->size[i], text, sizeof(text));
		figure_text(m->f, MARGIN + width * ((double)i + 0.5), y + 8,
			    type, "%s", text);
	}
}

int figure_map(struct figure *f, struct err *e)
{
	struct map m = { .f = f };
	int rc = read_map(&m, e);
	double y;

	if (rc == 0) {
		say_finding(&m);
		y = figure_top(f);
		put_sizes(&m, y);
		y += 18;
		for (size_t i = 0; i < m.n; i++) {
			if (!is_first(&m, i))
				continue;
			y = put_row(&m, i, y);
		}
		f->height = y + 4;
	}
	free(m.square);
	return rc;
}
