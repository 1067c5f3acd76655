/* Finds out whether a program wrote the same bytes that it read. */
#ifndef COUNT_CHANGE_H
#define COUNT_CHANGE_H

#include <stdbool.h>

enum change {
	/* the same up to the end of the shorter file, or not readable */
	CHANGE_NONE,
	/* most bytes are the input's, but from other places in it */
	CHANGE_PLACE,
	CHANGE_BYTES, /* the input does not have these bytes */
};

#define CHANGE_PIECES 16
#define CHANGE_PIECE  32

struct change_pieces {
	char bytes[CHANGE_PIECES][CHANGE_PIECE];
	int n;
};

/*
 * True if this file has most of the pieces, at any place. Also false if that
 * cannot be found out.
 */
bool change_holds(const char *in, const struct change_pieces *pieces);

enum change change_seen(const char *in, const char *out);

#endif
