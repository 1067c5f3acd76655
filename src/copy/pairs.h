/* Several pairs side by side, off at a common start line. */
#ifndef COPY_PAIRS_H
#define COPY_PAIRS_H

#include "copy/session.h"

#define PAIRS_MAX 64

/*
 * Runs n jobs at once, each with a supervisor of its own; one alone as copy_run
 * does. All of out[] is filled in, or -errno with the first reason in `e`.
 * Their gates are set here.
 */
int copy_run_pairs(struct copy_job *jobs, int n, struct copy_outcome *out,
		   struct err *e);

#endif
