/*
 * A gate between two runs. It passes if both runs are complete, some cells are
 * gated, none of these is missing in the second run, and each of them is shown
 * to be within the gate.
 */
#include "judge/gate.h"
#include "base/memstream.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const rep_gate_results[] = { "passed", "failed", "undecided",
					 NULL };
const char *const rep_gate_states[] = { "none",      "within", "beyond",
					"undecided", "failed", NULL };

const char *const rep_undecided_names[] = { "tell", "pass", "fail", NULL };

/* --- one cell ------------------------------------------------------------- */

bool rep_is_gated(const struct run_cell *a)
{
	return !run_is_control(a) && !a->skipped;
}

/* A cell that failed even once in the second run does not count as working. */
static bool has_failed(const struct rep_pairing *p)
{
	return p->a->groups == 0 || p->b->groups == 0 || p->b->failures > 0;
}

/*
 * A cell is beyond the gate if Holm's procedure over all cells finds a
 * difference and the whole interval of the cell is beyond the gate. To be
 * within the gate, the interval is enough: the gate passes only if all cells
 * are within, so their number needs no correction.
 */
static enum rep_gate_state state_of(const struct rep_compare *c,
				    const struct rep_pairing *p)
{
	double least = 1 - c->gate;

	if (isnan(c->gate) || !rep_is_gated(p->a))
		return REP_GATE_NONE;
	if (p->p_holm < c->a->alpha && p->ratio.high < least)
		return REP_GATE_BEYOND;
	if (has_failed(p))
		return REP_GATE_BROKEN;
	return p->ratio.low >= least ? REP_GATE_WITHIN : REP_GATE_OPEN;
}

void rep_gate_pair(const struct rep_compare *c, struct rep_pairing *p)
{
	p->state = state_of(c, p);
	/*
	 * the smallest slowdown at which an interval as wide as this one lies
	 * beyond the gate
	 */
	p->detectable = 1 - (1 - c->gate) * p->ratio.value / p->ratio.high;
	if (p->state == REP_GATE_NONE)
		p->detectable = NAN;
}

/* --- all of them ---------------------------------------------------------- */

static void find_power(const struct rep_compare *c, struct rep_gate *g)
{
	double *x = malloc((c->pairs + 1) * sizeof(*x));
	size_t n = 0;

	g->usual = g->worst = NAN;
	for (size_t i = 0; x && i < c->pairs; i++) {
		const struct rep_pairing *p = &c->pair[i];

		if (!isfinite(p->detectable))
			continue;
		x[n++] = p->detectable;
		if (!g->bluntest || p->detectable > g->worst) {
			g->bluntest = p;
			g->worst = p->detectable;
		}
	}
	if (x)
		g->usual = stats_median(x, n);
	free(x);
}

static enum rep_gate_result result_of(const struct rep_compare *c,
				      const struct rep_gate *g)
{
	if (g->cell[REP_GATE_BEYOND])
		return REP_GATE_FAILED;
	if (g->cell[REP_GATE_OPEN] || g->cell[REP_GATE_BROKEN] || g->missing ||
	    rep_unfinished(c->a) || rep_unfinished(c->b))
		return REP_GATE_UNDECIDED;
	/* without a gated cell nothing is shown, so the gate does not pass */
	return g->cell[REP_GATE_WITHIN] ? REP_GATE_PASSED : REP_GATE_UNDECIDED;
}

struct rep_gate rep_gate_of(const struct rep_compare *c)
{
	struct rep_gate g = { 0 };

	for (size_t i = 0; i < c->pairs; i++)
		g.cell[c->pair[i].state]++;
	for (size_t i = 0; i < c->in_a; i++)
		g.missing += rep_is_gated(c->only_a[i]);
	find_power(c, &g);
	g.result = result_of(c, &g);
	return g;
}

/* --- in words ------------------------------------------------------------- */

static void put_gated(FILE *to, size_t n, const char *one, const char *many)
{
	if (n)
		fprintf(to, ", %zu %s", n, n == 1 ? one : many);
}

static void put_unfinished(FILE *to, const struct run *r, const char *which)
{
	const char *why = rep_unfinished(r);

	if (why)
		fprintf(to, "; the %s run is not complete: it %s", which, why);
}

/*
 * Says how many cells are not gated only because the first run has not measured
 * them.
 */
static void put_new(FILE *to, const struct rep_compare *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->in_b; i++)
		n += rep_is_gated(c->only_b[i]);
	for (size_t i = 0; i < c->pairs; i++)
		n += !rep_is_gated(c->pair[i].a) && rep_is_gated(c->pair[i].b);
	if (n)
		fprintf(to,
			"; %zu %s no baseline in the first run and %s not "
			"gated",
			n,
			n == 1 ? "cell of the second run has"
			       : "cells of the second run have",
			n == 1 ? "is" : "are");
}

static void put_power(FILE *to, const struct rep_gate *g)
{
	char words[200];

	if (!g->bluntest)
		return;
	fprintf(to,
		" These runs would have shown a slowdown of %.2g %% in half of "
		"the cells, and one of %.2g %% in all cells; the least "
		"sensitive cell is %s.",
		100 * g->usual, 100 * g->worst,
		rep_cell_words(g->bluntest->b, words, sizeof(words)));
}

char *rep_gate_sentence(const struct rep_compare *c)
{
	struct rep_gate g = rep_gate_of(c);
	size_t all = g.missing, len;
	char *text = NULL;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	for (int s = REP_GATE_WITHIN; s < REP_GATE_STATES; s++)
		all += g.cell[s];
	fprintf(to, "The gate of %.3g %% %s: of %zu cell%s %zu %s within it",
		100 * c->gate,
		g.result == REP_GATE_UNDECIDED ? "is undecided"
					       : rep_gate_results[g.result],
		all, all == 1 ? "" : "s", g.cell[REP_GATE_WITHIN],
		g.cell[REP_GATE_WITHIN] == 1 ? "is" : "are");
	put_gated(to, g.cell[REP_GATE_BEYOND], "is slower by more",
		  "are slower by more");
	put_gated(to, g.cell[REP_GATE_OPEN], "is undecided", "are undecided");
	put_gated(to, g.cell[REP_GATE_BROKEN], "failed", "failed");
	put_gated(to, g.missing, "is missing", "are missing");
	put_new(to, c);
	put_unfinished(to, c->a, "first");
	put_unfinished(to, c->b, "second");
	fputc('.', to);
	put_power(to, &g);
	return memstream_end(to, &text, true);
}
