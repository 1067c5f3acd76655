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

	/* a box lies behind all lines, and behind the boxes drawn after it */
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

/* Tics at powers of ten, and at 2 and 5 times these if there is room. */
static void put_log_tics(struct figure *f, const struct figure_axis *a,
			 double y0, double y1, double room)
{
	static const double part[] = { 1, 2, 5 };
	double decade = (a->x1 - a->x0) / log10(a->high / a->low);
	int each = (int)fmax(1, ceil(room / decade));
	int parts = decade * log10(2) > room ? 3 : 1;

	for (int k = (int)floor(log10(a->low)); pow(10, k) <= a->high; k++)
		for (int i = 0; i < parts; i++) {
			double value = part[i] * pow(10, k);

			if (k % each == 0 && value >= a->low * 0.9999 &&
			    value <= a->high * 1.0001)
				put_tic(f, a, value, y0, y1);
		}
}

void figure_axis_put(struct figure *f, const struct figure_axis *a, double y0,
		     double y1, double room)
{
	double step = figure_step((a->high - a->low) * room / (a->x1 - a->x0));

	if (a->log) {
		put_log_tics(f, a, y0, y1, room);
		return;
	}
	for (int k = (int)ceil(a->low / step - 1e-9);
	     k * step <= a->high * 1.0001; k++)
		put_tic(f, a, k * step, y0, y1);
}

static const struct {
	double value;
	const char *words;
	int rank; /* tics of a lower rank are put first and keep their room */
} ratios[] = {
	{ 1e-3, "×1/1000", 2 }, { 0.01, "×1/100", 1 }, { 0.1, "×1/10", 1 },
	{ 0.25, "×1/4", 2 },    { 0.5, "×1/2", 2 },    { 0.8, "×0.8", 3 },
	{ 1, "×1", 0 },         { 1.25, "×1.25", 3 },  { 2, "×2", 2 },
	{ 4, "×4", 2 },         { 10, "×10", 1 },      { 100, "×100", 1 },
	{ 1000, "×1000", 2 },
};

#define RATIOS (sizeof(ratios) / sizeof(*ratios))

static bool is_on(const struct figure_axis *a, double value)
{
	return value >= a->low && value <= a->high;
}

/* False if another tic, put before, is too near. */
static bool has_room(const struct figure_axis *a, const bool *put, double value)
{
	for (size_t i = 0; i < RATIOS; i++)
		if (put[i] && fabs(figure_at(a, ratios[i].value) -
				   figure_at(a, value)) < 40)
			return false;
	return true;
}

void figure_ratio_axis_put(struct figure *f, const struct figure_axis *a,
			   double y0, double y1)
{
	struct figure_type type = { 'c', false, 8.5, FIGURE_MUTE };
	bool put[RATIOS] = { false };

	for (int rank = 0; rank < 4; rank++)
		for (size_t i = 0; i < RATIOS; i++) {
			double x = figure_at(a, ratios[i].value);

			if (ratios[i].rank != rank ||
			    !is_on(a, ratios[i].value) ||
			    !has_room(a, put, ratios[i].value))
				continue;
			put[i] = true;
			figure_box(f, x - (rank ? 0.3 : 0.5), y0,
				   x + (rank ? 0.3 : 0.5), y1,
				   rank ? FIGURE_HAIR : 0x999999u);
			figure_text(f, x, y1 + 10, type, "%s", ratios[i].words);
		}
}

/* --- what the script reads ------------------------------------------------ */

void figure_array(struct figure *f, const char *name, const double *value,
		  size_t n)
{
	fprintf(f->data, "array %s[%zu] = [", name, n);
	for (size_t i = 0; i < n; i++)
		fprintf(f->data, "%s%.9g", i ? ", " : "", value[i]);
	fputs("]\n", f->data);
}

void figure_panel(struct figure *f, double x0, double y0, double x1, double y1)
{
	int n = ++f->panels;

	fprintf(f->data,
		"X0_%d = %.2f; X1_%d = %.2f; Y0_%d = %.2f; "
		"Y1_%d = %.2f\n",
		n, x0, n, x1, n, y0, n, y1);
}
