/* Whether what a program wrote is what it read. */
#ifndef COUNT_CHANGE_H
#define COUNT_CHANGE_H

#include <stdbool.h>

enum change {
	CHANGE_NONE,  /* alike up to the shorter one's end, or not to be read */
	CHANGE_PLACE, /* most of it is the input's, but from elsewhere in it */
	CHANGE_BYTES, /* the input does not have these bytes */
};

#define CHANGE_PIECES 16
#define CHANGE_PIECE  32

struct change_pieces {
	char bytes[CHANGE_PIECES][CHANGE_PIECE];
	int n;
};

/* Does this file have most of them, anywhere? False also if that is unknown. */
bool change_holds(const char *in, const struct change_pieces *pieces);

enum change change_seen(const char *in, const char *out);

#endif
