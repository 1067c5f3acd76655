/* Puts panels of lines in their places, with labels, tics and data. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "figure/figure_lines.h"

/* --- layout --------------------------------------------------------------- */

enum {
	LABEL_GAP = 13,
	LABEL_ROOM = 112,
	TIC_ROOM = 70,
	UNDER = 50,
	CROSSING_GAP = 12,
	REST_GAP = 12
};

static bool is_line(const struct series *s)
{
	return s->flat || s->n >= LINE_POINTS;
}

/*
 * Writes the speeds of hidden lines below a panel, if `put`. Returns where this
 * text ends.
 */
static double put_rest(const struct chart *c, const struct panel *p, double y,
		       bool put)
{
	struct figure_type type = { 'l', false, 8, FIGURE_MUTE };
	double left = p->x0 - TIC_ROOM + 10;
	const char *rest = p->rest;
	char line[400];

	for (; *rest; y += REST_GAP) {
		rest = figure_text_line(rest, type.size, false,
					p->right - 8 - left, line,
					sizeof(line));
		if (put)
			figure_text(c->f, left, y, type, "%s", line);
	}
	return y;
}

/* Where notes begin, below the label of the axis. */
static double notes_at(const struct panel *p)
{
	return p->y1 + 50;
}

static double tall_of(const struct panel *p)
{
	return LABEL_GAP * (double)(figure_lines_shown(p) + 1) - 6;
}

static double bottom_of(const struct chart *c, const struct panel *p)
{
	double notes = notes_at(p) + CROSSING_GAP * (double)p->crossings;

	return fmax(p->y1 + UNDER, put_rest(c, p, notes, false) + 6);
}

void figure_lines_place(struct chart *c, double y)
{
	struct figure *f = c->f;
	int columns = f->wish->column || c->panels == 1 ? 1 : 2;
	double wide = (f->width - 14) / columns;

	for (int i = 0; i < c->panels; i += columns) {
		int end = i + columns < c->panels ? i + columns : c->panels;
		double tall = c->tall, bottom = 0;

		for (int k = i; k < end; k++)
			tall = fmax(tall, tall_of(&c->panel[k]));
		for (int k = i; k < end; k++) {
			struct panel *p = &c->panel[k];

			p->x0 = TIC_ROOM + wide * (k - i);
			p->right = wide * (k - i + 1) + 6;
			p->x1 = p->right - LABEL_ROOM;
			p->y0 = y + 24;
			p->y1 = p->y0 + tall;
			bottom = fmax(bottom, bottom_of(c, p));
		}
		y = bottom;
	}
	f->height = y;
}

/* The name beside a line's end. */
struct name {
	const char *text;
	unsigned colour;
	double x, y; /* where the line ends, in units of the axes */
};

static double pixel_x(const struct panel *p, double x)
{
	return p->x0 +
	       log(x / p->x_low) / log(p->x_high / p->x_low) * (p->x1 - p->x0);
}

static double pixel_y(const struct panel *p, double y)
{
	return p->y1 -
	       log(y / p->y_low) / log(p->y_high / p->y_low) * (p->y1 - p->y0);
}

/* Writes a name where it has room, and ties it to the end of its line. */
static void put_line_name(const struct chart *c, const struct panel *p,
			  const struct name *n, double at)
{
	struct figure_type type = { 'l', false, 8.5, n->colour };
	double x = pixel_x(p, n->x) + 3, y = pixel_y(p, n->y);
	bool early = figure_lines_end_early(p, n->x);
	double turn = early ? p->x1 : p->x1 + 3;
	double width = early ? 0.5 : 0.6;
	int dash = early ? 3 : 1;

	figure_line(c->f, x, y, turn, y,
		    (struct figure_stroke){ width, n->colour, dash });
	figure_line(c->f, turn, y, p->x1 + 13, at,
		    (struct figure_stroke){ width, n->colour, dash });
	figure_text_within(c->f, p->x1 + 16, at, type, p->right - p->x1 - 18,
			   n->text);
}

static bool shows_ceiling(const struct panel *p)
{
	return p->ceiling > p->y_low && p->ceiling < p->y_high;
}

static void put_line_names(const struct chart *c, const struct panel *p)
{
	double *y = calloc(p->n + 1, sizeof(*y));
	struct name *name = calloc(p->n + 1, sizeof(*name));
	size_t n = 0;

	for (size_t i = 0; y && name && i < p->n; i++)
		if (!p->series[i].hidden)
			name[n++] = (struct name){
				.text = p->series[i].label,
				.colour = p->series[i].style.text,
				.x = p->series[i].flat ? p->x_high
						       : p->series[i].end_x,
				.y = p->series[i].end_y,
			};
	if (y && name && shows_ceiling(p))
		name[n++] = (struct name){ "memcpy, 1 CPU", FIGURE_MUTE,
					   p->x_high, p->ceiling };
	for (size_t i = 0; i < n; i++)
		y[i] = pixel_y(p, name[i].y);
	if (n)
		figure_spread(y, n, LABEL_GAP, p->y0 - 4, p->y1 + 8);
	for (size_t i = 0; i < n; i++)
		put_line_name(c, p, &name[i], y[i]);
	free(name);
	free(y);
}

static void put_panel_heading(const struct chart *c, const struct panel *p)
{
	struct figure_type type = { 'l', true, 9, FIGURE_INK };
	char text[200], cut[220];

	run_condition_phrase(&p->model->at, c->axis->parts, text, sizeof(text));
	figure_text(c->f, p->x0 - TIC_ROOM + 10, p->y0 - 14, type, "%s",
		    figure_text_cut(cut, sizeof(cut), text, 9.5,
				    p->right - p->x0 + TIC_ROOM - 8));
	type = (struct figure_type){ 'c', false, 8.5, FIGURE_MUTE };
	figure_text(c->f, (p->x0 + p->x1) / 2, p->y1 + 35, type, "%s",
		    c->axis->label);
}

/*
 * Draws a circle at each crossing, and a bar on the axis for the interval of
 * the crossing. Writes both in words, too.
 */
static void put_crossings(const struct chart *c, const struct panel *p)
{
	struct figure_type type = { 'c', false, 8, FIGURE_INK };
	const struct crossing *x = p->crossing;
	double middle = (p->x0 - TIC_ROOM + p->right) / 2;
	char at[40], low[40], high[40];

	for (size_t i = 0; i < p->crossings; i++) {
		double px = pixel_x(p, x[i].x), py = pixel_y(p, x[i].y);

		figure_line(c->f, px, py, px, p->y1,
			    (struct figure_stroke){ 0.6, FIGURE_INK, 3 });
		figure_marker(c->f, px, py, 0.9, FIGURE_WHITE, 7);
		figure_marker(c->f, px, py, 0.9, FIGURE_INK, 6);
		figure_line(c->f, pixel_x(p, x[i].low), p->y1 - 1,
			    pixel_x(p, x[i].high), p->y1 - 1,
			    (struct figure_stroke){ 3, FIGURE_INK, 1 });
		figure_text(c->f, middle,
			    notes_at(p) + CROSSING_GAP * (double)i, type,
			    "best ring %s best other at %s (%s to %s)",
			    x[i].ring_wins ? "overtakes" : "falls behind",
			    size_words(x[i].x, at, sizeof(at)),
			    size_words(x[i].low, low, sizeof(low)),
			    size_words(x[i].high, high, sizeof(high)));
	}
}

/* --- tics ----------------------------------------------------------------- */

/*
 * put_x_tics and put_y_tics write commands that the script evaluates at each
 * panel.
 */
static void put_x_tics(const struct chart *c, const struct panel *p)
{
	int first = (int)ceil(log2(p->x_low));
	double octaves = log2(p->x_high / p->x_low);
	int step = (int)fmax(1, ceil(octaves * 44 / (p->x1 - p->x0)));
	const char *comma = "";
	char text[40];

	fputs("\"set xtics (", c->f->data);
	for (int k = first; exp2(k) <= p->x_high; k += step) {
		c->axis->tic(exp2(k), text, sizeof(text));
		fprintf(c->f->data, "%s'%s' %.0f", comma, text, exp2(k));
		comma = ", ";
	}
	fputs(")", c->f->data);
}

static void put_y_tics(const struct chart *c, const struct panel *p)
{
	double octaves = log2(p->y_high / p->y_low);
	const char *comma = "";
	char text[40];
	int step = 1;

	while (octaves * 24 / step > p->y1 - p->y0)
		step *= 2;
	fputs("; set ytics (", c->f->data);
	for (int k = (int)ceil(log2(p->y_low)); exp2(k) <= p->y_high; k++) {
		if ((k % step + step) % step)
			continue;
		figure_rate_tic(k, text, sizeof(text));
		fprintf(c->f->data, "%s'%s' %.9g", comma, text, exp2(k));
		comma = ", ";
	}
	fputs(")\"", c->f->data);
}

static void put_axes(const struct chart *c)
{
	double range[4][PANELS_MAX];
	static const char *const name[] = { "XLO", "XHI", "YLO", "YHI" };

	for (int i = 0; i < c->panels; i++) {
		range[0][i] = c->panel[i].x_low;
		range[1][i] = c->panel[i].x_high;
		range[2][i] = c->panel[i].y_low;
		range[3][i] = c->panel[i].y_high;
	}
	for (int i = 0; i < 4; i++)
		figure_array(c->f, name[i], range[i], (size_t)c->panels);
	fprintf(c->f->data, "array TICS[%d] = [", c->panels);
	for (int i = 0; i < c->panels; i++) {
		fputs(i ? ", " : "", c->f->data);
		put_x_tics(c, &c->panel[i]);
		put_y_tics(c, &c->panel[i]);
	}
	fputs("]\n", c->f->data);
}

/* --- data ----------------------------------------------------------------- */

static void put_point(const struct chart *c, double x,
		      const struct stats_interval *speed)
{
	fprintf(c->f->data, "%.9g %.6g %.6g %.6g\n", x, speed->value,
		isfinite(speed->low) ? speed->low : speed->value,
		isfinite(speed->high) ? speed->high : speed->value);
}

static void put_points(const struct chart *c, const struct panel *p)
{
	for (size_t s = 0; s < p->n; s++) {
		const struct series *of = &p->series[s];

		if (of->hidden)
			continue;
		for (size_t i = 0; i < of->n && !of->flat; i++) {
			const struct run_cell *cell = p->cell[of->first + i];

			put_point(c, figure_lines_x(c, cell), &cell->speed);
		}
		if (of->flat) {
			put_point(c, p->x_low, &p->cell[of->first]->speed);
			put_point(c, p->x_high, &p->cell[of->first]->speed);
		}
		fputs("\n\n", c->f->data);
	}
}

enum { COLOUR, POINT, DASH, LINE, LOOKS };

static const char *const look_names[LOOKS] = { "COLOUR", "POINT", "DASH",
					       "LINE" };

static int put_looks(struct chart *c, struct err *e)
{
	size_t total = 0, n = 0;
	double *v[LOOKS], first[PANELS_MAX + 1];
	bool failed = false;

	for (int i = 0; i < c->panels; i++)
		total += c->panel[i].n;
	for (int k = 0; k < LOOKS; k++)
		failed |= !(v[k] = calloc(total + 1, sizeof(double)));
	for (int i = 0; i < c->panels && !failed; i++) {
		first[i] = (double)n;
		for (size_t s = 0; s < c->panel[i].n; s++) {
			const struct series *of = &c->panel[i].series[s];

			if (of->hidden)
				continue;
			v[COLOUR][n] = of->style.colour;
			v[POINT][n] = of->flat ? 0 : of->style.point;
			v[DASH][n] = of->style.dash;
			v[LINE][n++] = is_line(of);
		}
	}
	first[c->panels] = (double)n;
	for (int k = 0; k < LOOKS && !failed; k++)
		figure_array(c->f, look_names[k], v[k], n);
	if (!failed)
		figure_array(c->f, "FIRST", first, (size_t)c->panels + 1);
	for (int k = 0; k < LOOKS; k++)
		free(v[k]);
	return failed ? err_code(e, ENOMEM, "cannot draw the figure") : 0;
}

static void put_ceiling(const struct chart *c, const struct panel *p)
{
	if (shows_ceiling(p))
		figure_line(c->f, p->x0, pixel_y(p, p->ceiling), p->x1,
			    pixel_y(p, p->ceiling),
			    (struct figure_stroke){ 0.9, 0x7f7f7f, 4 });
}

int figure_lines_put(struct chart *c, struct err *e)
{
	figure_lines_place(c, figure_top(c->f));
	put_axes(c);
	fputs("$LINES << END_OF_LINES\n", c->f->data);
	for (int i = 0; i < c->panels; i++)
		put_points(c, &c->panel[i]);
	fputs("END_OF_LINES\n", c->f->data);
	for (int i = 0; i < c->panels; i++) {
		const struct panel *p = &c->panel[i];

		figure_panel(c->f, p->x0, p->y0, p->x1, p->y1);
		put_panel_heading(c, p);
		put_ceiling(c, p);
		put_crossings(c, p);
		put_rest(c, p,
			 notes_at(p) + CROSSING_GAP * (double)p->crossings,
			 true);
		put_line_names(c, p);
	}
	return put_looks(c, e);
}
