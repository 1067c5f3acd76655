/*
 * JUnit's XML of a run, with a test for each cell; or of a gate between two
 * runs, with a test for each pair of cells and for each gated cell that the
 * second run lacks.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/memstream.h"
#include "judge/export.h"

enum fate { PASSED, FAILED, BROKE, SKIPPED, FATES };

static const char *const elements[] = { NULL, "failure", "error", "skipped" };

struct suite {
	/* collects the tests; in the file, their number comes first */
	FILE *to;
	size_t tests, of[FATES];
};

static void put_test(struct suite *s, const char *class, const char *name,
		     enum fate fate, const char *why)
{
	s->tests++;
	s->of[fate]++;
	fputs("    <testcase classname=\"ipcopy.", s->to);
	markup_put(s->to, class, MARKUP_IN_VALUES);
	fputs("\" name=\"", s->to);
	markup_put(s->to, name, MARKUP_IN_VALUES);
	if (fate == PASSED) {
		fputs("\" time=\"0\"/>\n", s->to);
		return;
	}
	fprintf(s->to, "\" time=\"0\">\n      <%s message=\"", elements[fate]);
	markup_put(s->to, why, MARKUP_IN_VALUES);
	fputs("\"/>\n    </testcase>\n", s->to);
}

/* Returns the whole file, with the text of all tests; frees `tests`. */
static char *wrapped(const struct suite *s, char *tests, const char *name)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to && tests) {
		fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<testsuites>\n  <testsuite name=\"",
		      to);
		markup_put(to, name, MARKUP_IN_VALUES);
		fprintf(to,
			"\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
			"skipped=\"%zu\" time=\"0\">\n%s  </testsuite>\n"
			"</testsuites>\n",
			s->tests, s->of[FAILED], s->of[BROKE], s->of[SKIPPED],
			tests);
	}
	free(tests);
	if (to && fclose(to) == 0 && text && *text)
		return text;
	free(text);
	return NULL;
}

char *rep_export_junit(const struct run *r)
{
	char *tests = NULL;
	size_t len;
	struct suite s = { .to = open_memstream(&tests, &len) };

	if (!s.to)
		return NULL;
	for (size_t i = 0; i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];
		enum fate fate = c->skipped                  ? SKIPPED
				 : c->failures || !c->groups ? FAILED
							     : PASSED;

		put_test(&s, c->at.workload, c->name, fate, c->reason);
	}
	return wrapped(&s, memstream_end(s.to, &tests, true), "ipcopy run");
}

/* --- a gate --------------------------------------------------------------- */

/* For cells that keep a gate undecided: open, failed and missing ones. */
static const enum fate fate_of_undecided[] = {
	[REP_UNDECIDED_TELL] = BROKE,
	[REP_UNDECIDED_PASS] = SKIPPED,
	[REP_UNDECIDED_FAIL] = FAILED,
};

static enum fate fate_of(enum rep_gate_state state, enum rep_undecided how)
{
	switch (state) {
	case REP_GATE_NONE:
		return SKIPPED;
	case REP_GATE_WITHIN:
		return PASSED;
	case REP_GATE_BEYOND:
		return FAILED;
	default:
		return fate_of_undecided[how];
	}
}

static void put_pair(struct suite *s, const struct rep_pairing *p,
		     enum rep_undecided how)
{
	char why[700], times[32];

	rep_times(p->ratio.value, times, sizeof(times));
	switch (p->state) {
	case REP_GATE_NONE:
		snprintf(why, sizeof(why), "not gated");
		break;
	case REP_GATE_BROKEN:
		snprintf(why, sizeof(why),
			 "failed, or has no good sample: %.500s",
			 *p->b->reason ? p->b->reason : p->a->reason);
		break;
	default:
		snprintf(why, sizeof(why), "%s: %s as fast, %.4g to %.4g",
			 rep_gate_states[p->state], times, p->ratio.low,
			 p->ratio.high);
	}
	put_test(s, p->b->at.workload, p->b->name, fate_of(p->state, how), why);
}

char *rep_export_junit_gate(const struct rep_compare *c, enum rep_undecided how)
{
	char *tests = NULL, name[60];
	size_t len;
	struct suite s = { .to = open_memstream(&tests, &len) };

	if (!s.to)
		return NULL;
	for (size_t i = 0; i < c->pairs; i++)
		put_pair(&s, &c->pair[i], how);
	for (size_t i = 0; i < c->in_a; i++)
		if (rep_is_gated(c->only_a[i]))
			put_test(&s, c->only_a[i]->at.workload,
				 c->only_a[i]->name, fate_of_undecided[how],
				 "the baseline has this cell, and this run "
				 "does not");
	snprintf(name, sizeof(name), "ipcopy gate of %.3g %%", 100 * c->gate);
	return wrapped(&s, memstream_end(s.to, &tests, true), name);
}
