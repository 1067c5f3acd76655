/* Draws the way of the bytes from the input to the output, as text. */
#ifndef CLI_WAY_SHOW_H
#define CLI_WAY_SHOW_H

#include <stdbool.h>

#include "count/chain.h"

/* True if the locale or the terminal cannot show lines and circles. */
bool way_ascii(void);

/*
 * Draws the way. With `unsaid`, the drawing does not show which calls copy. The
 * caller frees the text; NULL: no memory.
 */
char *way_show(const struct ledger *l, const struct chain *c, bool ascii,
	       bool unsaid);

/* "① and ④": the marks of the copies on links from `first` to `last`. */
const char *way_marks(const struct chain *c, int first, int last, bool ascii,
		      char *buf, size_t size);

/* The number that the drawing gives to the copy of a link; 0: no copy. */
int way_number(const struct chain *c, int link);

#endif
