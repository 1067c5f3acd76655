/* gnuplot as a function: a figure's program in, a picture's bytes out. */
#ifndef FIGURE_GNUPLOT_H
#define FIGURE_GNUPLOT_H

#include <stddef.h>

#include "base/err.h"
#include "figure/figure.h"

enum gnuplot_format { GNUPLOT_SVG, GNUPLOT_PNG, GNUPLOT_PDF, GNUPLOT_FORMATS };

extern const char *const gnuplot_format_names[]; /* "svg" …, NULL */

/*
 * Draws one. *bytes is to be freed. Marks of the time of drawing are taken out,
 * so the same program gives the same bytes. 0, -ENOENT if there is no gnuplot
 * (with what to install), or -EIO with what gnuplot said.
 */
int gnuplot_draw(const struct figure_program *p, enum gnuplot_format kind,
		 char **bytes, size_t *size, struct err *e);

#endif
