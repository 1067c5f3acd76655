/*
 * The way from input to output in a ledger, as one chain of objects, for
 * drawings. Where the way branches, the chain follows the most bytes, and says
 * that it does.
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
	bool user;       /* processes touch it without the kernel's help */
	bool mapped;     /* a file that they have mapped */
	bool region;     /* memory that lies between two of them */
	char owners[64]; /* "server", "server and client", "" */
	/* The hop that moves the bytes on; absent for the last link. */
	struct ledger_hop
		hop; /* of all such hops together, texts of the most */
	enum probe_way way;
};

struct chain {
	int n;              /* objects; 0: there is no way */
	bool branches, cut; /* it does not show all of it */
	struct chain_link link[CHAIN_MOST];
};

/* `on_path`: a flag for each hop, as ledger_sum gives it. */
void chain_of(const struct ledger *l, int in, int out, const bool *on_path,
	      struct chain *c);

/* The name of a link in a sentence: "IN", "server", "the pipe". */
const char *chain_name(const struct ledger *l, const struct chain *c, int i);

/* Copies that the chain makes of each byte; unknown ones are none. */
int chain_copies(const struct chain *c, enum ledger_by by);

/*
 * A mechanism's predicted path as a ledger of `bytes` that pass. NULL: no
 * memory.
 */
struct ledger *chain_predict(const struct tr_spec *spec, uint64_t bytes,
			     int *in, int *out);

#endif
