/* What a side does in a workload without files, from first word to last. */
#ifndef COPY_DRIVE_H
#define COPY_DRIVE_H

#include "copy/side.h"

/* The channels of such a workload, as inherited from the common parent. */
struct drive {
	struct tr *there; /* server to client */
	struct tr *back;  /* of a pingpong: client to server; else NULL */
};

/* 0, or -errno with the reason in side[role].err. */
int drive_serve(const struct copy_job *job, const struct drive *d, int ctl_fd,
		struct copy_side side[COPY_ROLES]);
int drive_fetch(const struct copy_job *job, const struct drive *d, int ctl_fd,
		struct copy_side side[COPY_ROLES]);

#endif
