/* The debug registers of a task, which report stores by its program. */
#ifndef COUNT_TRACE_REGISTERS_H
#define COUNT_TRACE_REGISTERS_H

#include <signal.h>

#include "count/trace.h"

#define WATCH_WORD 8 /* the most bytes that a register watches */

/*
 * Sets the registers of a stopped task, which has those of p->armed so far.
 * False: errno says why.
 */
bool registers_put(struct task *p, const struct watchpoint *w);

/*
 * After a SIGTRAP of a register: one bit for each register that the task has
 * stored into. The task blocks SIGTRAP afterwards if it did before.
 */
unsigned int registers_hit(struct task *p, const siginfo_t *si);

#endif
