/*
 * Finds the way from input to output in a ledger, as one chain of objects, for
 * drawings. Where the way branches, the chain follows the branch with the most
 * bytes, and `branches` is set.
 */
#ifndef COUNT_CHAIN_H
#define COUNT_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "count/ledger.h"
#include "count/probe.h"
#include "transport/transport.h"

#define CHAIN_MOST 64

struct chain_link {
	int object;
	/* the object is memory of a process: private, shared or mapped */
	bool user;
	bool mapped; /* the input or output file, if a process has it mapped */
	/*
	 * the object is not private, and lies between two objects: usually
	 * memory that two processes share
	 */
	bool region;
	/* the processes that use this memory: "server", "server and client" */
	char owners[64];
	/*
	 * The hops to the next link, without very small ones, joined into one:
	 * their bytes and calls are added up, `at_least` is true if it is true
	 * of any, and the rest is taken from the largest of them. The last link
	 * has no hop.
	 */
	struct ledger_hop hop;
	enum probe_way way;
};

struct chain {
	/*
	 * number of objects; 0: no chain of fewer than CHAIN_MOST objects was
	 * found
	 */
	int n;
	bool branches; /* some bytes take a way that is not in the chain */
	struct chain_link link[CHAIN_MOST];
};

/* `on_path` has a flag for each hop, as ledger_sum gives it. */
void chain_of(const struct ledger *l, int in, int out, const bool *on_path,
	      struct chain *c);

/* The name of a link in a sentence: "IN", "server", "the pipe". */
const char *chain_name(const struct ledger *l, const struct chain *c, int i);

/*
 * The number of copies of each byte that `by`, the kernel or programs, makes
 * along the chain. A hop whose number of copies is unknown counts as 0.
 */
int chain_copies(const struct chain *c, enum ledger_by by);

/*
 * True if this hop of a mechanism's path begins or ends at `name`, such as "IN"
 * or "server".
 */
bool chain_touches(const struct hop *hop, const char *name);

/*
 * Makes a ledger in which `bytes` bytes take the path that is predicted for a
 * mechanism. NULL: no memory.
 */
struct ledger *chain_predict(const struct tr_spec *spec, uint64_t bytes,
			     int *in, int *out);

#endif
