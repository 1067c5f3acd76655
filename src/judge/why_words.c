/* Why, in words: one paragraph for each condition that has prices. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memstream.h"
#include "base/size.h"
#include "judge/why.h"

/* "0.069", three digits of it, also below zero. */
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

static void put_piece(FILE *to, const char **before, int digits, double count,
		      const char *of, double price)
{
	if (!isfinite(count * price) || count * price < 5e-4)
		return;
	fprintf(to, "%s%.*g %s × ", *before, digits, count, of);
	put_ns(to, price);
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

/* "0.36 ns = 4 copies × 0.062 + 4 calls × 0.012 + channel 0.05 + rest 0.06" */
static void put_parts(FILE *to, const struct why_parts *p)
{
	const char *before = " = ";

	fprintf(to, "%s: ", p->cell->label);
	put_ns(to, p->ns);
	fputs(" ns", to);
	if (!isfinite(p->rest))
		return;
	put_whose(to, p);
	put_piece(to, &before, 3, p->copies, "copies", p->copy);
	put_piece(to, &before, 3, p->calls, "calls", p->call);
	put_share(to, &before, "channel", p->channel);
	put_share(to, &before, "memory", p->memory);
	put_share(to, &before, "contents", p->contents);
	put_piece(to, &before, 2, p->switches, "switches", p->wake);
	put_share(to, &before, "rest", p->rest);
}

/* The price to tell: that of the slower side, else of a side that has one. */
static const struct why_price *
telling(const struct why *w, const struct run_cell *c, enum dose_kind kind)
{
	const struct why_price *p = why_price(
		w, c, kind,
		why_slower(w, c) == WHY_SLOW_CLIENT ? WHY_CLIENT : WHY_SERVER);

	for (int s = 0; !p && s < WHY_SIDES; s++)
		p = why_price(w, c, kind, (enum why_side)s);
	return p;
}

static void put_bend(FILE *to, const struct why_price *p)
{
	if (p->line == WHY_STEEPER)
		fputs(", and further ones cost more", to);
	if (p->line == WHY_FLATTER)
		fputs(", and further ones cost less", to);
}

/*
 * Names the side that has the dose. On one CPU it does not matter which side
 * has it, but a dose on each side makes two doses.
 */
static const char *whose(const struct why_price *p)
{
	static const char *const words[WHY_SIDES] = { " on the server",
						      " on the client",
						      " on each side" };

	return p->side != WHY_EACH && run_is_place(&p->cell->at, RUN_SAME)
		       ? ""
		       : words[p->side];
}

/* Unless the whole interval is above 0, says that no cost is shown. */
static void put_price(FILE *to, const struct why_price *p)
{
	bool by_byte = dose_is_by_byte(p->kind);
	struct stats_interval price =
		by_byte ? p->price : why_price_of_message(p);

	if (!isfinite(price.low)) {
		fprintf(to, "%s%s: too few generations for a price",
			dose_phrase(p->kind), whose(p));
		return;
	}
	fprintf(to, "%s%s costs ", dose_phrase(p->kind), whose(p));
	if (price.low <= 0)
		fputs("nothing that is shown, ", to);
	put_ns_interval(to, price);
	fputs(by_byte ? " ns for each byte" : " ns", to);
	if (price.low > 0)
		put_bend(to, p);
}

static void put_prices(FILE *to, const struct why *w, const struct run_cell *c)
{
	const char *before = ". Prices: ";

	for (int k = 0; k < DOSE_KINDS; k++) {
		const struct why_price *p = telling(w, c, (enum dose_kind)k);

		if (!p)
			continue;
		fputs(before, to);
		put_price(to, p);
		before = "; ";
	}
}

static void put_slower(FILE *to, const struct why *w, const struct run_cell *c)
{
	switch (why_slower(w, c)) {
	case WHY_SLOW_SERVER:
		fprintf(to, ". The server of %s is its slower side", c->label);
		break;
	case WHY_SLOW_CLIENT:
		fprintf(to, ". The client of %s is its slower side", c->label);
		break;
	case WHY_OPEN:
		fprintf(to, ". Neither side of %s is shown to be the slower",
			c->label);
		break;
	default:
		break;
	}
}

static void put_ratio(FILE *to, const struct why_lead *l)
{
	if (isfinite(l->predicted.value))
		fprintf(to, " (%.3g× as fast predicted, %.3g× measured)",
			l->predicted.value, l->ratio.value);
}

static void put_difference(FILE *to, const struct why_lead *l)
{
	struct stats_interval slower = { -l->measured.value, -l->measured.high,
					 -l->measured.low };

	if (slower.low > 0) {
		fputs("it is slower by ", to);
		put_ns_interval(to, slower);
		return;
	}
	fputs(l->measured.low > 0 ? "it is faster by "
				  : "it is not shown to be faster or slower: ",
	      to);
	put_ns_interval(to, l->measured);
}

/*
 * Compares the price of the saved copies with the time that the ring is ahead.
 */
static void put_lead(FILE *to, const struct why_lead *l)
{
	fprintf(to, ". The %.3g copies that %s saves are worth ", l->saved,
		l->ring->label);
	put_ns_interval(to, l->worth);
	fprintf(to, " ns at %s's price; ", l->rival->label);
	put_difference(to, l);
	fputs(" ns", to);
	put_ratio(to, l);
}

/* The first lead of the condition is the claim's, which is declared first. */
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

static void put_sentence(FILE *to, const struct why *w, size_t condition)
{
	const struct why_lead *l = lead_of(w, condition);
	const struct run_cell *c = l ? l->rival : priced_cell(w, condition);
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
	put_slower(to, w, c);
	put_prices(to, w, c);
	if (l)
		put_lead(to, l);
	fputs(".", to);
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
		fprintf(to, "; R squared of the logarithms is %.2f%s",
			m->r_squared,
			m->r_squared < 0 ? ", worse than their mean alone"
					 : "");
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

char *why_sentence(const struct why *w, size_t condition)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to)
		put_sentence(to, w, condition);
	return memstream_end(to, &text, true);
}
