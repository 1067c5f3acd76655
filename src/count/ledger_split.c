/*
 * If several inputs mix in a channel or in a program's memory and go on to
 * several outputs, only a part of the input's bytes comes to the output. The
 * functions here find that part for each hop.
 */
#include <stdlib.h>
#include <string.h>

#include "count/ledger_way.h"

/* a path of more hops than this gets only approximate parts */
#define ROUNDS 64

/* if other bytes, such as headers, are less than 1/OTHERS_PART, ignore them */
#define OTHERS_PART 50

/* Bytes that later hops moved on. */
struct onward {
	double all, way; /* moved by any hop, and by hops on the way */
	double there;    /* the part of `way` that comes to the output */
};

static bool is_part(double part)
{
	return part < 1 - 1.0 / OTHERS_PART;
}

static void take_on(const struct way *w, int hop, double bytes,
		    struct onward *o)
{
	o->all += bytes;
	if (!way_has(w, hop))
		return;
	o->way += bytes;
	o->there += bytes * w->toward[hop];
}

/*
 * The part of the bytes that comes to the output, computed from the bytes that
 * later hops moved. If the bytes are all the input's, only bytes that stayed on
 * the way are looked at.
 */
static double part_there(const struct onward *o, double came, bool mixed)
{
	double all = o->way, most = came < o->all ? came : o->all;

	if (mixed && most > all)
		all = most;
	return all > 0 ? o->there / all : 1;
}

static bool is_mixed(const struct way *w, int hop)
{
	return is_part(w->share[hop] / (double)way_hop(w, hop)->bytes);
}

/*
 * The part of a hop's bytes that comes to the output, if the hop moves them
 * into tracked memory. If a program copies bytes itself, only their number
 * tells which were the input's.
 */
static double part_in_memory(const struct way *w, int hop)
{
	int memory = way_hop(w, hop)->to;
	double came = (double)way_hop(w, hop)->bytes;
	struct onward seen = { 0 }, any = { 0 };
	bool unexplained = false;

	way_each_out(w, i, memory) {
		int pass = ledger_pass_index(w->l, hop, i);

		if (pass >= 0)
			take_on(w, i, (double)w->l->pass[pass].bytes, &seen);
		if (way_hop(w, i)->to != memory)
			take_on(w, i, w->share[i], &any);
		unexplained |= way_has(w, i) && way_unexplained(w->l, i);
	}
	if (unexplained)
		return part_there(&any, way_came_to(w, memory), true);
	return part_there(&seen, came,
			  is_mixed(w, hop) && !way_of_unknown(w->l, hop));
}

static double part_in_object(const struct way *w, int object)
{
	struct onward o = { 0 };
	double came = 0;

	way_each_out(w, i, object)
		take_on(w, i, (double)way_hop(w, i)->bytes, &o);
	way_each_in(w, i, object)
		came += (double)way_hop(w, i)->bytes;
	return part_there(&o, came, is_part(way_input_share(w, object)));
}

/* Computes all parts again. False: none has changed by more than 1e-6. */
static bool improve_parts(struct way *w, int out)
{
	bool changed = false;

	for (size_t i = 0; i < w->l->hops; i++) {
		int to = way_hop(w, (int)i)->to;
		double new = 1;

		if (way_has(w, (int)i) && to != out)
			new = way_tracked(w->l, to) ? part_in_memory(w, (int)i)
						    : part_in_object(w, to);
		changed |=
			new - w->toward[i] > 1e-6 || w->toward[i] - new > 1e-6;
		w->toward[i] = new;
	}
	return changed;
}

/*
 * If the output is as long as the input, takes all its bytes to be the input's:
 * several files went the same way, and each came out whole.
 */
static void take_whole(struct way *w, int in, int out)
{
	double read = 0, came = 0, share = 0;

	way_each_out(w, i, in)
		if (way_has(w, i))
			read += (double)way_hop(w, i)->bytes;
	way_each_in(w, i, out)
		if (way_has(w, i)) {
			came += (double)way_hop(w, i)->bytes;
			share += w->share[i];
		}
	if (share <= 0 || came > read + read / WAY_PART ||
	    read > came + came / WAY_PART)
		return;
	w->whole = came / share;
}

bool way_split(struct way *w, int in, int out)
{
	int rounds = 0;
	bool split = false;

	w->whole = 1;
	for (size_t i = 0; i < w->l->hops; i++)
		w->toward[i] = 1;
	while (improve_parts(w, out) && rounds++ < ROUNDS)
		;
	for (size_t i = 0; i < w->l->hops; i++)
		split |= is_part(w->toward[i]);
	if (split)
		take_whole(w, in, out);
	for (size_t i = 0; i < w->l->hops && !split; i++)
		w->toward[i] = 1;
	return split;
}

/* --- the bytes of one hop ------------------------------------------------- */

uint64_t way_went_on(const struct way *w, int hop)
{
	const struct ledger *l = w->l;
	uint64_t bytes = 0, all = (uint64_t)(w->share[hop] + 0.5);

	if (!way_tracked(l, way_hop(w, hop)->to))
		return all;
	way_each_out(w, i, way_hop(w, hop)->to) {
		int pass = ledger_pass_index(l, hop, i);

		if (!way_has(w, i))
			continue;
		if (way_unexplained(l, i) && !way_seen_copy(l, hop))
			return all;
		if (pass >= 0)
			bytes += l->hop[i].before == hop ? way_went_on(w, i)
							 : l->pass[pass].bytes;
	}
	return bytes < all ? bytes : all;
}

uint64_t way_unknown(const struct way *w, int hop)
{
	uint64_t unknown = way_unexplained(w->l, hop);
	uint64_t went = unknown ? way_went_on(w, hop) : 0;

	return unknown < went ? unknown : went;
}

double way_counted(const struct way *w, int hop)
{
	double bytes = (double)way_went_on(w, hop);
	double there = w->share[hop] * w->toward[hop];

	if (!way_tracked(w->l, way_hop(w, hop)->to) || !is_mixed(w, hop))
		there = bytes * w->toward[hop];
	return w->whole * (there < bytes ? there : bytes);
}
