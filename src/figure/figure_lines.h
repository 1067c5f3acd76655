/* Declarations for the files that draw lines, and for no others. */
#ifndef FIGURE_FIGURE_LINES_H
#define FIGURE_FIGURE_LINES_H

#include "figure/figure.h"

/* The dimension that a figure varies, and those that it holds still. */
struct axis {
	/* NaN: not on this axis */
	double (*x)(const struct run_condition *k);
	int parts;     /* RUN_TELL_…: what makes another panel */
	bool flat;     /* what has no such setting takes part at every x */
	size_t least;  /* how many x a panel needs to be one */
	size_t points; /* how many of them a mechanism needs */
	/* of an axis that starts at one: "message under way", and of several */
	const char *one, *several;
	const char *label;
	void (*tic)(double x, char *buf, size_t size);
	const char *lack;
};

struct series {
	struct figure_style style;
	const char *label;
	size_t first, n; /* of the sorted cells */
	double end_x, end_y;
	bool flat;   /* it has no such setting: the same at every x */
	bool hidden; /* named below the panel, not drawn */
	double lag;  /* mean logarithm of how far it is behind the fastest */
};

/* Two points are no line. */
#define LINE_POINTS 3

/* More lines than these cannot be told apart. */
#define LINES_MOST 8

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
	double ceiling;  /* what one CPU copies by itself; NaN: not known */
	double weight;   /* the heaviest panels are kept */
	double rest_x;   /* where the speeds of what is hidden are told */
	char rest[1500]; /* of these, in words; "" */
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

/* Where most mechanisms were measured; of sizes rather one near 64 KiB. */
double figure_lines_busiest(const struct chart *c, const struct panel *p);

/* Hides all but the best of each family where there are too many lines. */
void figure_lines_pick(const struct chart *c, struct panel *p);

/* How many lines it draws. */
size_t figure_lines_shown(const struct panel *p);

/* Reads the line of the verdict for a panel at x; false: there is none. */
bool figure_lines_spot(const struct chart *c, const struct panel *p, double x,
		       struct figure_spot *to);

/* The panel that the headline is of. */
const struct panel *figure_lines_main(const struct chart *c);

/* Where a cell is on the axis; NaN: everywhere. */
double figure_lines_x(const struct chart *c, const struct run_cell *cell);

/* Finds the crossings of a panel that are certain. */
void figure_lines_cross(const struct chart *c, struct panel *p);

/* Places the panels and writes what the script needs. 0 or -ENOMEM. */
int figure_lines_put(struct chart *c, struct err *e);

/* Headline, and the text under it. */
void figure_lines_say(struct chart *c);

#endif
