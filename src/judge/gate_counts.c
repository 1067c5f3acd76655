/* A gate without noise: the counts of two runs must be the same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/gate.h"

/*
 * The most by which two counts of the same program may differ by chance. One
 * more copy of each byte, or one more call for each message, is beyond these
 * limits. If a mechanism moves no messages, even one more call for the whole
 * file is. A stream may sometimes deliver a message in two pieces, each with
 * its calls. Switches are not compared: on a busy machine an answer may arrive
 * before its reader goes to sleep, also in round trips.
 */
#define SAME_COPIES  0.01
#define SAME_CALLS   0.5
#define SAME_PER_MIB 0.06

static bool counted(const struct run_copies *k)
{
	return k->resolved == RUN_YES && isfinite(k->steady_calls_per_mib);
}

static bool counts_differ(double a, double b, double most)
{
	return fabs(a - b) > most;
}

const char *rep_counts_differ(const struct run_copies *a,
			      const struct run_copies *b, double *from,
			      double *to)
{
	const struct {
		const char *what;
		double a, b, most;
		bool asked;
	} counts[] = {
		{ "copies of each byte by the kernel", a->counted_kernel,
		  b->counted_kernel, SAME_COPIES, true },
		{ "copies of each byte by the processes", a->counted_user,
		  b->counted_user, SAME_COPIES, true },
		{ "calls for each message", a->steady_calls_per_message,
		  b->steady_calls_per_message, SAME_CALLS, true },
		{ "calls for each MiB", a->steady_calls_per_mib,
		  b->steady_calls_per_mib, SAME_PER_MIB,
		  isnan(a->steady_calls_per_message) },
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		*from = counts[i].a;
		*to = counts[i].b;
		if (counts[i].asked &&
		    counts_differ(*from, *to, counts[i].most))
			return counts[i].what;
	}
	return NULL;
}

static const struct run_copies *partner(const struct run *r,
					const struct run_copies *k)
{
	for (size_t i = 0; i < r->mechanisms; i++)
		if (!strcmp(r->copies[i].spec, k->spec) &&
		    !strcmp(r->copies[i].workload, k->workload) &&
		    !strcmp(r->copies[i].sink, k->sink))
			return &r->copies[i];
	return NULL;
}

static void say_difference(const struct run_copies *a,
			   const struct run_copies *b, struct rep_counts *n,
			   struct rep_lines *l)
{
	double from, to;
	const char *what = rep_counts_differ(a, b, &from, &to);

	n->compared++;
	n->different += what != NULL;
	if (what)
		rep_line(l,
			 "%s, %s: the second run has %.4g %s, the first %.4g",
			 a->spec, a->workload, to, what, from);
}

/* Rows that the first run could not count are not compared. */
struct rep_counts rep_gate_counts(const struct rep_compare *c,
				  struct rep_lines *l)
{
	struct rep_counts n = { 0 };

	for (size_t i = 0; i < c->a->mechanisms; i++) {
		const struct run_copies *a = &c->a->copies[i];
		const struct run_copies *b = partner(c->b, a);

		if (!counted(a))
			continue;
		if (b && counted(b)) {
			say_difference(a, b, &n, l);
			continue;
		}
		n.missing++;
		rep_line(l, "%s, %s: not counted in the second run%s%s",
			 a->spec, a->workload, b && *b->reason ? ": " : "",
			 b ? b->reason : "");
	}
	if (n.different)
		n.result = REP_GATE_FAILED;
	else if (n.missing || !n.compared)
		n.result = REP_GATE_UNDECIDED;
	return n;
}

char *rep_counts_sentence(const struct rep_counts *n)
{
	size_t all = n->compared + n->missing;
	char *text = NULL;
	int rc;

	if (n->different)
		rc = asprintf(&text,
			      "The gate of counts failed: %zu of %zu count%s "
			      "differ%s.",
			      n->different, all, all == 1 ? "" : "s",
			      n->different == 1 ? "s" : "");
	else if (n->result == REP_GATE_UNDECIDED)
		rc = asprintf(&text,
			      "The gate of counts is undecided: %zu count%s "
			      "the same, %zu %s missing.",
			      n->compared, n->compared == 1 ? " is" : "s are",
			      n->missing, n->missing == 1 ? "is" : "are");
	else if (all == 1)
		rc = asprintf(&text, "The gate of counts passed: the copies of "
				     "each byte and the system calls are the "
				     "same in the only count.");
	else
		rc = asprintf(
			&text,
			"The gate of counts passed: the copies of each byte "
			"and the system calls are the same in all %zu counts.",
			n->compared);
	return rc < 0 ? NULL : text;
}

enum rep_gate_result rep_gates_result(const struct rep_compare *c)
{
	enum rep_gate_result gate = REP_GATE_PASSED, counts = REP_GATE_PASSED;
	struct rep_lines unused = { 0 };

	if (!isnan(c->gate))
		gate = rep_gate_of(c).result;
	if (c->counts)
		counts = rep_gate_counts(c, &unused).result;
	rep_lines_free(&unused);
	if (gate == REP_GATE_FAILED || counts == REP_GATE_FAILED)
		return REP_GATE_FAILED;
	return gate == REP_GATE_PASSED ? counts : gate;
}
