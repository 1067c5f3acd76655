/* What a side does in its own process, from the first word to the last. */
#ifndef COPY_WORKER_H
#define COPY_WORKER_H

#include "copy/input.h"
#include "copy/output.h"
#include "copy/side.h"

/* Both return 0, or -errno with the reason in side->err. */
int worker_serve(const struct copy_job *job, struct tr *tr, struct input *in,
		 int ctl_fd, struct copy_side *side);

/* `tr` is what was inherited from a common parent, or has no priv yet. */
int worker_fetch(const struct copy_job *job, struct tr *tr, struct output *out,
		 int ctl_fd, struct copy_side *side);

/* In a fresh worker: signals, CPU, and what to do if a region is cut short. */
int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side);

#endif
