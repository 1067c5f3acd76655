/* A start line that several pairs wait at, so that they run side by side. */
#ifndef COPY_GATE_H
#define COPY_GATE_H

#include "base/err.h"

struct copy_gate;

/* The one of this process and of all that it forks later; NULL: no memory. */
struct copy_gate *gate_common(void);

/* So many have to come before anybody passes. */
void gate_arm(struct copy_gate *g, int parties);

/* Until all have come; -ECANCELED when asked to stop. */
int gate_wait(struct copy_gate *g, struct err *e);

#endif
