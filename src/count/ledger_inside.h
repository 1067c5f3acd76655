/* The ledger's own structures, which only the files of the ledger include. */
#ifndef COUNT_LEDGER_INSIDE_H
#define COUNT_LEDGER_INSIDE_H

#include "count/ledger.h"

#define LEDGER_BUCKETS 4096

struct ledger_row {
	struct ledger_hop hop;
	/* how many of the hop's bytes were brought in by a known earlier hop */
	uint64_t explained;
	int next; /* the next hop in its bucket; -1: none */
	/* for a copy within memory (ledger_add_copy); else -1 */
	int before;
	int depth; /* how many such copies follow one on another, up to here */
	int root; /* the first hop of this row of copies, else the hop itself */
	enum ledger_content content;
};

struct ledger_passed {
	int in, out; /* hops */
	int next;
	uint64_t bytes, kept;
};

struct ledger {
	struct ledger_object *object;
	int *object_next;
	size_t objects;
	struct ledger_row *hop;
	size_t hops;
	struct ledger_passed *pass;
	size_t passes;
	struct ledger_doubt *doubt;
	size_t doubts;
	char **note;
	size_t notes;
	int object_bucket[LEDGER_BUCKETS];
	int hop_bucket[LEDGER_BUCKETS];
	int pass_bucket[LEDGER_BUCKETS];
};

/*
 * The index in pass[] for bytes that went from hop `in` to hop `out`; -1: none
 * went.
 */
int ledger_pass_index(const struct ledger *l, int in, int out);

#endif
