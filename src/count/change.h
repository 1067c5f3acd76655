/* Finds out whether a program wrote the same bytes that it read. */
#ifndef COUNT_CHANGE_H
#define COUNT_CHANGE_H

#include <stdbool.h>

enum change {
	/*
	 * no difference up to the end of the shorter file, or a file cannot be
	 * read
	 */
	CHANGE_NONE,
	/* most bytes are in the input, but at other places */
	CHANGE_PLACE,
	CHANGE_BYTES, /* most bytes are nowhere in the input */
};

#define CHANGE_PIECES 16
#define CHANGE_PIECE  32

struct change_pieces {
	char bytes[CHANGE_PIECES][CHANGE_PIECE];
	int n;
};

/*
 * True if this file has most of the pieces, wherever they are in it. False if
 * it has not, or if the file cannot be searched.
 */
bool change_holds(const char *in, const struct change_pieces *pieces);

enum change change_seen(const char *in, const char *out);

#endif
