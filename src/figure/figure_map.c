/*
 * The winners' map: a line for each condition, with the mechanisms that are the
 * fastest, and the speed of the best ring divided by that of its hardest rival.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "figure/figure.h"

enum { FASTER, SLOWER, ALIKE, OPEN, OUTCOMES };

/* Outcomes differ in shape, too, for readers who do not see the colours. */
static const struct {
	const char *name, *words;
	unsigned colour;
	int point;
} outcomes[OUTCOMES] = {
	[FASTER] = { "faster", "the ring is faster", 0x0072b2, 7 },
	[SLOWER] = { "slower", "slower", 0xb04d00, 11 },
	[ALIKE] = { "equivalent", "as fast", 0x222222, 5 },
	[OPEN] = { "undecided", "undecided", 0x7f7f7f, 6 },
};

struct map {
	struct figure *f;
	struct figure_spot *spot;
	size_t n;
	size_t count[OUTCOMES], alone; /* alone: a ring without a rival, or
					  others without a ring */
	size_t too_few;                /* undecided for too few generations */
	struct figure_axis axis;
	double size_x, swatch_x, names_x, names_width;
};

static int outcome_of(const struct figure_spot *s)
{
	for (int i = 0; i < OUTCOMES; i++)
		if (!strcmp(s->outcome, outcomes[i].name))
			return i;
	return OUTCOMES;
}

static int read_map(struct map *m, struct err *e)
{
	m->n = figure_spots(m->f->wish->run, &m->spot);
	if (!m->spot)
		return err_code(e, ENOMEM, "cannot draw the map");
	if (m->n == 0)
		return err_say(e, ENODATA,
			       "the run has no map in verdict.json; make it "
			       "with: ipcopy verdict RUN");
	for (size_t i = 0; i < m->n; i++) {
		int k = outcome_of(&m->spot[i]);

		if (k == OUTCOMES)
			m->alone++;
		else
			m->count[k]++;
		m->too_few += m->spot[i].too_few;
	}
	return 0;
}

/* --- words ---------------------------------------------------------------- */

static const char *why_open(const struct map *m)
{
	if (m->too_few == 0)
		return "";
	return m->too_few == m->count[OPEN] ? " (too few generations)"
					    : " (some for too few generations)";
}

static void say_map_finding(struct map *m)
{
	struct figure *f = m->f;
	size_t tried = m->n - m->alone;
	char won[24] = "none", alike[60] = "", open[100] = "", alone[60] = "";

	if (m->count[FASTER])
		snprintf(won, sizeof(won), "%zu", m->count[FASTER]);
	if (m->count[ALIKE])
		snprintf(alike, sizeof(alike),
			 "as fast as its best rival in "
			 "%zu, ",
			 m->count[ALIKE]);
	if (m->count[OPEN])
		snprintf(open, sizeof(open), "; %zu %s undecided%s",
			 m->count[OPEN], m->count[OPEN] == 1 ? "is" : "are",
			 why_open(m));
	if (m->alone)
		snprintf(alone, sizeof(alone),
			 "; in %zu there is nothing to compare", m->alone);
	if (tried)
		snprintf(f->headline, sizeof(f->headline),
			 "The best ring in shared memory is the fastest in %s "
			 "of %zu conditions, %sbeaten in %zu%s%s",
			 won, tried, alike, m->count[SLOWER], open, alone);
	else
		snprintf(f->headline, sizeof(f->headline),
			 "No condition of this run has both a ring and "
			 "another mechanism");
	snprintf(f->about, sizeof(f->about),
		 "Names: the fastest and what is as fast; with \"?\": "
		 "undecided. Stripes: colours of their families. Marks: speed "
		 "of the best ring divided by that of its hardest rival, line "
		 "= 95 %% interval.");
}

/* --- one line ------------------------------------------------------------- */

static struct figure_style style_of_label(const struct map *m,
					  const char *label)
{
	const struct run *r = m->f->wish->run;
	const struct run_cell unknown = { .mechanism = label, .label = label };

	for (size_t i = 0; i < r->cells; i++)
		if (!strcmp(r->cell[i]->label, label))
			return figure_style_of(r->cell[i]);
	return figure_style_of(&unknown);
}

enum { LINE = 11, ROW = 14 };

/*
 * The number of names that a line shows. A few undecided mechanisms are named;
 * if there are more, the line ends with their number.
 */
static size_t names(const struct map *m, const struct figure_spot *s)
{
	size_t best = json_array_size(s->best), n = figure_spot_labels(s);
	size_t most = m->f->wish->column ? 3 : 6;

	return n > best + most ? best + 1 : n;
}

static const char *name_at(const struct map *m, const struct figure_spot *s,
			   size_t i, char *buf, size_t size)
{
	size_t n = names(m, s), left = figure_spot_labels(s) - n + 1;

	if (i + 1 == n && left > 1)
		snprintf(buf, size, "%zu undecided", left);
	else
		snprintf(buf, size, "%s%s%s", figure_spot_label(s, i),
			 i < json_array_size(s->best) ? "" : "?",
			 i + 1 < n ? "," : "");
	return buf;
}

static void put_text_line(const struct map *m, const char *line, double y)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };
	char cut[420];

	figure_text(
		m->f, m->names_x, y, type, "%s",
		figure_text_cut(cut, sizeof(cut), line, 8.5, m->names_width));
}

/*
 * Returns the height of the names of a line. Breaks lines only between names.
 * If `y` is not NULL, it also writes the names there.
 */
static double put_fastest_names(const struct map *m,
				const struct figure_spot *s, const double *y)
{
	char line[400] = "", name[200], longer[620];
	double tall = ROW;

	for (size_t i = 0; i < names(m, s); i++) {
		name_at(m, s, i, name, sizeof(name));
		snprintf(longer, sizeof(longer), "%s%s%s", line,
			 *line ? " " : "", name);
		if (*line &&
		    figure_text_width(longer, 8.5, false) > m->names_width) {
			if (y)
				put_text_line(m, line,
					      *y + tall - LINE / 2.0 - 2);
			tall += LINE;
			snprintf(line, sizeof(line), "%s", name);
		} else {
			snprintf(line, sizeof(line), "%.399s", longer);
		}
	}
	if (y)
		put_text_line(m, line, *y + tall - LINE / 2.0 - 2);
	return tall;
}

/* Draws a stripe for each mechanism that is or may be the fastest. */
static void put_stripes(const struct map *m, const struct figure_spot *s,
			double y0, double y1)
{
	size_t n = figure_spot_labels(s);
	double step = (y1 - y0) / (double)n;

	for (size_t i = 0; i < n; i++)
		figure_box(m->f, m->swatch_x, y0 + step * (double)i,
			   m->swatch_x + 7, y0 + step * (double)(i + 1),
			   style_of_label(m, figure_spot_label(s, i)).colour);
}

static void put_ratio(const struct map *m, const struct figure_spot *s,
		      double y)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };
	int k = outcome_of(s);
	double x, low, high;

	if (k == OUTCOMES || !isfinite(s->ratio.value))
		return;
	x = figure_at(&m->axis, s->ratio.value);
	low = isfinite(s->ratio.low) ? s->ratio.low : s->ratio.value;
	high = isfinite(s->ratio.high) ? s->ratio.high : s->ratio.value;
	figure_line(m->f, figure_at(&m->axis, low), y,
		    figure_at(&m->axis, high), y,
		    (struct figure_stroke){ 1.2, outcomes[k].colour, 1 });
	figure_marker(m->f, x, y, 0.55, FIGURE_WHITE, 7);
	figure_marker(m->f, x, y, 0.55, outcomes[k].colour, outcomes[k].point);
	figure_text(m->f, m->axis.x1 + 8, y, type,
		    s->ratio.value < 9.995 ? "×%.2f" : "×%.0f", s->ratio.value);
}

static void put_spot(const struct map *m, const struct figure_spot *s, double y)
{
	struct figure_type type = { 'r', false, 8.5, FIGURE_INK };
	double tall = put_fastest_names(m, s, &y), middle = y + tall / 2;
	char text[40];

	figure_text(m->f, m->size_x, middle, type, "%s",
		    size_words((double)s->at.size_bytes, text, sizeof(text)));
	put_stripes(m, s, y + 2, y + tall - 2);
	put_ratio(m, s, middle);
}

/* --- all lines ------------------------------------------------------------ */

static bool same_row(const struct figure_spot *a, const struct figure_spot *b)
{
	return figure_same_condition(&a->at, &b->at,
				     RUN_TELL_DEPTH | RUN_TELL_PAIRS) &&
	       !strcmp(a->at.depth, b->at.depth) &&
	       !strcmp(a->at.wait, b->at.wait);
}

static bool is_first(const struct map *m, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_row(&m->spot[k], &m->spot[i]))
			return false;
	return true;
}

/* Writes a condition left of its first line; in a narrow figure, above it. */
static double put_condition_heading(const struct map *m,
				    const struct figure_spot *s, double y)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	bool column = m->f->wish->column;
	char text[200], cut[220];

	run_condition_phrase(&s->at, RUN_TELL_DEPTH | RUN_TELL_PAIRS, text,
			     sizeof(text));
	if (column) /* hide the lines of the axis behind the heading */
		figure_box(m->f, 10, y, m->f->width - 10, y + ROW,
			   FIGURE_WHITE);
	figure_box(m->f, 10, y, m->f->width - 10, y + 0.6, FIGURE_HAIR);
	figure_text(
		m->f, 10, y + ROW / 2.0 + 2, head, "%s",
		figure_text_cut(cut, sizeof(cut), text, 9,
				column ? m->f->width - 20 : m->size_x - 70));
	return y + (column ? ROW : 2);
}

static double put_spot_group(struct map *m, size_t first, double y)
{
	y = put_condition_heading(m, &m->spot[first], y);
	for (size_t i = first; i < m->n; i++) {
		if (!same_row(&m->spot[first], &m->spot[i]))
			continue;
		put_spot(m, &m->spot[i], y);
		y += put_fastest_names(m, &m->spot[i], NULL);
	}
	return y + 2;
}

/* The key has only the marks that occur. */
static double put_map_key(const struct map *m, double y)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };
	double x = 16;

	for (int k = 0; k < OUTCOMES; k++) {
		double width = figure_text_width(outcomes[k].words, 8.5, false);

		if (m->count[k] == 0)
			continue;
		if (x + width + 20 > m->f->width) {
			x = 16;
			y += 15;
		}
		figure_marker(m->f, x, y + 5, 0.6, outcomes[k].colour,
			      outcomes[k].point);
		figure_text(m->f, x + 9, y + 5, type, "%s", outcomes[k].words);
		x += width + 34;
	}
	return y + (m->n > m->alone ? 18 : 0);
}

static void find_size_axis(struct map *m)
{
	bool column = m->f->wish->column;
	double low = 0.8, high = 1.25;

	for (size_t i = 0; i < m->n; i++) {
		const struct stats_interval *r = &m->spot[i].ratio;

		if (!isfinite(r->value) || r->value <= 0)
			continue;
		low = fmin(low, fmin(r->value, r->low > 0 ? r->low : 1));
		high = fmax(high,
			    fmax(r->value, isfinite(r->high) ? r->high : 1));
	}
	m->size_x = column ? 54 : 256;
	m->swatch_x = m->size_x + 7;
	m->names_x = m->swatch_x + 13;
	m->names_width = column ? 122 : 226;
	m->axis = (struct figure_axis){
		.x0 = m->names_x + m->names_width + 8,
		.x1 = m->f->width - 46,
		.low = low / 1.1,
		.high = high * 1.1,
		.log = true,
	};
}

static double height_of_map(const struct map *m)
{
	double tall = 0;

	for (size_t i = 0; i < m->n; i++) {
		tall += put_fastest_names(m, &m->spot[i], NULL);
		if (is_first(m, i))
			tall += m->f->wish->column ? ROW + 2 : 4;
	}
	return tall;
}

int figure_map(struct figure *f, struct err *e)
{
	struct map m = { .f = f };
	int rc = read_map(&m, e);
	double y;

	if (rc == 0) {
		say_map_finding(&m);
		find_size_axis(&m);
		y = put_map_key(&m, figure_top(f));
		f->height = y + height_of_map(&m) + 24;
		if (m.n > m.alone)
			figure_ratio_axis_put(f, &m.axis, y, f->height - 24);
		for (size_t i = 0; i < m.n; i++)
			if (is_first(&m, i))
				y = put_spot_group(&m, i, y);
	}
	free(m.spot);
	return rc;
}
