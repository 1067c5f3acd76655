/* A comparison of two runs, in words and as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "judge/gate.h"
#include "judge/json.h"

#define FORMAT 1

/*
 * Before each generation, the time of a fixed amount of work is measured. If
 * its medians in the two runs differ by more than this share, the findings say
 * that the machine had another speed in the second run.
 */
#define PACE 0.03

static const struct rep_pairing *extreme(const struct rep_compare *c,
					 enum stats_verdict outcome)
{
	const struct rep_pairing *most = NULL;

	for (size_t i = 0; i < c->pairs; i++) {
		const struct rep_pairing *p = &c->pair[i];

		if (p->outcome != outcome)
			continue;
		if (!most ||
		    fabs(log(p->ratio.value)) > fabs(log(most->ratio.value)))
			most = p;
	}
	return most;
}

static void put_pairing_outcome(FILE *to, const struct rep_compare *c,
				enum stats_verdict outcome, const char *before)
{
	const struct rep_pairing *most = extreme(c, outcome);
	size_t n = rep_count_outcome(c, outcome);
	char times[32], cell[200];

	fprintf(to, "%s%zu %s %s", before, n, n == 1 ? "is" : "are",
		stats_verdict_names[outcome]);
	if (most && outcome <= STATS_SLOWER)
		fprintf(to, " (%s%s: %s)",
			n == 1                    ? ""
			: outcome == STATS_SLOWER ? "down to "
						  : "up to ",
			rep_times(most->ratio.value, times, sizeof(times)),
			rep_cell_words(most->b, cell, sizeof(cell)));
}

char *rep_compare_sentence(const struct rep_compare *c)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	fprintf(to, "%zu %s in both runs. In the second run ", c->pairs,
		c->pairs == 1 ? "cell is" : "cells are");
	put_pairing_outcome(to, c, STATS_SLOWER, "");
	put_pairing_outcome(to, c, STATS_FASTER, ", ");
	put_pairing_outcome(to, c, STATS_EQUIVALENT, ", ");
	put_pairing_outcome(to, c, STATS_UNDECIDED, " and ");
	fputc('.', to);
	return memstream_end(to, &text, true);
}

/* --- findings ------------------------------------------------------------- */

static double pace(const struct run *r)
{
	double *x = malloc((r->samples + 1) * sizeof(*x)), middle;
	size_t n = 0;

	if (!x)
		return NAN;
	for (size_t i = 0; i < r->samples; i++) {
		x[n] = r->sample[i].witness_ns;
		n += x[n] > 0;
	}
	middle = stats_median(x, n);
	free(x);
	return middle;
}

/* Reports cells that have good samples in one run only. */
static void say_of_lost(const struct rep_compare *c, struct rep_lines *l)
{
	size_t found = 0;

	for (size_t i = 0; i < c->pairs; i++) {
		const struct rep_pairing *p = &c->pair[i];

		found += p->a->groups == 0 && p->b->groups > 0;
		if (p->a->groups > 0 && p->b->groups == 0)
			rep_line(l,
				 "the cell %s has no good sample in the second "
				 "run: %s",
				 p->b->name,
				 *p->b->reason ? p->b->reason : "not measured");
	}
	if (found)
		rep_line(l, "%zu cell%s good samples in the second run only",
			 found, found == 1 ? " has" : "s have");
}

static void say_of_one_run(struct rep_lines *l, size_t cells, const char *which)
{
	if (cells)
		rep_line(l, "%zu %s in the %s run only", cells,
			 cells == 1 ? "cell is" : "cells are", which);
}

void rep_compare_findings(const struct rep_compare *c, struct rep_lines *l)
{
	say_of_lost(c, l);
	for (size_t i = 0; i < c->pairs; i++)
		if (strcmp(c->pair[i].a->name, c->pair[i].b->name) != 0)
			rep_line(l,
				 "the cell %s of the first run is compared "
				 "with the cell %s of the second run",
				 c->pair[i].a->name, c->pair[i].b->name);
	say_of_one_run(l, c->in_a, "first");
	say_of_one_run(l, c->in_b, "second");
}

void rep_compare_noise(const struct rep_compare *c, struct rep_lines *l)
{
	double longer = pace(c->b) / pace(c->a);
	bool slower = longer > 1;

	rep_noise(c->a, " in the first run", l);
	rep_noise(c->b, " in the second run", l);
	if (fabs(log(longer)) > PACE)
		rep_line(l,
			 "the machine itself was %s in the second run: a fixed "
			 "amount of work took %.3g times as long in the second "
			 "run; this may explain cells that became %s, but not "
			 "cells that became %s",
			 slower ? "slower" : "faster", longer,
			 slower ? "slower" : "faster",
			 slower ? "faster" : "slower");
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *pair_json(const struct rep_pairing *p)
{
	const struct run_cell *b = p->b;

	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:i, "
		"s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:s, s:b, "
		"s:s, s:o}",
		"a", p->a->name, "b", b->name, "mechanism", b->mechanism,
		"label", b->label, "workload", b->at.workload, "sink",
		b->at.sink, "cache", b->at.cache, "size_bytes",
		(json_int_t)b->at.size_bytes, "depth", b->at.depth, "wait",
		b->at.wait, "place", b->at.place, "pairs", b->at.pairs,
		"speed_a", rep_json_number(p->a->speed.value), "speed_b",
		rep_json_number(b->speed.value), "ratio",
		rep_json_number(p->ratio.value), "low",
		rep_json_number(p->ratio.low), "high",
		rep_json_number(p->ratio.high), "p", rep_json_number(p->p),
		"p_holm", rep_json_number(p->p_holm), "cliff",
		rep_json_number(p->cliff), "generations_a",
		(json_int_t)p->a->groups, "generations_b",
		(json_int_t)b->groups, "outcome",
		stats_verdict_names[p->outcome], "beyond_gate",
		p->state == REP_GATE_BEYOND, "gate", rep_gate_states[p->state],
		"detectable", rep_json_number(p->detectable));
}

static json_t *names_json(const struct run_cell *const *cell, size_t n,
			  bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		rep_json_append(list, json_string(cell[i]->name), broken);
	return list;
}

static json_t *differences_json(const struct rep_compare *c, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->differences; i++) {
		const struct rep_difference *d = &c->difference[i];

		rep_json_append(list,
				json_pack("{s:s, s:s, s:s, s:b}", "what",
					  d->what, "a", d->a, "b", d->b,
					  "other_machine", d->identity),
				broken);
	}
	return list;
}

static json_t *compare_findings_json(const struct rep_compare *c, bool *broken)
{
	struct rep_lines l = { 0 };

	rep_compare_findings(c, &l);
	rep_compare_noise(c, &l);
	return rep_json_lines(&l, broken);
}

/* The gate as JSON; null if no gate was asked for. */
static json_t *gate_json(const struct rep_compare *c, bool *broken)
{
	struct rep_gate g = rep_gate_of(c);
	char *sentence;
	json_t *j;

	if (isnan(c->gate))
		return json_null();
	sentence = rep_gate_sentence(c);
	*broken = *broken || !sentence;
	j = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "result",
		      rep_gate_results[g.result], "sentence",
		      sentence ? sentence : "", "within",
		      (json_int_t)g.cell[REP_GATE_WITHIN], "beyond",
		      (json_int_t)g.cell[REP_GATE_BEYOND], "undecided",
		      (json_int_t)g.cell[REP_GATE_OPEN], "failed",
		      (json_int_t)g.cell[REP_GATE_BROKEN], "missing",
		      (json_int_t)g.missing, "detectable_half",
		      rep_json_number(g.usual), "detectable_all",
		      rep_json_number(g.worst));
	free(sentence);
	return j;
}

/* The gate on counts as JSON; null if counts were not to be compared. */
static json_t *gate_counts_json(const struct rep_compare *c, bool *broken)
{
	struct rep_lines l = { 0 };
	struct rep_counts n;
	char *sentence;
	json_t *j;

	if (!c->counts)
		return json_null();
	n = rep_gate_counts(c, &l);
	sentence = rep_counts_sentence(&n);
	*broken = *broken || !sentence;
	j = json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "result",
		      rep_gate_results[n.result], "sentence",
		      sentence ? sentence : "", "compared",
		      (json_int_t)n.compared, "different",
		      (json_int_t)n.different, "missing", (json_int_t)n.missing,
		      "reasons", rep_json_lines(&l, broken));
	free(sentence);
	return j;
}

char *rep_compare_json(const struct rep_compare *c)
{
	char *sentence = rep_compare_sentence(c), *text = NULL;
	bool broken = c->broken || !sentence;
	json_t *cells = json_array(), *all;

	for (size_t i = 0; i < c->pairs; i++)
		rep_json_append(cells, pair_json(&c->pair[i]), &broken);
	all = json_pack(
		"{s:i, s:s, s:s, s:s, s:f, s:f, s:f, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:o, s:o}",
		"format", FORMAT, "sentence", sentence ? sentence : "", "a",
		c->a->dir, "b", c->b->dir, "level", c->a->level, "alpha",
		c->a->alpha, "margin", c->a->margin, "gate",
		rep_json_number(c->gate), "decision", gate_json(c, &broken),
		"counts", gate_counts_json(c, &broken), "differences",
		differences_json(c, &broken), "cells", cells, "only_a",
		names_json(c->only_a, c->in_a, &broken), "only_b",
		names_json(c->only_b, c->in_b, &broken), "findings",
		compare_findings_json(c, &broken));
	if (all && !broken)
		text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	json_decref(all);
	free(sentence);
	return text;
}
