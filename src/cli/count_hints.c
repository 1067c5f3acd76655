/* Hints for a reader of a count: why its number is not whole or not exact. */
#include <stdio.h>
#include <stdlib.h>

#include "base/columns.h"
#include "base/size.h"
#include "cli/count_show.h"

/* A smaller part of a copy does not show in a number with three decimals. */
#define SHOWS 0.0005

/* --- more bytes than were delivered --------------------------------------- */

/*
 * The hop that moved the most bytes for each delivered byte, and this number of
 * bytes in *part. Bytes that came to the output, but were not delivered, have a
 * note of their own. NULL: no hop moved more than was delivered.
 */
static const struct ledger_hop *largest(const struct count_shown *c,
					double *part)
{
	const struct ledger *l = c->ledger;
	double *parts = calloc(ledger_hops(l) + 1, sizeof(*parts));
	const struct ledger_hop *most = NULL;
	bool known = parts && ledger_parts(l, c->in, c->out,
					   c->sum.delivered_bytes, parts) == 0;

	*part = 1 + SHOWS;
	for (size_t i = 0; known && i < ledger_hops(l); i++) {
		const struct ledger_hop *h = ledger_hop_at(l, i);

		if (h->copies <= 0 || h->to == c->out || parts[i] < *part)
			continue;
		most = h;
		*part = parts[i];
	}
	free(parts);
	return most;
}

static void put_largest(const struct count_shown *c, FILE *to)
{
	const struct ledger_hop *h;
	char text[300], size[32];
	double part;

	if (!c->sum.path || !c->sum.resolved || c->sum.split || c->sum.framed)
		return;
	h = largest(c, &part);
	if (!h)
		return;
	size_human((part - 1) * (double)c->sum.delivered_bytes, size,
		   sizeof(size));
	snprintf(text, sizeof(text),
		 "the call %.40s of %.60s moved %s more than was delivered, "
		 "such as headers of an archive; their copies count, too",
		 h->call, h->process, size);
	columns_fold(to, "note: ", "  ", text);
}

/* --- copies by programs --------------------------------------------------- */

/* True if a program must have copied bytes itself, perhaps several times. */
static bool has_implied(const struct count_shown *c)
{
	for (size_t i = 0; i < ledger_hops(c->ledger); i++) {
		const struct ledger_hop *h = ledger_hop_at(c->ledger, i);

		if (c->on_path[i] && h->at_least && h->by == LEDGER_BY_USER)
			return true;
	}
	return false;
}

void count_put_hints(const struct count_shown *c, FILE *to)
{
	if (!c->command)
		return;
	put_largest(c, to);
	if (!c->user && c->sum.path && c->sum.resolved && has_implied(c))
		columns_fold(to, "hint: ", "  ",
			     "count again with --user, which also counts what "
			     "programs copy by memcpy");
}
