/* The way that a ledger tells of, drawn and told step by step. */
#ifndef CLI_WAY_SHOW_H
#define CLI_WAY_SHOW_H

#include <stdbool.h>

#include "count/chain.h"

/* Whether lines and circles would not come out: the locale, or the terminal. */
bool way_ascii(void);

/* `unsaid`: without what is to be found out. To be freed; NULL: no memory. */
char *way_show(const struct ledger *l, const struct chain *c, bool ascii,
	       bool unsaid);

/* "① and ④": the marks of the copies on links from `first` to `last`. */
const char *way_marks(const struct chain *c, int first, int last, bool ascii,
		      char *buf, size_t size);

/* The number of the copy that a link makes; 0: it makes none. */
int way_number(const struct chain *c, int link);

#endif
