/*
 * The answers of a run to the questions that it can answer. This file has the
 * answers about rings, in which the larger of win and loss comes first.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/memstream.h"
#include "judge/words.h"

/* --- how often, and by how much ------------------------------------------- */

static void tally_add(struct rep_tally *t, enum rep_fate fate,
		      const struct rep_comparison *c)
{
	t->tried++;
	t->fate[fate]++;
	if (fate == REP_FAILS &&
	    (!t->loss || c->ratio.value < t->loss->ratio.value))
		t->loss = c;
	if (fate == REP_HOLDS &&
	    (!t->win || c->ratio.value > t->win->ratio.value))
		t->win = c;
}

void rep_tally_claim(const struct rep_verdict *v, struct rep_tally *t)
{
	*t = (struct rep_tally){ .tried = 0 };
	for (size_t k = 0; k < v->conditions; k++) {
		const struct rep_comparison *c;
		enum rep_fate fate;

		if (rep_fate(v, k, &fate, &c))
			tally_add(t, fate, c);
	}
}

void rep_tally_ring(const struct rep_verdict *v, struct rep_tally *t)
{
	*t = (struct rep_tally){ .tried = 0 };
	for (size_t i = 0; i < v->spots; i++) {
		enum rep_fate fate;

		if (rep_spot_fate(&v->map[i], &fate))
			tally_add(t, fate, v->map[i].decisive);
	}
}

/* --- rings against others ------------------------------------------------- */

struct saying {
	const struct rep_verdict *v;
	const struct rep_tally *t;
	const char *subject;    /* "Shared memory with semaphores" */
	const char *what;       /* "the fastest of the four": for a win */
	enum rep_family family; /* of the comparisons that are told about */
	size_t said;            /* number of clauses so far */
};

/* "18 of 25 conditions" in the first clause, only "5" in the later ones. */
static void put_conditions(FILE *to, const struct saying *s, size_t some)
{
	size_t all = s->t->tried;

	if (s->said > 0)
		fprintf(to, "%zu", some);
	else if (all == 1)
		fputs("the one condition tried", to);
	else if (some == all)
		fprintf(to, "all %zu conditions", all);
	else
		fprintf(to, "%zu of %zu conditions", some, all);
}

static void put_subject(FILE *to, struct saying *s)
{
	fputs(s->said ? "; it" : s->subject, to);
}

/* "(stream 64K, depth 1, core; shm sem has fewer copies)" */
static void put_case(FILE *to, const struct saying *s,
		     const struct rep_comparison *c)
{
	char where[160], reasons[120];

	fprintf(to, " (%s",
		run_condition_words(&s->v->condition[c->condition], where,
				    sizeof(where)));
	if (*rep_reasons(c, reasons, sizeof(reasons)))
		fprintf(to, "; %s has %s",
			c->ratio.value >= 1 ? c->a->label : c->b->label,
			reasons);
	fputc(')', to);
}

/* "up to", or nothing if there is only one case. */
static const char *up_to(const struct saying *s, enum rep_fate fate)
{
	return s->t->fate[fate] > 1 ? "up to " : "";
}

static void put_win(FILE *to, struct saying *s)
{
	const struct rep_comparison *c = s->t->win;
	char times[32];

	if (!c)
		return;
	put_subject(to, s);
	fprintf(to, " is %s in ", s->what);
	put_conditions(to, s, s->t->fate[REP_HOLDS]);
	fprintf(to, ", %s%s as fast as %s", up_to(s, REP_HOLDS),
		rep_times(c->ratio.value, times, sizeof(times)), c->b->label);
	put_case(to, s, c);
	s->said++;
}

static void put_loss(FILE *to, struct saying *s)
{
	const struct rep_comparison *c = s->t->loss;
	char times[32];

	if (!c)
		return;
	put_subject(to, s);
	fputs(" is beaten in ", to);
	put_conditions(to, s, s->t->fate[REP_FAILS]);
	fprintf(to, ", where %s is %s%s as fast", c->b->label,
		up_to(s, REP_FAILS),
		rep_times(1 / c->ratio.value, times, sizeof(times)));
	put_case(to, s, c);
	s->said++;
}

static void put_ties(FILE *to, struct saying *s)
{
	if (s->t->fate[REP_TIES] == 0)
		return;
	put_subject(to, s);
	fputs(" is as fast as its best rival in ", to);
	put_conditions(to, s, s->t->fate[REP_TIES]);
	s->said++;
}

static void put_open(FILE *to, struct saying *s)
{
	size_t n = s->t->fate[REP_OPEN];
	char longer[160];

	if (n == 0)
		return;
	if (s->said) {
		fprintf(to, "; %zu %s", n, n == 1 ? "is" : "are");
	} else {
		fprintf(to, "%s: ", s->subject);
		put_conditions(to, s, n);
		fputs(n == 1 ? " is" : " are", to);
	}
	fputs(" undecided", to);
	if (rep_lacks_generations(s->v, s->family))
		fprintf(to, ", since the run has too few generations (%s)",
			rep_longer(s->v, s->family, longer, sizeof(longer)));
	s->said++;
}

static double size_of(const struct rep_comparison *c)
{
	return c ? fabs(log(c->ratio.value)) : 0;
}

static void put_rings(FILE *to, struct saying *s)
{
	bool loss_first = size_of(s->t->loss) > size_of(s->t->win);

	if (loss_first)
		put_loss(to, s);
	put_win(to, s);
	if (!loss_first)
		put_loss(to, s);
	put_ties(to, s);
	put_open(to, s);
	fputc('.', to);
}

/* --- the claim ------------------------------------------------------------ */

static bool takes_part(const struct rep_verdict *v, size_t i)
{
	const struct rep_comparison *c = &v->comparison[i];

	return c->family == REP_CLAIM && c->generations > 0;
}

/* The number of mechanisms that took part: the ring and its rivals. */
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

static void put_need(FILE *to)
{
	const struct transport *t;
	const char *before = "";

	fprintf(to,
		"The textbook's claim was not tried: it needs %s:sync=sem and, "
		"in the same condition, one of its rivals:",
		tr_with_claim(TR_CLAIM_RING)->name);
	for_each_transport(t) {
		if (t->claim != TR_CLAIM_RIVAL)
			continue;
		fprintf(to, "%s %s", before, t->name);
		before = ",";
	}
	fputc('.', to);
}

static bool has_rival(const struct rep_verdict *v, const char *mechanism)
{
	for (size_t i = 0; i < v->comparisons; i++)
		if (takes_part(v, i) &&
		    !strcmp(v->comparison[i].b->mechanism, mechanism))
			return true;
	return false;
}

/* "the fastest of the three (mq was not measured)" */
static const char *claim_words(const struct rep_verdict *v, char *buf,
			       size_t size)
{
	static const char *const words[] = {
		"",
		"",
		"the faster of the two",
		"the fastest of the three",
		"the fastest of the four",
	};
	int n = contenders(v), missing = 0;
	const struct transport *t;

	snprintf(buf, size, "%s",
		 n < 5 ? words[n] : "the fastest of the mechanisms");
	for_each_transport(t)
		if (t->claim == TR_CLAIM_RIVAL && !has_rival(v, t->name))
			text_append(buf, size, "%s%s",
				    missing++ ? " and " : " (", t->name);
	if (missing)
		text_append(buf, size, " %s not measured)",
			    missing == 1 ? "was" : "were");
	return buf;
}

static void put_claim(FILE *to, const struct rep_verdict *v)
{
	char what[160];
	struct rep_tally t;
	struct saying s = {
		.v = v,
		.t = &t,
		.subject = "Shared memory with semaphores",
		.what = claim_words(v, what, sizeof(what)),
		.family = REP_CLAIM,
	};

	rep_tally_claim(v, &t);
	if (t.tried > 0)
		put_rings(to, &s);
	else if (rep_any_measured(v))
		put_need(to);
}

static void put_ring(FILE *to, const struct rep_verdict *v)
{
	struct rep_tally t;
	struct saying s = {
		.v = v,
		.t = &t,
		.subject = "The best ring in shared memory",
		.what = "the fastest of all mechanisms",
		.family = REP_ALL,
	};

	rep_tally_ring(v, &t);
	if (t.tried > 0)
		put_rings(to, &s);
}

/* --- all of them ---------------------------------------------------------- */

const char *const rep_question_names[] = {
	[REP_Q_UNFINISHED] = "unfinished",
	[REP_Q_CLAIM] = "claim",
	[REP_Q_RING] = "ring",
	[REP_Q_USE] = "use",
	[REP_Q_START] = "start",
	NULL,
};

char *rep_answer(const struct rep_verdict *v, enum rep_question question)
{
	static void (*const put[])(FILE *, const struct rep_verdict *) = {
		[REP_Q_UNFINISHED] = rep_put_unfinished,
		[REP_Q_CLAIM] = put_claim,
		[REP_Q_RING] = put_ring,
		[REP_Q_USE] = rep_put_use,
		[REP_Q_START] = rep_put_start,
	};
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	put[question](to, v);
	return memstream_end(to, &text, true);
}

void rep_questions(const struct rep_verdict *v,
		   enum rep_question order[REP_QUESTIONS])
{
	struct rep_tally claim;
	int n = 0;

	rep_tally_claim(v, &claim);
	order[n++] = REP_Q_UNFINISHED;
	if (claim.tried)
		order[n++] = REP_Q_CLAIM;
	order[n++] = REP_Q_RING;
	order[n++] = REP_Q_USE;
	order[n++] = REP_Q_START;
	if (!claim.tried)
		order[n++] = REP_Q_CLAIM;
}

char *rep_sentence(const struct rep_verdict *v)
{
	enum rep_question order[REP_QUESTIONS];
	char *text = NULL;

	rep_questions(v, order);
	for (int i = 0; i < REP_QUESTIONS && (!text || !*text); i++) {
		free(text);
		text = rep_answer(v, order[i]);
	}
	return text;
}
