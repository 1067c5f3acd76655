/*
 * The kernel's work for each way that a byte can go: the routine that copies
 * the byte (or, if none does, how the byte goes without a copy), and the work
 * beside it, such as allocating pages or waking a reader. The routines are
 * named as in Linux 6. Their names change more often than what they do.
 */
#ifndef COUNT_ROUTINES_H
#define COUNT_ROUTINES_H

#include "count/probe.h"

struct routine {
	const char *name; /* "pipe_write: copy_page_from_iter" */
	/* a sentence on work that is no copy; NULL: there is none */
	const char *beside;
};

/* NULL if there is no entry. */
const struct routine *routine_of(enum probe_way way);

/*
 * The kernel's other work if the bytes go to an object of kind `to`; NULL:
 * there is none.
 */
const char *routine_beside(enum probe_way way, enum ledger_kind to);

#endif
