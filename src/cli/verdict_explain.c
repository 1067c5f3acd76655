/* Explanations of the largest differences, and the other findings. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "cli/verdict_show.h"

/* So many explanations are shown. The others are only in verdict.json. */
#define EXPLAINED 6

static double weight(const struct rep_comparison *c)
{
	return c && c->outcome <= STATS_SLOWER ? fabs(log(c->ratio.value)) : 0;
}

static int heavier_first(const void *a, const void *b)
{
	const struct rep_comparison *x =
		*(const struct rep_comparison *const *)a;
	const struct rep_comparison *y =
		*(const struct rep_comparison *const *)b;

	if (weight(x) < weight(y) || weight(x) > weight(y))
		return weight(x) > weight(y) ? -1 : 1;
	return x->condition < y->condition ? -1 : x->condition > y->condition;
}

static bool put_explanation(FILE *to, const struct rep_verdict *v,
			    const struct rep_comparison *c)
{
	char *text = rep_explain(v, c);
	bool ok = verdict_put_item(to, text);

	free(text);
	return ok;
}

/*
 * Writes the question, and in how many of the n conditions a count is in favour
 * of the faster mechanism.
 */
static void put_explained(FILE *to, const struct rep_comparison *const *all,
			  size_t n)
{
	char text[400], times[80], reasons[120];
	size_t some = 0;

	for (size_t i = 0; i < n; i++)
		some += *rep_reasons(all[i], reasons, sizeof(reasons)) != '\0';
	snprintf(times, sizeof(times), "%zu of %zu conditions", some, n);
	if (n == 1)
		snprintf(times, sizeof(times), "%s condition",
			 some ? "the only" : "0 of 1");
	snprintf(text, sizeof(text),
		 "Do fewer copies, calls, switches or page faults, or less CPU "
		 "time, explain the differences? In %s with a difference the "
		 "faster mechanism is known to have at least one of these "
		 "advantages. The largest differences:",
		 times);
	fputc('\n', to);
	columns_wrap(to, text, 0, 0);
	fputc('\n', to);
}

bool verdict_put_explanations(FILE *to, const struct rep_verdict *v)
{
	const struct rep_comparison **all, *c;
	size_t n = 0, shown;
	bool ok = true;

	all = malloc((v->conditions + 1) *
		     sizeof(const struct rep_comparison *));
	if (!all)
		return false;
	for (size_t k = 0; k < v->spots; k++) {
		c = rep_deciding(v, k);
		if (weight(c) > 0)
			all[n++] = c;
	}
	qsort(all, n, sizeof(const struct rep_comparison *), heavier_first);
	shown = n < EXPLAINED ? n : EXPLAINED;
	if (n > 0)
		put_explained(to, all, n);
	for (size_t i = 0; ok && i < shown; i++)
		ok = put_explanation(to, v, all[i]);
	if (n > shown)
		fprintf(to, "- and %zu more in verdict.json\n", n - shown);
	free(all);
	return ok;
}

/* Explains words in the findings, if they occur. */
static void put_finding_words(FILE *to, const struct rep_lines *l)
{
	bool cells = false, generations = false;
	char text[200];

	for (size_t i = 0; i < l->lines; i++) {
		cells |= strstr(l->line[i], " cell") != NULL;
		generations |= strstr(l->line[i], "generation") != NULL;
	}
	if (!cells && !generations)
		return;
	snprintf(text, sizeof(text), "(%s%s%s)\n",
		 cells ? "A cell is one mechanism under one condition." : "",
		 cells && generations ? " " : "",
		 generations ? "A generation is what the same processes "
			       "measure; the next one has new processes."
			     : "");
	columns_wrap(to, text, 0, 0);
}

bool verdict_put_findings(FILE *to, const struct rep_verdict *v)
{
	struct rep_lines l = { 0 };
	bool ok;

	rep_findings(v, &l);
	if (l.lines > 0)
		fputs("\nOther findings:\n\n", to);
	put_finding_words(to, &l);
	ok = !l.broken;
	for (size_t i = 0; ok && i < l.lines; i++)
		ok = verdict_put_item(to, l.line[i]);
	rep_lines_free(&l);
	return ok;
}
