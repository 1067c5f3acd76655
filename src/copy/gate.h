/* A common start line, so that several pairs transfer side by side. */
#ifndef COPY_GATE_H
#define COPY_GATE_H

#include "base/err.h"

struct copy_gate;

/* The gate of this process and of its workers. NULL: no memory. */
struct copy_gate *gate_common(void);

/* Sets the number of parties. The gate opens once all of them wait at it. */
void gate_arm(struct copy_gate *g, int parties);

/* Waits until the gate opens. -ECANCELED: this process was asked to stop. */
int gate_wait(struct copy_gate *g, struct err *e);

#endif
