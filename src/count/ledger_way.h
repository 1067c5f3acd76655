/* Finds the hops that lie on the way between two objects of a ledger. */
#ifndef COUNT_LEDGER_WAY_H
#define COUNT_LEDGER_WAY_H

#include "count/ledger_inside.h"

/*
 * Two numbers of bytes count as equal if they differ by at most 1/WAY_PART of
 * the larger number. Smaller parts of the bytes are ignored.
 */
#define WAY_PART 200

struct way {
	const struct ledger *l;
	/*
	 * The hops out of each object and the hops into each object, as linked
	 * lists: first_...[object] is the first hop, next_...[hop] the next
	 * one, and -1 ends a list.
	 */
	int *first_out, *next_out;
	int *first_in, *next_in;
	bool *ahead; /* the hop can be reached from the input */
	bool *back;  /* the output can be reached from the hop */
	/* how many of each hop's bytes come from the input */
	double *share;
	/*
	 * Which part of the bytes in share[] comes to the output: less than 1
	 * where several inputs mix and go to several outputs.
	 */
	double *toward;
	/*
	 * If the output is as long as the input and so is taken to hold only
	 * the input's bytes: the factor from share[] to the output's bytes.
	 * Else 1.
	 */
	double whole;
	/*
	 * Follow only bytes that were seen to pass, and no bytes that a program
	 * may have copied itself.
	 */
	bool strict;
};

/* 0 or -ENOMEM; call way_free in both cases. */
int way_init(struct way *w, const struct ledger *l);
void way_free(struct way *w);

/*
 * way_from fills ahead[], and way_to fills back[]. A path ends at `out` and
 * begins at `in`, so no hop out of `out` or into `in` is on the way.
 */
void way_from(struct way *w, int in, int out);
void way_to(struct way *w, int in, int out);

/*
 * Fills share[]. Call way_from first. If inputs mix, each of them gets a share
 * in proportion to its number of bytes.
 */
void way_share(struct way *w, int in);

/*
 * way_came_to: how many of the input's bytes came to an object.
 * way_input_share: their share of all bytes that came to it. Call way_share
 * first.
 */
double way_came_to(const struct way *w, int object);
double way_input_share(const struct way *w, int object);

/*
 * Fills toward[]. Call way_share first. True if several inputs mix on the way
 * and then go to several outputs, so that the bytes of each input are known
 * only in proportion.
 */
bool way_split(struct way *w, int in, int out);

/*
 * How many of the input's bytes that a hop moved can have been moved on by
 * later hops.
 */
uint64_t way_went_on(const struct way *w, int hop);

/*
 * The number of those bytes of way_went_on that a hop out of tracked memory
 * took from addresses into which no hop had brought them.
 */
uint64_t way_unknown(const struct way *w, int hop);

/*
 * How many of the bytes of way_went_on count for the output. Call way_split
 * first.
 */
double way_counted(const struct way *w, int hop);

#define way_each_out(w, i, object) \
	for (int i = (w)->first_out[object]; i >= 0; i = (w)->next_out[i])
#define way_each_in(w, i, object) \
	for (int i = (w)->first_in[object]; i >= 0; i = (w)->next_in[i])

static inline bool way_has(const struct way *w, int hop)
{
	return w->ahead[hop] && w->back[hop];
}

static inline const struct ledger_hop *way_hop(const struct way *w, int hop)
{
	return &w->l->hop[hop].hop;
}

static inline bool way_tracked(const struct ledger *l, int object)
{
	return l->object[object].kind == LEDGER_PRIVATE &&
	       l->object[object].tracked;
}

/* True for a copy within one memory that was seen, not only concluded. */
static inline bool way_seen_copy(const struct ledger *l, int hop)
{
	const struct ledger_hop *h = &l->hop[hop].hop;

	return h->from == h->to && h->evidence != LEDGER_IMPLIED;
}

/*
 * True for a copy within one memory, or a row of such copies, that begins with
 * bytes that no hop had brought. Which of them are the input's is not known.
 * They are assumed to go on, and the other bytes to end in the program.
 */
bool way_of_unknown(const struct ledger *l, int hop);

/*
 * The bytes of a hop that left tracked memory from addresses into which no call
 * had brought them; 0 if they are at most 1/WAY_PART of the hop's bytes.
 */
uint64_t way_unexplained(const struct ledger *l, int hop);

#endif
