/* Calls that are looked at late, at the next stop of their task. */
#ifndef COUNT_TRACE_LATE_H
#define COUNT_TRACE_LATE_H

#include "count/trace.h"

/*
 * At the beginning of a call: true if the call will be looked at late, so that
 * its end needs no stop.
 */
bool late_begin(struct tracer *t, struct task *p);
/*
 * At the end of a call, after the look at it: compares the kernel's counts with
 * the result of the call.
 */
void late_prove(struct tracer *t, struct task *p);
/* At the next stop of the task, before anything else: looks at the call. */
void late_settle(struct tracer *t, struct task *p);
/* The same before the next stop, if the call has already ended. */
void late_settle_early(struct tracer *t, struct task *p);
void late_end(struct tracer *t, struct task *p);

#endif
