/* One colour, marker and dash for each mechanism, in every figure. */
#ifndef FIGURE_LOOK_H
#define FIGURE_LOOK_H

#include "run/run.h"

struct look {
	unsigned colour; /* Okabe and Ito's, 0xRRGGBB */
	unsigned text;   /* the same hue, dark enough to be read on white */
	unsigned tint;   /* the same hue, light enough to be written on */
	int point;       /* gnuplot's pt */
	int dash;        /* gnuplot's dt */
};

struct look look_of(const struct run_cell *c);

#endif
