/* The text that `explain` prints under its picture. */
#ifndef CLI_EXPLAIN_WORDS_H
#define CLI_EXPLAIN_WORDS_H

#include "count/chain.h"

/*
 * Lists the calls, numbered as in the picture: who makes each, and the kernel's
 * routine.
 */
void explain_calls(const struct chain *c, bool ascii);

/* Lists the work other than copies that the calls do, such as page faults. */
void explain_beside(const struct ledger *l, const struct chain *c, bool ascii);

/* Lists how the users of a shared region tell each other whose turn it is. */
void explain_steps(const struct tr_spec *spec, const struct chain *c,
		   bool ascii);

/* Writes the reason for each copy. */
void explain_why(const struct tr_spec *spec, const struct ledger *l,
		 const struct chain *c, bool ascii);

/*
 * Lists the price of each copy, from the run in `dir`. 0 or -errno; -EINVAL:
 * the run has no prices.
 */
int explain_prices(const char *dir, const struct tr_spec *spec,
		   const struct chain *c, bool ascii, struct err *e);

#endif
