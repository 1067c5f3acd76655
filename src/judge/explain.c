/*
 * Explains a difference in speed by the counts of the two cells. The text lists
 * the counts that favour the faster cell, and those that favour the slower one.
 * If the cells are not shown to be equally fast and no count favours the faster
 * one, the text says so.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/append.h"
#include "base/memstream.h"
#include "judge/words.h"

enum { COPIES, CALLS, SWITCHES, CPU, FAULTS, FACTS };

struct fact {
	const char *few;  /* said of the cell that has the smaller value */
	const char *unit; /* printed after the two numbers */
	double worth;     /* smaller differences are ignored */
	double ratio;     /* smaller ratios are ignored */
};

static const struct fact facts[FACTS] = {
	[COPIES] = { "fewer copies", "for each byte", 0.5, 1.1 },
	[CALLS] = { "fewer system calls", "for each message", 0.2, 1.2 },
	[SWITCHES] = { "fewer switches", "for each message", 0.05, 1.3 },
	[CPU] = { "less CPU time", "s/GiB", 0.01, 1.15 },
	[FAULTS] = { "fewer page faults", "for each GiB", 1000, 1.3 },
};

static double value_of_fact(const struct run_cell *c, int fact)
{
	switch (fact) {
	case COPIES:
		return isnan(c->copies_counted) ? c->copies_predicted
						: c->copies_counted;
	case CALLS:
		return c->calls_per_message;
	case SWITCHES:
		return c->middle[RUN_SWITCHES];
	case CPU:
		return c->middle[RUN_CPU];
	default:
		return c->middle[RUN_FAULTS];
	}
}

/*
 * 1: the fact favours a; -1: it favours b; 0: it favours neither, or a value is
 * unknown.
 */
static int speaks_for(const struct rep_comparison *c, int fact)
{
	double a = value_of_fact(c->a, fact), b = value_of_fact(c->b, fact);

	if (!(fabs(a - b) >= facts[fact].worth))
		return 0;
	if (b >= a * facts[fact].ratio)
		return 1;
	return a >= b * facts[fact].ratio ? -1 : 0;
}

static int faster(const struct rep_comparison *c)
{
	return c->ratio.value >= 1 ? 1 : -1;
}

const char *rep_reasons(const struct rep_comparison *c, char *buf, size_t size)
{
	buf[0] = '\0';
	for (int f = 0; f < FACTS; f++)
		if (speaks_for(c, f) == faster(c))
			text_append(buf, size, "%s%s", *buf ? ", " : "",
				    facts[f].few);
	return buf;
}

static void put_fact(FILE *to, const struct rep_comparison *c, int f,
		     const char *before)
{
	double a = value_of_fact(c->a, f), b = value_of_fact(c->b, f);
	double less = fmin(a, b), more = fmax(a, b);

	fprintf(to, "%s%s (%.3g against %.3g %s)", before, facts[f].few, less,
		more, facts[f].unit);
}

/* Lists the counts that favour a (1) or b (-1); true if there are any. */
static bool put_facts(FILE *to, const struct rep_comparison *c, int side,
		      const char *first)
{
	const char *before = first;

	for (int f = 0; f < FACTS; f++) {
		if (speaks_for(c, f) != side)
			continue;
		put_fact(to, c, f, before);
		before = ", ";
	}
	return before != first;
}

static void put_claim_outcome(FILE *to, const struct rep_comparison *c)
{
	double ratio = c->ratio.value;
	char times[32];

	if (c->outcome == STATS_EQUIVALENT) {
		fprintf(to, "%s and %s are equally fast", c->a->label,
			c->b->label);
		return;
	}
	fprintf(to, "%s is %s as fast as %s",
		ratio >= 1 ? c->a->label : c->b->label,
		rep_times(ratio >= 1 ? ratio : 1 / ratio, times, sizeof(times)),
		ratio >= 1 ? c->b->label : c->a->label);
	if (c->outcome == STATS_UNDECIDED)
		fputs(", but this run does not decide which is faster", to);
}

char *rep_explain(const struct rep_verdict *v, const struct rep_comparison *c)
{
	char *text = NULL, where[160];
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool any;

	if (!to)
		return NULL;
	fprintf(to, "%s: ",
		run_condition_words(&v->condition[c->condition], where,
				    sizeof(where)));
	put_claim_outcome(to, c);
	any = put_facts(to, c, faster(c), ". In favour of the faster: ");
	if (!any && c->outcome != STATS_EQUIVALENT)
		fputs(". None of the counts explains this", to);
	put_facts(to, c, -faster(c), "; in favour of the slower: ");
	fputs(".", to);
	return memstream_end(to, &text, true);
}
