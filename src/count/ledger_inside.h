/* The inside of the ledger, for its own files. */
#ifndef COUNT_LEDGER_INSIDE_H
#define COUNT_LEDGER_INSIDE_H

#include "count/ledger.h"

#define LEDGER_BUCKETS 4096

struct ledger_row {
	struct ledger_hop hop;
	uint64_t explained; /* bytes known to have come in before */
	int next;           /* in its bucket, -1 ends it */
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

/* The pass between two hops, -1: nothing passed. */
int ledger_pass_index(const struct ledger *l, int in, int out);

#endif
