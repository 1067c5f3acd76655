/*
 * The kernel's work for each way of a byte: the routine that copies, or what it
 * does instead, and what comes along without being a copy. The names are those
 * of Linux 6; they change more often than what they do.
 */
#ifndef COUNT_ROUTINES_H
#define COUNT_ROUTINES_H

#include "count/probe.h"

struct routine {
	const char *name;   /* "pipe_write: copy_page_from_iter" */
	const char *beside; /* a sentence on what is no copy; NULL: nothing */
};

/* NULL for what has no way. */
const struct routine *routine_of(enum probe_way way);

/* The kernel's work besides for such a target; NULL: none. */
const char *routine_beside(enum probe_way way, enum ledger_kind to);

#endif
