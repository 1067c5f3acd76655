/* Axes of figures that are laid out in pixels. */
#include <math.h>

#include "figure/figure.h"

double figure_at(const struct figure_axis *a, double value)
{
	double share;

	if (a->log)
		share = log(value / a->low) / log(a->high / a->low);
	else
		share = (value - a->low) / (a->high - a->low);
	return a->x0 + fmax(0, fmin(1, share)) * (a->x1 - a->x0);
}

static void put_tic(struct figure *f, const struct figure_axis *a, double value,
		    double y0, double y1)
{
	struct figure_type type = { 'c', false, 8.5, FIGURE_MUTE };
	double x = figure_at(a, value);
	char text[60];

	/* a box, since boxes lie behind all lines and in their own order */
	figure_box(f, x - 0.3, y0, x + 0.3, y1, FIGURE_HAIR);
	a->words(value, text, sizeof(text));
	figure_text(f, x, y1 + 10, type, "%s", text);
}

double figure_step(double least)
{
	double step = pow(10, floor(log10(least)));

	if (step < least)
		step *= 2;
	if (step < least)
		step *= 2.5;
	if (step < least)
		step *= 2;
	return step;
}

void figure_axis_put(struct figure *f, const struct figure_axis *a, double y0,
		     double y1, double room)
{
	double step = figure_step((a->high - a->low) * room / (a->x1 - a->x0));

	if (a->log) {
		double decades = log10(a->high / a->low);
		int each = (int)fmax(1, ceil(decades * room / (a->x1 - a->x0)));

		for (int k = (int)ceil(log10(a->low) - 1e-9);
		     pow(10, k) <= a->high * 1.0001; k += each)
			put_tic(f, a, pow(10, k), y0, y1);
		return;
	}
	for (int k = (int)ceil(a->low / step - 1e-9);
	     k * step <= a->high * 1.0001; k++)
		put_tic(f, a, k * step, y0, y1);
}
