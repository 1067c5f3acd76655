/*
 * A common start line, at which several pairs (copy/pair.h) begin their
 * transfers together.
 */
#ifndef COPY_GATE_H
#define COPY_GATE_H

#include "base/err.h"

struct copy_gate;

/* The gate of this process and of its workers. NULL: no memory. */
struct copy_gate *gate_common(void);

/* Sets the number of processes that must wait at the gate before it opens. */
void gate_arm(struct copy_gate *g, int parties);

/* Waits until the gate opens. -ECANCELED: this process was asked to stop. */
int gate_wait(struct copy_gate *g, struct err *e);

#endif
