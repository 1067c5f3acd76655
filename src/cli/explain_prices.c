/* The price of each copy on the way of a byte, from a run that has prices. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "args/say.h"
#include "base/columns.h"
#include "base/size.h"
#include "cli/explain_words.h"
#include "cli/way_show.h"
#include "judge/why.h"
#include "text/way.h"

/*
 * The case for which the prices hold: both processes on one CPU, messages of
 * the size that `spec` gives. The run need not contain such a cell.
 */
static struct run_cell asked_cell(const struct tr_spec *spec)
{
	return (struct run_cell){
		.at = { .place = run_place_names[RUN_SAME],
			.size_bytes = tr_spec_value(spec, "size", 1 << 16) },
	};
}

/*
 * The time of copy `i` of a message, in nanoseconds. Assumes that all bytes
 * except those of the files are in the CPU's own cache.
 */
static double price_of(const struct why *w, const struct run_cell *at,
		       const struct chain *c, int i)
{
	if (c->link[i].hop.by == LEDGER_BY_USER)
		return why_rate(w, DOSE_COPIES, WHY_SERVER, at, NULL);
	if (i == 0)
		return why_rate(w, DOSE_FAR_COPIES, WHY_SERVER, at, NULL);
	if (i + 2 == c->n)
		return why_rate(w, DOSE_FAR_COPIES, WHY_CLIENT, at, NULL);
	/* the server's rate is for copies out of the memory of a process */
	return why_rate(w, DOSE_KERNEL_COPIES,
			c->link[i].user ? WHY_SERVER : WHY_CLIENT, at, NULL);
}

/* The verdict lists the same price with its switches. */
static void put_pass(const char *mechanism, double ns)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "a message sent through %s, with its calls: %.3f ns for each "
		 "byte, without the context switches that the verdict counts "
		 "in its price of a passage",
		 mechanism, ns);
	fputs("  ", stdout);
	columns_wrap(stdout, text, 2, 4);
}

static void put_way_prices(const struct why *w, const struct tr_spec *spec,
			   const struct chain *c, bool ascii)
{
	struct run_cell at = asked_cell(spec);
	double size = (double)at.at.size_bytes, sum = 0, pass;
	char human[32];

	printf("\nPrices of the copies on one CPU, with messages of %s\n",
	       size_human(size, human, sizeof(human)));
	for (int i = 0; i + 1 < c->n; i++) {
		int copies = (int)c->link[i].hop.copies;
		double ns = copies * price_of(w, &at, c, i);
		char mark[16] = "-";

		if (!way_number(c, i))
			continue;
		way_mark(way_number(c, i), ascii, mark, sizeof(mark));
		printf("  %s %-10s %7.3f ns for each byte\n", mark,
		       c->link[i].hop.call, ns / size);
		sum += ns / size;
	}
	printf("  %-12s %7.3f\n", "together", sum);
	pass = why_rate(w, DOSE_PASSES, WHY_EACH, &at, spec->ops->name);
	if (isfinite(pass))
		put_pass(spec->ops->name, pass / size);
}

int explain_prices(const char *dir, const struct tr_spec *spec,
		   const struct chain *c, bool ascii, struct err *e)
{
	struct rep_verdict v = { 0 };
	struct why w = { 0 };
	struct run r = { 0 };
	int rc = rep_read(&r, dir, e);

	if (rc == 0) {
		rep_declare(&v, &r);
		rep_judge(&v);
		why_find(&w, &v);
		if (w.rates)
			put_way_prices(&w, spec, c, ascii);
		else
			rc = err_say(e, EINVAL,
				     "the run %s has no prices; ipcopy bench "
				     "why makes a run that has them",
				     dir);
		why_free(&w);
		rep_verdict_free(&v);
	}
	run_free(&r);
	return rc;
}
