/* Runs gnuplot: takes a figure's program and returns a picture's bytes. */
#ifndef FIGURE_GNUPLOT_H
#define FIGURE_GNUPLOT_H

#include <stddef.h>

#include "base/err.h"
#include "figure/figure.h"

enum gnuplot_format { GNUPLOT_SVG, GNUPLOT_PNG, GNUPLOT_PDF, GNUPLOT_FORMATS };

extern const char *const gnuplot_format_names[]; /* "svg" …, NULL */

/*
 * Draws a figure. *bytes is to be freed. The picture does not contain the time
 * of drawing, so the same program gives the same bytes (for a PDF, only if
 * first_day.c can be preloaded). Returns 0 or -errno. -ENOENT: there is no
 * gnuplot, and `e` says what to install. -EIO: `e` has the message of gnuplot.
 */
int gnuplot_draw(const struct figure_program *p, enum gnuplot_format kind,
		 char **bytes, size_t *size, struct err *e);

#endif
