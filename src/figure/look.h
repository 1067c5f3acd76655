/* One colour, marker and dash for each mechanism, in every figure. */
#ifndef FIGURE_LOOK_H
#define FIGURE_LOOK_H

#include <stdbool.h>

struct look {
	unsigned colour; /* Okabe and Ito's, 0xRRGGBB */
	unsigned text;   /* the same hue, dark enough to be read on white */
	unsigned tint;   /* the same hue, light enough to be written on */
	int point;       /* gnuplot's pt */
	int dash;        /* gnuplot's dt */
};

/* By mechanism ("shm") and label ("shm sem"); unknown ones have theirs, too. */
struct look look_of(const char *mechanism, const char *label);

/* Is this a ring in shared memory, whose claim to be fastest is tried? */
bool look_is_ring(const char *mechanism);

#endif
