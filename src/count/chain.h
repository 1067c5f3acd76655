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
	bool mapped; /* the object is a file that processes have mapped */
	/* the object is memory that two of the processes share */
	bool region;
	char owners[64]; /* of this memory: "server", "server and client" */
	/*
	 * The sum of the hops to the next link, with the texts of the largest
	 * of these hops. The last link has no hop.
	 */
	struct ledger_hop hop;
	enum probe_way way;
};

struct chain {
	/* number of objects; 0: no chain of at most CHAIN_MOST was found */
	int n;
	bool branches; /* the chain does not show the whole way */
	struct chain_link link[CHAIN_MOST];
};

/* `on_path` has a flag for each hop, as ledger_sum gives it. */
void chain_of(const struct ledger *l, int in, int out, const bool *on_path,
	      struct chain *c);

/* The name of a link in a sentence: "IN", "server", "the pipe". */
const char *chain_name(const struct ledger *l, const struct chain *c, int i);

/*
 * The copies that the chain makes of each byte, by the kernel or by programs. A
 * hop whose copies are unknown counts as 0.
 */
int chain_copies(const struct chain *c, enum ledger_by by);

/*
 * True if a hop of a mechanism's path begins or ends at `name`, such as "IN" or
 * "server".
 */
bool chain_touches(const struct hop *hop, const char *name);

/*
 * Makes a ledger in which this many bytes take a mechanism's predicted path.
 * NULL: no memory.
 */
struct ledger *chain_predict(const struct tr_spec *spec, uint64_t bytes,
			     int *in, int *out);

#endif
