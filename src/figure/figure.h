/*
 * Figures: what a run has to show, laid out in pixels here, drawn by gnuplot.
 *
 * A figure becomes one program: sizes, style.gp, its data, its script from
 * plots/, and texts over it. Placing labels so that they never overlap, and
 * finding the headline, is done here, since it needs the data.
 */
#ifndef FIGURE_FIGURE_H
#define FIGURE_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "figure/style.h"
#include "run/run.h"

/* A point of type in pixels of a figure. */
#define FIGURE_PX 1.28

/* A paper's column is 85 mm wide, its page two of them and a gap. */
#define FIGURE_COLUMN 369
#define FIGURE_PAGE   760

/* No page is taller; what has no room in a figure is counted in its text. */
#define FIGURE_TALLEST 1060

#define FIGURE_INK   0x222222u
#define FIGURE_MUTE  0x666666u
#define FIGURE_HAIR  0xd9d9d9u
#define FIGURE_WHITE 0xffffffu

/* The run or runs to draw, and the width. */
struct figure_wish {
	const struct run *run;
	const struct run *other; /* to compare with, or NULL */
	bool column; /* as wide as a paper's column; else as its page */
};

struct figure {
	const struct figure_wish *wish;
	double width, height; /* pixels; the height grows with what is drawn */
	int panels;
	char headline[400]; /* the finding, without markup */
	char about[600];    /* unit, n, what a ribbon is */
	FILE *data;         /* for the script: variables and $blocks */
	FILE *over;         /* over all, in pixels from the top left */
	char *data_text, *over_text;
	size_t data_size, over_size;
};

/*
 * Draws itself into `f`; headline and about come before figure_top. 0, or
 * -ENODATA with what the run lacks, or -ENOMEM.
 */
typedef int figure_draw(struct figure *f, struct err *e);

struct figure_kind {
	const char *name;    /* of the file, and for --figure */
	const char *script;  /* of plots/, without .gp */
	const char *summary; /* one line for people */
	figure_draw *draw;
};

extern const struct figure_kind figure_kinds[]; /* up to .name NULL */

figure_draw figure_throughput, figure_depth, figure_pairs, figure_map,
	figure_copies, figure_price, figure_parts, figure_predicted,
	figure_time, figure_start, figure_latency, figure_run, figure_compare;

/* A figure as a program for gnuplot, its headline, and a text about it. */
struct figure_program {
	char *text; /* wants the variables `fmt` and `out` set before it */
	char *headline, *about;
};

int figure_write(const struct figure_kind *k, const struct figure_wish *w,
		 struct figure_program *p, struct err *e);
void figure_program_free(struct figure_program *p);

/* --- for the files that draw one ------------------------------------------ */

/* Writes headline and about; where the figure itself begins, in pixels. */
double figure_top(struct figure *f);

/* A panel's place; the script finds it in X0, X1, Y0, Y1 [panel]. */
void figure_panel(struct figure *f, double x0, double y0, double x1, double y1);

struct figure_type {
	char align; /* 'l', 'c', 'r' of x; y is the middle of the line */
	bool bold;
	double size; /* points */
	unsigned colour;
};

void figure_text(struct figure *f, double x, double y, struct figure_type type,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));

struct figure_stroke {
	double width; /* gnuplot's lw */
	unsigned colour;
	int dash; /* gnuplot's dt */
};

void figure_line(struct figure *f, double x0, double y0, double x1, double y1,
		 struct figure_stroke s);
void figure_box(struct figure *f, double x0, double y0, double x1, double y1,
		unsigned fill);
void figure_marker(struct figure *f, double x, double y, double size,
		   unsigned colour, int point);

/* Pixels that a text takes at most, also in a font that is not ours. */
double figure_text_width(const char *text, double size, bool bold);

/* Cuts a text to so many pixels, with an ellipsis. Returns buf. */
const char *figure_text_cut(char *buf, size_t size, const char *text,
			    double points, double width);

/*
 * Moves y[] apart until neighbours are `gap` away from each other, staying
 * within low and high where there is room, each as near as it can be to where
 * it was. Their order stays.
 */
void figure_spread(double *y, size_t n, double gap, double low, double high);

/* Writes an array for the script: NAME[1] is value[0]. */
void figure_array(struct figure *f, const char *name, const double *value,
		  size_t n);

/* An axis across, of a figure that is laid out in pixels. */
struct figure_axis {
	double x0, x1, low, high;
	bool log;
	const char *(*words)(double value, char *buf, size_t size);
};

/* A box of a key with its words. Returns where the next one begins. */
double figure_key_box(struct figure *f, double x, double y, unsigned fill,
		      const char *words);

/*
 * Says how many "Cells" have no room in the figure, unless none are left out.
 * Returns the height of this line.
 */
double figure_left_out(struct figure *f, double x, double y, const char *what,
		       size_t n);

/* 1, 2 or 5 times a power of ten, and at least this. */
double figure_step(double least);

double figure_at(const struct figure_axis *a, double value);

/* Hairs from y0 down to y1 with their values below, `room` pixels for each. */
void figure_axis_put(struct figure *f, const struct figure_axis *a, double y0,
		     double y1, double room);

/*
 * An axis of ratios: ×1/4, ×1/2, ×1 … with a line at each, that of 1 the
 * strongest. The axis is logarithmic.
 */
void figure_ratio_axis_put(struct figure *f, const struct figure_axis *a,
			   double y0, double y1);

/* So much of a text as fits `width`; returns the rest of it. */
const char *figure_text_line(const char *text, double points, bool bold,
			     double width, char *line, size_t size);

/* --- the verdict ---------------------------------------------------------- */

/* A member of an object; NaN and "" where it is missing. */
double figure_json_number(const json_t *line, const char *key);
const char *figure_json_text(const json_t *line, const char *key);

/* A heading: a condition as an object of the verdict, in words. */
void figure_json_heading(struct figure *f, double x, double y,
			 const json_t *condition);

/* A line of the verdict's map. Texts are "" where there is none. */
struct figure_spot {
	struct run_condition at;
	char depth[24];           /* of the condition, where it is a number */
	const json_t *best;       /* labels: the fastest, and what is as fast */
	const json_t *open;       /* those that it is not shown to beat */
	const char *ring, *other; /* that are compared */
	struct stats_interval ratio; /* speed of the ring over the other */
	const char *outcome;         /* of the ring */
	const char *starter;         /* the cheapest to set up */
	double pays_from_bytes;      /* from then on the fastest is ahead */
};

/* All lines of the map, in an array to be freed. Not to be copied. */
size_t figure_spots(const struct run *r, struct figure_spot **to);

/* The line for a condition; false: there is none. */
bool figure_spot_find(const struct run *r, const struct run_condition *k,
		      struct figure_spot *to);

/* How many are the fastest or may be, and which. */
size_t figure_spot_labels(const struct figure_spot *s);
const char *figure_spot_label(const struct figure_spot *s, size_t i);

/* "pipe is", "pipe and fifo are", "pipe or 3 others are": these in words. */
const char *figure_spot_first(const struct figure_spot *s, char *buf,
			      size_t size);

/* "shm futex is 1.34 times as fast as fifo", as the verdict has it. */
const char *figure_spot_words(const struct figure_spot *s, char *buf,
			      size_t size);

/* --- one condition -------------------------------------------------------- */

typedef bool figure_takes(const struct run_cell *c);

/* A cell of the condition that says most with cells of a kind; NULL: none. */
const struct run_cell *figure_model(const struct run *r, figure_takes *takes);

/* Whether a cell takes part in the condition of another one. */
bool figure_shares(const struct run_cell *model, const struct run_cell *c);

/* --- words ---------------------------------------------------------------- */

/* "9.8 GiB/s", "120 MiB/s" */
const char *figure_rate(double bytes_per_s, char *buf, size_t size);

/* Two to the power of so many bytes in a second. */
const char *figure_rate_tic(int octave, char *buf, size_t size);

/* "1.2 µs" */
const char *figure_time_words(double ns, char *buf, size_t size);

/* "0.0123 ns", also below 0: for the time of a byte. */
const char *figure_ns_words(double ns, char *buf, size_t size);

/*
 * Are two conditions the same, apart from what `parts` (RUN_TELL_…) leaves out?
 * A condition without a depth, or without a choice of waiting, is the same as
 * all that have one.
 */
bool figure_same_condition(const struct run_condition *a,
			   const struct run_condition *b, int parts);

#define FIGURE_ALL_PARTS (RUN_TELL_SIZE | RUN_TELL_DEPTH | RUN_TELL_PAIRS)

/* How much of a condition a cell leaves open. */
int figure_gaps(const struct run_cell *c, int parts);

/*
 * May a condition be named after this cell? Not if it leaves open what another
 * one of its condition says: it belongs to several.
 */
bool figure_stands_for(const struct run *r, const struct run_cell *c,
		       int parts);

#endif
