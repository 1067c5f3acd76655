/* A mechanism's colour, marker and dash, which are the same in every figure. */
#ifndef FIGURE_STYLE_H
#define FIGURE_STYLE_H

#include "run/run.h"

struct figure_style {
	unsigned colour; /* after Okabe and Ito, 0xRRGGBB */
	unsigned text;   /* the same hue, dark enough to be read on white */
	unsigned tint;   /* the same hue, light enough to be written on */
	int point;       /* gnuplot's pt */
	int dash;        /* gnuplot's dt */
};

struct figure_style figure_style_of(const struct run_cell *c);

#endif
