/* Runs as one page that needs nothing else: no network, no script. */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include <stdio.h>

#include "base/err.h"
#include "fleet/fleet.h"
#include "run/run.h"

struct html_wish {
	const struct run *run;
	const struct run *other; /* to compare with, or NULL */
	/* The way of a byte through a mechanism, to be freed; or NULL. */
	char *(*drawing)(const char *spec);
};

/* The page, to be freed. 0, or -errno as of gnuplot_draw. */
int html_report(const struct html_wish *w, char **page, size_t *size,
		struct err *e);

/* The same for runs of several hosts. 0, or -ENOMEM. */
int html_fleet(const struct fleet *f, char **page, size_t *size,
	       struct err *e);

#endif
