/* What the files that draw lines share, and nobody else sees. */
#ifndef FIGURE_FIGURE_LINES_H
#define FIGURE_FIGURE_LINES_H

#include "figure/figure.h"

/* What a figure varies and what it holds still. */
struct axis {
	double (*x)(const struct run_cell *c); /* NaN: not on this axis */
	int parts;     /* NAME_…: what makes another panel */
	size_t least;  /* how many x a panel needs to be one */
	size_t points; /* how many of them a line needs */
	/* of an axis that starts at one: "message under way", and of several */
	const char *one, *several;
	const char *label;
	void (*tic)(double x, char *buf, size_t size);
	const char *lack;
};

struct series {
	struct look look;
	const char *label;
	size_t first, n; /* of the sorted cells */
	double end_x, end_y;
};

#define PANELS_MAX    64
#define CROSSINGS_MAX 3

/* Where the best ring and the best other change places. */
struct crossing {
	double x, low, high; /* with its interval */
	double y;
	bool ring_wins; /* on the right of it */
};

struct panel {
	const struct run_cell *model; /* one of its cells */
	const struct run_cell **cell; /* by label, then by x */
	size_t cells;
	struct series *series;
	size_t n;
	double x0, x1, y0, y1, right;
	double x_low, x_high, y_low, y_high; /* of all panels of a workload */
	struct crossing crossing[CROSSINGS_MAX];
	size_t crossings;
	double ceiling; /* what one CPU copies by itself; NaN: not known */
};

struct chart {
	struct figure *f;
	const struct axis *axis;
	struct panel panel[PANELS_MAX];
	int panels;
	int left_out; /* for want of room */
};

/* The fastest of a panel at x, a ring (1), another (0) or any (-1), or NULL. */
const struct run_cell *figure_lines_fastest(const struct chart *c,
					    const struct panel *p, double x,
					    int ring);

/* Finds the crossings of a panel that are certain. */
void figure_lines_cross(const struct chart *c, struct panel *p);

/* Places the panels and writes what the script needs. 0 or -ENOMEM. */
int figure_lines_put(struct chart *c, struct err *e);

/* Headline, and what stands under it. */
void figure_lines_say(struct chart *c);

#endif
