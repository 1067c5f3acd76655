/* Declarations for the files that draw lines, and for no others. */
#ifndef FIGURE_FIGURE_LINES_H
#define FIGURE_FIGURE_LINES_H

#include "figure/figure.h"

/* The part of a condition that varies along the axis of a figure. */
struct axis {
	/* NaN: not on this axis */
	double (*x)(const struct run_condition *k);
	int parts;     /* RUN_TELL_…: parts that tell panels apart */
	bool flat;     /* cells without the setting take part at every x */
	size_t least;  /* how many different x a panel needs */
	size_t points; /* how many different x a mechanism needs */
	/* words for 1, such as "message under way", and for several; or NULL */
	const char *one, *several;
	const char *label;
	void (*tic)(double x, char *buf, size_t size);
	const char *lack;
};

struct series {
	struct figure_style style;
	const char *label;
	size_t first, n; /* its first cell in panel.cell; how many it has */
	double end_x, end_y;
	bool flat;   /* it has no such setting, so it is the same at every x */
	bool hidden; /* named below the panel, not drawn */
	/* mean logarithm of: speed of the fastest divided by the series' */
	double lag;
};

/* A line is drawn through three points or more; fewer points stand alone. */
#define LINE_POINTS 3

/* More than so many lines cannot be told apart. */
#define LINES_MOST 8

#define PANELS_MAX    64
#define CROSSINGS_MAX 3

/* The x at which the best ring overtakes the best other, or falls behind. */
struct crossing {
	double x, low, high; /* the crossing, and the ends of its interval */
	double y;
	bool ring_wins; /* the ring is the faster one at a larger x */
};

struct panel {
	const struct run_cell *model; /* one of its cells */
	const struct run_cell **cell; /* sorted by label, then by x */
	size_t cells;
	struct series *series;
	size_t n;
	double x0, x1, y0, y1, right;
	/*
	 * the ends of both axes, equal for all panels of a workload, but a
	 * ceiling may raise y_high
	 */
	double x_low, x_high, y_low, y_high;
	struct crossing crossing[CROSSINGS_MAX];
	size_t crossings;
	double ceiling;  /* speed at which one CPU copies memory; or NaN */
	double weight;   /* the heaviest panels are kept */
	double rest_x;   /* the x at which speeds of hidden lines are told */
	char rest[1500]; /* these speeds in words; "": no line is hidden */
};

struct chart {
	struct figure *f;
	const struct axis *axis;
	struct panel panel[PANELS_MAX];
	int panels;
	int tall;     /* the least height of a panel, in pixels */
	int left_out; /* panels that have no room */
	int named;    /* so many of them are in `names`, as conditions */
	char names[300];
};

/* The fastest at x of rings (1), other mechanisms (0) or all (-1); or NULL. */
const struct run_cell *figure_lines_fastest(const struct chart *c,
					    const struct panel *p, double x,
					    int ring);

/*
 * The x with the highest score: the number of cells at x, less 0.7 for each
 * octave between x and 64 Ki.
 */
double figure_lines_busiest(const struct chart *c, const struct panel *p);

/*
 * If there are too many lines, hides all except the best of each family, and
 * then the slowest of these until few enough are left.
 */
void figure_lines_pick(const struct chart *c, struct panel *p);

/* How many lines the panel draws. */
size_t figure_lines_shown(const struct panel *p);

/* Reads the line of the verdict for a panel at x; false: there is none. */
bool figure_lines_spot(const struct chart *c, const struct panel *p, double x,
		       struct figure_spot *to);

/* The panel that the headline is about. */
const struct panel *figure_lines_main(const struct chart *c);

/* Where a cell is on the axis; NaN: everywhere. */
double figure_lines_x(const struct chart *c, const struct run_cell *cell);

/* Finds the crossings of a panel that are certain. */
void figure_lines_cross(const struct chart *c, struct panel *p);

/* Places the panels below y, and sets the height of the figure. */
void figure_lines_place(struct chart *c, double y);

/* Places the panels and writes what the script needs. 0 or -ENOMEM. */
int figure_lines_put(struct chart *c, struct err *e);

/* True if a line that ends at `x` ends far from its name. */
static inline bool figure_lines_end_early(const struct panel *p, double x)
{
	return x * 1.5 < p->x_high;
}

/* Writes the headline and the text under it. */
void figure_lines_say(struct chart *c);

#endif
