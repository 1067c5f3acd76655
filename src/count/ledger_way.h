/* The way between two objects of a ledger: which hops lie on it. */
#ifndef COUNT_LEDGER_WAY_H
#define COUNT_LEDGER_WAY_H

#include "count/ledger_inside.h"

/* Bytes that fewer than this part of a hop's are, do not make it another. */
#define WAY_PART 200

struct way {
	const struct ledger *l;
	/* The hops out of each object and into it: next[] chains, -1 ends. */
	int *first_out, *next_out;
	int *first_in, *next_in;
	bool *ahead; /* can be reached from the input */
	bool *back;  /* leads to the output */
	/* How many of each hop's bytes come from the input. */
	double *share;
	/* Only what was seen to pass: not what a program may have made of it */
	bool strict;
};

/* 0 or -ENOMEM; way_free either way. */
int way_init(struct way *w, const struct ledger *l);
void way_free(struct way *w);

/* Fill ahead[], back[]. A hop out of `out` or into `in` is not on the way. */
void way_from(struct way *w, int in, int out);
void way_to(struct way *w, int in, int out);

/* Fills share[], once ahead[] is known: where inputs mix, in proportion. */
void way_share(struct way *w, int in);

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

/* Bytes that left tracked memory from where nothing had come in. */
uint64_t way_unexplained(const struct ledger *l, int hop);

#endif
