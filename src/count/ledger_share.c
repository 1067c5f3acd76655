/*
 * If several inputs are mixed, finds how many of each hop's bytes come from the
 * input.
 */
#include <stdlib.h>
#include <string.h>

#include "count/ledger_way.h"

/* a path of more hops than this gets only approximate shares */
#define ROUNDS 64

double way_came_to(const struct way *w, int object)
{
	double share = 0;

	way_each_in(w, i, object)
		if (way_hop(w, i)->from != object)
			share += w->share[i];
	return share;
}

double way_input_share(const struct way *w, int object)
{
	double bytes = 0;

	way_each_in(w, i, object)
		if (way_hop(w, i)->from != object)
			bytes += (double)way_hop(w, i)->bytes;
	return bytes > 0 ? way_came_to(w, object) / bytes : 0;
}

/*
 * True if most bytes of this hop were copied by the program itself. Then the
 * program's buffers do not tell where the bytes came from.
 */
static bool copies_itself(const struct ledger *l, int hop)
{
	return way_unexplained(l, hop) > l->hop[hop].hop.bytes / 2;
}

/*
 * A hop's bytes divided by those of them that were followed through memory. 1
 * if so many bytes were not followed that way_unexplained counts them
 * separately.
 */
static double stretch(const struct ledger *l, int hop)
{
	const struct ledger_row *r = &l->hop[hop];

	if (way_unexplained(l, hop) || !r->explained)
		return 1;
	return (double)r->hop.bytes / (double)r->explained;
}

/* The input's bytes among those that passed from one hop to another. */
static double passed(const struct way *w, const struct ledger_passed *p)
{
	double all = (double)way_hop(w, p->in)->bytes, share = w->share[p->in];

	if (way_of_unknown(w->l, p->in))
		return share < (double)p->bytes ? share : (double)p->bytes;
	return all > 0 ? (double)p->bytes * share / all : 0;
}

/* Adds the input's bytes that were seen to pass from one hop to another. */
static void add_passed(const struct way *w, double *new)
{
	for (size_t i = 0; i < w->l->passes; i++) {
		const struct ledger_passed *p = &w->l->pass[i];

		if (w->ahead[p->out] && !copies_itself(w->l, p->out))
			new[p->out] += passed(w, p) * stretch(w->l, p->out);
	}
}

/*
 * The input's bytes in a hop, if the program copied them itself. They are all
 * the bytes that it copied itself, but at most as many as came from the input.
 * Bytes from elsewhere, such as libraries and settings, are assumed to end in
 * the program.
 */
static double from_memory(const struct way *w, int hop)
{
	const struct ledger_hop *h = way_hop(w, hop);
	uint64_t bytes = copies_itself(w->l, hop) ? h->bytes
						  : way_unexplained(w->l, hop);
	double came = way_came_to(w, h->from);

	return came < (double)bytes ? came : (double)bytes;
}

static double from_object(const struct way *w, int hop, int in)
{
	const struct ledger_hop *h = way_hop(w, hop);

	if (!w->ahead[hop])
		return 0;
	if (h->from == in)
		return (double)h->bytes;
	if (way_tracked(w->l, h->from))
		return from_memory(w, hop);
	return (double)h->bytes * way_input_share(w, h->from);
}

/* Computes all shares again. False: none has changed by more than 0.5 bytes. */
static bool improve(struct way *w, int in, double *new)
{
	bool changed = false;

	for (size_t i = 0; i < w->l->hops; i++)
		new[i] = from_object(w, (int)i, in);
	add_passed(w, new);
	for (size_t i = 0; i < w->l->hops; i++) {
		double most = (double)way_hop(w, (int)i)->bytes;

		if (new[i] > most)
			new[i] = most;
		changed |= new[i] - w->share[i] > 0.5 ||
			   w->share[i] - new[i] > 0.5;
	}
	memcpy(w->share, new, w->l->hops * sizeof(*new));
	return changed;
}

void way_share(struct way *w, int in)
{
	double *new = calloc(w->l->hops + 1, sizeof(*new));
	int rounds = 0;

	while (new &&improve(w, in, new) && rounds++ < ROUNDS)
		;
	free(new);
}
