/* The answer to "is shared memory the fastest?" in one sentence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "judge/words.h"

struct tally {
	size_t tried, fate[REP_FATES];
	const struct rep_comparison *worst; /* loss */
	const struct rep_comparison *most;  /* win */
};

static double ratio_of(const struct rep_comparison *c)
{
	return c->ratio.value;
}

static struct tally count(const struct rep_verdict *v)
{
	struct tally t = { 0 };

	for (size_t k = 0; k < v->conditions; k++) {
		const struct rep_comparison *c;
		enum rep_fate fate;

		if (!rep_fate(v, k, &fate, &c))
			continue;
		t.tried++;
		t.fate[fate]++;
		if (fate == REP_FAILS &&
		    (!t.worst || ratio_of(c) < ratio_of(t.worst)))
			t.worst = c;
		if (fate == REP_HOLDS &&
		    (!t.most || ratio_of(c) > ratio_of(t.most)))
			t.most = c;
	}
	return t;
}

/* --- who is compared ------------------------------------------------------ */

static bool takes_part(const struct rep_verdict *v, size_t i)
{
	const struct rep_comparison *c = &v->comparison[i];

	return c->family == REP_CLAIM && c->generations > 0;
}

/* How many of the ring's rivals took part, and the ring itself. */
static int contenders(const struct rep_verdict *v)
{
	int n = 1;

	for (size_t i = 0, j; i < v->comparisons; i++) {
		const char *rival = v->comparison[i].b->mechanism;

		if (!takes_part(v, i))
			continue;
		for (j = 0; j < i; j++)
			if (takes_part(v, j) &&
			    !strcmp(v->comparison[j].b->mechanism, rival))
				break;
		n += j == i;
	}
	return n;
}

static void put_count(FILE *to, size_t some, size_t all)
{
	if (all == 1)
		fputs(some ? "the one condition tried"
			   : "no condition, of one tried",
		      to);
	else if (some == all)
		fprintf(to, "all %zu conditions", all);
	else if (some == 0)
		fprintf(to, "none of %zu conditions", all);
	else
		fprintf(to, "%zu of %zu conditions", some, all);
}

static void put_case(FILE *to, const struct rep_verdict *v,
		     const struct rep_comparison *c)
{
	char where[160], reasons[120];

	fprintf(to, " (%s",
		run_condition_words(&v->condition[c->condition], where,
				    sizeof(where)));
	if (*rep_reasons(c, reasons, sizeof(reasons)))
		fprintf(to, "; %s has %s",
			c->ratio.value >= 1 ? c->a->label : c->b->label,
			reasons);
	fputc(')', to);
}

/* --- the sentence --------------------------------------------------------- */

static void put_claim(FILE *to, const struct rep_verdict *v,
		      const struct tally *t)
{
	static const char *const words[] = { "", "", "two", "three", "four" };
	int n = contenders(v);
	char times[32];

	fprintf(to,
		"Shared memory with semaphores is the fastest of the %s in ",
		n < 5 ? words[n] : "mechanisms");
	put_count(to, t->fate[REP_HOLDS], t->tried);
	if (t->most) {
		fprintf(to, ", by up to %s over %s",
			rep_times(ratio_of(t->most), times, sizeof(times)),
			t->most->b->label);
		put_case(to, v, t->most);
	}
	if (t->worst) {
		fprintf(to, "; in %zu it loses, by up to %s to %s",
			t->fate[REP_FAILS],
			rep_times(1 / ratio_of(t->worst), times, sizeof(times)),
			t->worst->b->label);
		put_case(to, v, t->worst);
	}
	if (t->fate[REP_TIES])
		fprintf(to, "; in %zu it is as fast as another",
			t->fate[REP_TIES]);
	if (t->fate[REP_OPEN])
		fprintf(to, "; %zu %s undecided%s", t->fate[REP_OPEN],
			t->fate[REP_OPEN] == 1 ? "is" : "are",
			rep_lacks_generations(v, REP_CLAIM)
				? ", for want of generations"
				: "");
	fputc('.', to);
}

static void put_need(FILE *to)
{
	const struct transport *t;
	const char *before = "";

	fprintf(to,
		"; the textbook's claim was not tried, for it needs "
		"%s:sync=sem and a rival in the same condition:",
		tr_with_claim(TR_CLAIM_RING)->name);
	for_each_transport(t) {
		if (t->claim != TR_CLAIM_RIVAL)
			continue;
		fprintf(to, "%s %s", before, t->name);
		before = ",";
	}
	fputc('.', to);
}

/* Without the claim's four, still what the map says of rings. */
static void put_map(FILE *to, const struct rep_verdict *v)
{
	size_t with = 0, first = 0, measured = 0;

	for (size_t i = 0; i < v->spots; i++) {
		const struct rep_spot *s = &v->map[i];

		measured += s->measured > 0;
		with += s->ring && s->other;
		first += s->ring && s->other && s->outcome == STATS_FASTER;
	}
	if (with > 0) {
		fputs("A ring in shared memory is the fastest in ", to);
		put_count(to, first, with);
		put_need(to);
	} else if (measured > 0) {
		fputs("Nothing is decided: no condition has both a ring in "
		      "shared memory and another mechanism.",
		      to);
	} else {
		fputs("Nothing is decided: nothing was measured.", to);
	}
}

char *rep_sentence(const struct rep_verdict *v)
{
	struct tally t = count(v);
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	if (t.tried > 0)
		put_claim(to, v, &t);
	else
		put_map(to, v);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}
