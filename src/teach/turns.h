/* How the two sides tell each other whose turn it is, by shared memory. */
#ifndef TEACH_TURNS_H
#define TEACH_TURNS_H

#include "transport/transport.h"

/* For each setting of `sync`: how a side waits, and how it tells the other. */
struct turn {
	const char *sync, *wait, *tell, *kernel;
	bool always; /* the kernel is called each time */
	bool spins;  /* a side that waits does not sleep */
};

/* How the sides of a mechanism take turns; NULL: they do not. */
const struct turn *turn_of(const struct tr_spec *spec);

#endif
