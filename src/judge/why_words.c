/* Why, in words: one paragraph for each condition that has prices. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "base/size.h"
#include "judge/why.h"

/* "0.069" or "-1.24": about two digits below 0.1, otherwise three. */
static void put_ns(FILE *to, double x)
{
	fprintf(to, "%.*f", size_decimals(fabs(x), fabs(x) < 0.1 ? 2 : 3), x);
}

static void put_ns_interval(FILE *to, struct stats_interval i)
{
	put_ns(to, i.value);
	if (!isfinite(i.low) || !isfinite(i.high))
		return;
	fputs(" [", to);
	put_ns(to, i.low);
	fputs(", ", to);
	put_ns(to, i.high);
	fputs("]", to);
}

/* "4 calls × 0.012"; 'of' is the word for one, 'many' for any other number. */
struct piece {
	const char *of, *many;
	double count, price;
};

static void put_piece(FILE *to, const char **before, struct piece p)
{
	if (!isfinite(p.count * p.price) || p.count * p.price < 5e-4)
		return;
	fprintf(to, "%s%.3g %s × ", *before, p.count,
		fabs(p.count - 1) < 5e-3 ? p.of : p.many);
	put_ns(to, p.price);
	*before = " + ";
}

static void put_share(FILE *to, const char **before, const char *of, double ns)
{
	if (!isfinite(ns) || fabs(ns) < 5e-4)
		return;
	fprintf(to, "%s%s ", ns < 0 ? " - " : *before, of);
	put_ns(to, fabs(ns));
	*before = " + ";
}

static void put_whose(FILE *to, const struct why_parts *p)
{
	if (p->by == WHY_SLOW_SERVER || p->by == WHY_SLOW_CLIENT)
		fprintf(to, ", the time of its %s", why_by_names[p->by]);
}

/* "0.36 ns = 4 copies × 0.062 + 4 calls × 0.012 + channel 0.05 + rest 0.014" */
static void put_parts(FILE *to, const struct why_parts *p)
{
	const char *before = " = ";

	fprintf(to, "%s: ", p->cell->label);
	put_ns(to, p->ns);
	fputs(" ns", to);
	if (!isfinite(p->rest))
		return;
	put_whose(to, p);
	put_piece(to, &before,
		  (struct piece){ "copy", "copies", p->copies, p->copy });
	put_piece(to, &before,
		  (struct piece){ "call", "calls", p->calls, p->call });
	put_share(to, &before, "channel", p->channel);
	put_share(to, &before, "memory", p->memory);
	put_share(to, &before, "contents", p->contents);
	put_piece(to, &before,
		  (struct piece){ "switch", "switches", p->switches, p->wake });
	put_share(to, &before, "rest", p->rest);
}

static void put_slower(FILE *to, const struct why *w, const struct run_cell *c)
{
	switch (why_slower(w, c)) {
	case WHY_SLOW_SERVER:
		fprintf(to, "The server of %s is its slower side. ", c->label);
		break;
	case WHY_SLOW_CLIENT:
		fprintf(to, "The client of %s is its slower side. ", c->label);
		break;
	case WHY_OPEN:
		fprintf(to, "It is not decided which side of %s takes longer. ",
			c->label);
		break;
	default:
		break;
	}
}

static void put_difference(FILE *to, const struct why_lead *l)
{
	struct stats_interval slower = { -l->measured.value, -l->measured.high,
					 -l->measured.low };

	if (slower.low > 0) {
		fputs("It is slower by ", to);
		put_ns_interval(to, slower);
		return;
	}
	fputs(l->measured.low > 0 ? "It is faster by "
				  : "It is not shown to be faster or slower: ",
	      to);
	put_ns_interval(to, l->measured);
}

/*
 * Compares the price of the saved copies with the time by which the ring is
 * faster.
 */
static void put_lead(FILE *to, const struct why_lead *l)
{
	fprintf(to,
		"%s makes %.3g fewer copies of each byte than %s. At the price "
		"of a copy by the kernel, this saves ",
		l->ring->label, l->saved, l->rival->label);
	put_ns_interval(to, l->worth);
	fputs(" ns. ", to);
	put_difference(to, l);
	fputs(" ns. ", to);
	if (isfinite(l->predicted.value))
		fprintf(to,
			"By these copies alone it would be %.3g× as fast as "
			"%s; it was measured to be %.3g× as fast. ",
			l->predicted.value, l->rival->label, l->ratio.value);
}

/*
 * The first lead of the condition. It is the claim's if the claim has one,
 * since the claim is declared first.
 */
static const struct why_lead *lead_of(const struct why *w, size_t condition)
{
	for (size_t i = 0; i < w->leads; i++)
		if (w->lead[i].condition == condition)
			return &w->lead[i];
	return NULL;
}

static const struct run_cell *priced_cell(const struct why *w, size_t condition)
{
	for (size_t i = 0; i < w->cells; i++)
		if (run_takes_part(w->cell[i].cell,
				   &w->v->condition[condition]))
			return w->cell[i].cell;
	return NULL;
}

/*
 * The cell whose prices are shown for a condition: the rival in the lead, else
 * the first cell with prices; NULL: none.
 */
static const struct run_cell *telling_cell(const struct why *w,
					   size_t condition)
{
	const struct why_lead *l = lead_of(w, condition);

	return l ? l->rival : priced_cell(w, condition);
}

static void put_told(FILE *to, const struct why *w, size_t condition)
{
	const struct why_lead *l = lead_of(w, condition);
	const struct run_cell *c = telling_cell(w, condition);

	if (c)
		put_slower(to, w, c);
	if (l)
		put_lead(to, l);
}

static void put_sentence(FILE *to, const struct why *w, size_t condition)
{
	const struct why_lead *l = lead_of(w, condition);
	const struct run_cell *c = telling_cell(w, condition);
	struct why_parts p;
	char where[160];

	if (!c)
		return;
	fprintf(to, "%s, for each byte: ",
		run_condition_words(&w->v->condition[condition], where,
				    sizeof(where)));
	p = why_parts(w, c);
	put_parts(to, &p);
	if (l) {
		p = why_parts(w, l->ring);
		fputs("; ", to);
		put_parts(to, &p);
	}
	fputs(". ", to);
	put_told(to, w, condition);
}

/* --- the model ------------------------------------------------------------ */

static void put_left(FILE *to, const struct why_model *m)
{
	const char *before = ". Left out: ";
	size_t n;

	for (size_t i = m->n; i < m->all; i += n) {
		enum why_left left = m->guess[i].left;

		for (n = 1; i + n < m->all && m->guess[i + n].left == left; n++)
			;
		fprintf(to, "%s%zu cell%s (%s)", before, n, n == 1 ? "" : "s",
			why_left_names[left]);
		before = ", ";
	}
}

static void put_model(FILE *to, const struct why_model *m)
{
	if (!m->all)
		return;
	if (m->n)
		fprintf(to,
			"Prices and counts predict the time of a byte in %zu "
			"cell%s, with a median error of %.0f %%",
			m->n, m->n == 1 ? "" : "s", 100 * m->error);
	else
		fputs("Prices and counts predict no cell", to);
	if (isfinite(m->r_squared))
		fprintf(to, "; R squared of the logarithms is %.2f (%s)",
			m->r_squared,
			m->r_squared < 0
				? "below 0: their mean alone predicts better"
				: "1: all differences between the cells are "
				  "predicted; 0: none");
	put_left(to, m);
	fputs(".", to);
}

char *why_model_sentence(const struct why *w)
{
	struct why_model m = why_model(w);
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to)
		put_model(to, &m);
	free(m.guess);
	return memstream_end(to, &text, true);
}

/* -------------------------------------------------------------------------- */

/* The text that `put` writes about a condition; to be freed. */
static char *text_of(void (*put)(FILE *to, const struct why *w,
				 size_t condition),
		     const struct why *w, size_t condition)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to)
		put(to, w, condition);
	text = memstream_end(to, &text, true);
	len = text ? strlen(text) : 0;
	if (len && text[len - 1] == ' ')
		text[len - 1] = '\0';
	return text;
}

char *why_sentence(const struct why *w, size_t condition)
{
	return text_of(put_sentence, w, condition);
}

char *why_lead_sentence(const struct why *w, size_t condition)
{
	return text_of(put_told, w, condition);
}
