/* A start line that several pairs wait at, so that they run side by side. */
#ifndef COPY_GATE_H
#define COPY_GATE_H

#include "base/err.h"

struct copy_gate;

/* In memory that forks share; NULL: no memory left. */
struct copy_gate *gate_new(int parties);
void gate_free(struct copy_gate *g);

/* Until all have come. -ECANCELED: somebody never will, or asked to stop. */
int gate_wait(struct copy_gate *g, struct err *e);

/* One is gone: nobody shall wait for it. */
void gate_break(struct copy_gate *g);

#endif
