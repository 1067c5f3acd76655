/*
 * Runs as one page that can be read without a network and without its script,
 * which sorts and filters tables and unfolds the targets of links.
 */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include <stdio.h>

#include "base/err.h"
#include "fleet/fleet.h"
#include "run/run.h"

struct html_wish {
	const struct run *run;
	const struct run *other; /* a run to compare with, or NULL */
	/*
	 * Returns the way of a byte through a mechanism as a drawing, which the
	 * caller frees; or NULL.
	 */
	char *(*drawing)(const char *spec);
	/*
	 * The address of a page that steps through the mechanism, to be freed;
	 * or NULL.
	 */
	char *(*follow)(const char *spec);
};

/* Makes the page, which the caller frees. 0, or -errno as from gnuplot_draw. */
int html_report(const struct html_wish *w, char **page, size_t *size,
		struct err *e);

/* Makes the page about runs of several hosts. 0, or -ENOMEM. */
int html_fleet(const struct fleet *f, char **page, size_t *size, struct err *e);

/*
 * True if line i of copies.csv is the first of its mechanism. A mechanism has a
 * line for each workload, but one drawing and one page that follows a byte.
 */
bool html_is_first(const struct run *r, size_t i);

#endif
