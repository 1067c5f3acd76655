/* A start line at which several pairs wait, so that they run side by side. */
#ifndef COPY_GATE_H
#define COPY_GATE_H

#include "base/err.h"

struct copy_gate;

/* The gate of this process and of all that it forks later. NULL: no memory. */
struct copy_gate *gate_common(void);

/* Nobody passes before so many have come. */
void gate_arm(struct copy_gate *g, int parties);

/* Waits until all have come. -ECANCELED: this process was asked to stop. */
int gate_wait(struct copy_gate *g, struct err *e);

#endif
