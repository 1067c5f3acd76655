/*
 * Figures of a run. They are laid out in pixels here and drawn by gnuplot.
 *
 * A figure becomes one program: sizes, style.gp, its data, its script from
 * plots/, and texts over it. The C code places the labels, so that they do not
 * overlap, and writes the headline, since both need the data.
 */
#ifndef FIGURE_FIGURE_H
#define FIGURE_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "figure/style.h"
#include "run/run.h"

/* The size of a typographic point, in pixels of a figure. */
#define FIGURE_PX 1.28

/* Widths in pixels, of a paper's column (85 mm), and of two with a gap. */
#define FIGURE_COLUMN 369
#define FIGURE_PAGE   760

/* The largest height. A figure says how many cells have no room in it. */
#define FIGURE_TALLEST 1060

#define FIGURE_INK   0x222222u
#define FIGURE_MUTE  0x666666u
#define FIGURE_HAIR  0xd9d9d9u
#define FIGURE_WHITE 0xffffffu

/* The run or runs to draw, and the width. */
struct figure_wish {
	const struct run *run;
	const struct run *other; /* a run to compare with, or NULL */
	bool column;   /* true: as wide as a paper's column; else, as two */
	bool untitled; /* without the headline */
};

struct figure {
	const struct figure_wish *wish;
	double width, height; /* pixels; the height grows with what is drawn */
	int panels;
	char headline[400]; /* the finding, without markup */
	char about[600];    /* unit, n, the meaning of marks */
	char left_out[400]; /* what has no room, or "" */
	FILE *data;         /* for the script: variables and $blocks */
	FILE *over;         /* drawn last, in pixels from the top left */
	char *data_text, *over_text;
	size_t data_size, over_size;
};

/*
 * Draws a figure into `f`. It sets headline and about before it calls
 * figure_top. Returns 0, -ENOMEM, or -ENODATA: `e` says what the run lacks.
 */
typedef int figure_draw(struct figure *f, struct err *e);

struct figure_kind {
	const char *name;    /* of its file, and the word for --figure */
	const char *script;  /* its file in plots/, without .gp */
	const char *summary; /* one line for people */
	figure_draw *draw;
};

extern const struct figure_kind figure_kinds[]; /* ends with .name NULL */

figure_draw figure_throughput, figure_depth, figure_pairs, figure_map,
	figure_copies, figure_price, figure_parts, figure_predicted,
	figure_time, figure_start, figure_latency, figure_run, figure_compare;

/* A figure as a program for gnuplot, its headline, and a text about it. */
struct figure_program {
	/*
	 * gnuplot's commands; to choose format and file, set its variables fmt
	 * and out first
	 */
	char *text;
	char *headline, *about;
	char *left_out; /* such as "panels without room: 2", or "" */
};

int figure_write(const struct figure_kind *k, const struct figure_wish *w,
		 struct figure_program *p, struct err *e);
void figure_program_free(struct figure_program *p);

/* --- for the files that draw figures -------------------------------------- */

/* Writes headline and about. Returns the y at which the drawing begins. */
double figure_top(struct figure *f);

/* The y that figure_top would return; writes nothing. */
double figure_top_tall(struct figure *f);

/* A panel's place; the script finds it in X0, X1, Y0, Y1 [panel]. */
void figure_panel(struct figure *f, double x0, double y0, double x1, double y1);

struct figure_type {
	char align; /* x is the text's left end 'l', centre 'c', right 'r' */
	bool bold;
	double size; /* points */
	unsigned colour;
};

/* Writes a text; y is the middle of its line. */
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

/*
 * How many pixels a text needs in our font, or a few more, since another font
 * may be used instead.
 */
double figure_text_width(const char *text, double size, bool bold);

/* Cuts a text to at most `width` pixels, with an ellipsis. Returns buf. */
const char *figure_text_cut(char *buf, size_t size, const char *text,
			    double points, double width);

/* Writes a text, which is cut to at most `width` pixels. */
void figure_text_within(struct figure *f, double x, double y,
			struct figure_type type, double width,
			const char *text);

/*
 * Moves the values of y[] apart until neighbours are at least `gap` away from
 * each other. They keep their order, stay as near as possible to where they
 * were, and stay between low and high if there is room.
 */
void figure_spread(double *y, size_t n, double gap, double low, double high);

/* Writes an array for the script: NAME[1] is value[0]. */
void figure_array(struct figure *f, const char *name, const double *value,
		  size_t n);

/* A horizontal axis of a figure that is laid out in pixels. */
struct figure_axis {
	double x0, x1, low, high;
	bool log;
	const char *(*words)(double value, char *buf, size_t size);
};

/* An entry of a key: a box and words. Returns where the next entry begins. */
double figure_key_box(struct figure *f, double x, double y, unsigned fill,
		      const char *words);

/*
 * True if an entry with these words has no room at x, and x is not at the left
 * end of the key: then the entry belongs into the next line.
 */
bool figure_key_full(const struct figure *f, double x, double left,
		     const char *words);

/*
 * Writes that `n` cells, or whatever `what` names, have no room in the figure.
 * Returns the height of this line; 0 if `n` is 0.
 */
double figure_left_out(struct figure *f, double x, double y, const char *what,
		       size_t n);

/* A step for tics: 1, 2 or 5 times a power of ten, and at least `least`. */
double figure_step(double least);

double figure_at(const struct figure_axis *a, double value);

/*
 * Draws an axis: hairlines from y0 down to y1, and values below them. A value
 * needs `room` pixels.
 */
void figure_axis_put(struct figure *f, const struct figure_axis *a, double y0,
		     double y1, double room);

/*
 * A logarithmic axis of ratios: ×1/4, ×1/2, ×1 … where there is room, with a
 * line at each. The line at ×1 is the strongest.
 */
void figure_ratio_axis_put(struct figure *f, const struct figure_axis *a,
			   double y0, double y1);

/* Copies into `line` as much of a text as fits `width`; returns the rest. */
const char *figure_text_line(const char *text, double points, bool bold,
			     double width, char *line, size_t size);

/* --- the verdict ---------------------------------------------------------- */

/* Writes a condition, which is an object of the verdict, as a heading. */
void figure_json_heading(struct figure *f, double x, double y,
			 const json_t *condition);

/* A line of the verdict's map. Texts that the line lacks are "". */
struct figure_spot {
	struct run_condition at;
	char depth[24];           /* the condition's depth if it is a number */
	const json_t *best;       /* labels: the fastest, and those as fast */
	const json_t *open;       /* labels: not shown to be slower */
	const char *ring, *other; /* labels of the two that are compared */
	/* speed of the ring divided by that of the other */
	struct stats_interval ratio;
	const char *outcome; /* "faster" ...: the ring against the other */
	bool too_few;        /* too few generations to decide the outcome */
	const char *starter; /* the label that is ready first */
	/* the file size from which on the fastest makes up for its start-up */
	double pays_from_bytes;
};

/*
 * All lines of the map, in an array to be freed. A line must not be copied,
 * since its `at` may point to its `depth`.
 */
size_t figure_spots(const struct run *r, struct figure_spot **to);

/* The line for a condition; false: there is none. */
bool figure_spot_find(const struct run *r, const struct run_condition *k,
		      struct figure_spot *to);

/* The labels that are or may be the fastest: their number, and the i-th. */
size_t figure_spot_labels(const struct figure_spot *s);
const char *figure_spot_label(const struct figure_spot *s, size_t i);

/* These labels in words: "pipe is", "pipe and fifo are", "pipe or 3 others". */
const char *figure_spot_first(const struct figure_spot *s, char *buf,
			      size_t size);

/* "shm futex is 1.34 times as fast as fifo": what the verdict says. */
const char *figure_spot_words(const struct figure_spot *s, char *buf,
			      size_t size);

/* --- one condition -------------------------------------------------------- */

typedef bool figure_takes(const struct run_cell *c);

/*
 * Chooses the condition for a figure that shows only one condition. Considers
 * only cells that `takes` accepts, and returns a cell of the condition that is
 * best by the score in figure_model.c. NULL: there is none.
 */
const struct run_cell *figure_model(const struct run *r, figure_takes *takes);

/* True if a cell takes part in the condition of `model`. */
bool figure_shares(const struct run_cell *model, const struct run_cell *c);

/* --- words ---------------------------------------------------------------- */

/* "9.8 GiB/s", "120 MiB/s" */
const char *figure_rate(double bytes_per_s, char *buf, size_t size);

/* A rate of 2^octave bytes in a second: "512 MiB/s" */
const char *figure_rate_tic(int octave, char *buf, size_t size);

/* "1.2 µs" */
const char *figure_time_words(double ns, char *buf, size_t size);

/* "0.0123 ns", also below 0: for the time of a byte. */
const char *figure_ns_words(double ns, char *buf, size_t size);

/*
 * True if two conditions are the same. Size, depth and pairs are compared only
 * if `parts` (RUN_TELL_…) names them. A condition without a depth equals those
 * of every depth, and one without a choice of waiting those of every wait.
 */
bool figure_same_condition(const struct run_condition *a,
			   const struct run_condition *b, int parts);

#define FIGURE_ALL_PARTS (RUN_TELL_SIZE | RUN_TELL_DEPTH | RUN_TELL_PAIRS)

/* How many settings a cell lacks: wait, and depth if `parts` contains depth. */
int figure_gaps(const struct run_cell *c, int parts);

/*
 * True if the cell can stand for its condition. It cannot if it has no depth or
 * wait and another cell of the condition has one, since it then belongs to
 * several conditions.
 */
bool figure_stands_for(const struct run *r, const struct run_cell *c,
		       int parts);

#endif
