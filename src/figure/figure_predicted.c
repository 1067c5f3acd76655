/* The time of a byte as the cost model predicts it, against the measured. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/append.h"
#include "base/json.h"
#include "figure/figure.h"

enum { LEFT = 62, RIGHT = 16, FOOT = 34, NAMED = 3 };

struct square {
	struct figure *f;
	const json_t *list, *model;
	size_t n;
	struct figure_axis axis; /* horizontal; the vertical one is the same */
	double y0, y1;
};

static void find_both_axes(struct square *s)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < s->n; i++) {
		const json_t *c = json_array_get(s->list, i);
		double x = json_number_in(c, "ns_per_byte");
		double y = json_number_in(c, "ns_predicted");

		low = fmin(low, fmin(x, y));
		high = fmax(high, fmax(x, y));
	}
	s->axis = (struct figure_axis){ .x0 = LEFT,
					.x1 = s->f->width - RIGHT,
					.low = low / 1.3,
					.high = high * 1.3,
					.log = true,
					.words = figure_ns_words };
}

static double up_of(const struct square *s, double ns)
{
	double share = (figure_at(&s->axis, ns) - s->axis.x0) /
		       (s->axis.x1 - s->axis.x0);

	return s->y1 - share * (s->y1 - s->y0);
}

static void put_scales(struct square *s)
{
	static const double part[] = { 1, 2, 5 };
	struct figure_type type = { 'r', false, 8.5, FIGURE_MUTE };
	char words[40];

	figure_axis_put(s->f, &s->axis, s->y0, s->y1, 54);
	for (int k = -4; k < 6; k++)
		for (int i = 0; i < 3; i++) {
			double ns = part[i] * pow(10, k);
			double y = up_of(s, ns);

			if (ns < s->axis.low || ns > s->axis.high)
				continue;
			figure_box(s->f, s->axis.x0, y - 0.3, s->axis.x1,
				   y + 0.3, FIGURE_HAIR);
			figure_text(s->f, s->axis.x0 - 6, y, type, "%s",
				    figure_ns_words(ns, words, sizeof(words)));
		}
	figure_line(s->f, s->axis.x0, s->y1, s->axis.x1, s->y0,
		    (struct figure_stroke){ 1, FIGURE_MUTE, 2 });
}

static void put_cells(struct square *s)
{
	const struct run *r = s->f->wish->run;

	for (size_t i = 0; i < s->n; i++) {
		const json_t *c = json_array_get(s->list, i);
		const struct run_cell *cell =
			run_find(r, json_text_in(c, "cell"));

		if (!cell)
			continue;
		figure_marker(
			s->f,
			figure_at(&s->axis, json_number_in(c, "ns_per_byte")),
			up_of(s, json_number_in(c, "ns_predicted")), 0.6,
			figure_style_of(cell).colour,
			figure_style_of(cell).point);
	}
}

/* Names the cells farthest from the line, which come first in the list. */
static void say_worst(const struct square *s, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < s->n && i < NAMED; i++) {
		const json_t *c = json_array_get(s->list, i);
		const struct run_cell *cell =
			run_find(s->f->wish->run, json_text_in(c, "cell"));
		char where[160] = "";

		if (cell)
			run_condition_words(&cell->at, where, sizeof(where));
		text_append(buf, size, "%s%s of %s (%.2g times)", i ? ", " : "",
			    json_text_in(c, "label"), where,
			    json_number_in(c, "ns_predicted") /
				    json_number_in(c, "ns_per_byte"));
	}
}

static const char *reason_at(const json_t *left, size_t i)
{
	return json_text_in(json_array_get(left, i), "reason");
}

/* Tells for each reason how many cells the model leaves out. */
static void say_unpredicted(const struct square *s, char *buf, size_t size)
{
	const json_t *left = json_object_get(s->model, "left_out");
	const char *before = "; left out: ";
	size_t n;

	buf[0] = '\0';
	for (size_t i = 0; i < json_array_size(left); i += n) {
		const char *why = reason_at(left, i);

		for (n = 1; i + n < json_array_size(left) &&
			    !strcmp(reason_at(left, i + n), why);)
			n++;
		text_append(buf, size, "%s%zu cell%s (%s)", before, n,
			    n == 1 ? "" : "s", why);
		before = ", ";
	}
}

static void say_residuals(struct square *s)
{
	double r_squared = json_number_in(s->model, "r_squared");
	char worst[420], left[240];

	say_unpredicted(s, left, sizeof(left));
	snprintf(s->f->headline, sizeof(s->f->headline),
		 "Prices and counts predict %zu cells with a median error of "
		 "%.0f %%; R² of the logarithms %.2f%s",
		 s->n, 100 * json_number_in(s->model, "median_error"),
		 r_squared, left);
	say_worst(s, worst, sizeof(worst));
	snprintf(s->f->about, sizeof(s->f->about),
		 "ns for a byte. From left to right: measured; upwards: "
		 "predicted; dashed line: both are equal. %sFarthest from the "
		 "line: %s.",
		 r_squared < 0 ? "R² below 0: the mean of all times alone "
				 "would predict better. "
			       : "",
		 worst);
}

int figure_predicted(struct figure *f, struct err *e)
{
	const json_t *why = json_object_get(f->wish->run->verdict, "why");
	struct square s = { .f = f, .model = json_object_get(why, "model") };

	s.list = json_object_get(s.model, "cells");
	s.n = json_array_size(s.list);
	if (s.n < 2)
		return err_say(e, ENODATA,
			       "the run has no prices that predict two cells; "
			       "the plan \"why\" measures them");
	say_residuals(&s);
	find_both_axes(&s);
	s.y0 = figure_top(f) + 4;
	s.y1 = s.y0 + fmin(420, f->width - LEFT - RIGHT);
	put_scales(&s);
	put_cells(&s);
	f->height = s.y1 + FOOT;
	return 0;
}
