/* Finds out whether a program wrote the same bytes that it read. */
#ifndef COUNT_CHANGE_H
#define COUNT_CHANGE_H

#include <stdbool.h>

enum change {
	/*
	 * no difference found up to the end of the shorter file, or a file
	 * cannot be read
	 */
	CHANGE_NONE,
	/*
	 * the files differ, but most bytes of the output are in the input, at
	 * other places; or the input is too long to be searched for them
	 */
	CHANGE_PLACE,
	/*
	 * most bytes of the output are nowhere in the input, or the output is
	 * too short to tell
	 */
	CHANGE_BYTES,
};

#define CHANGE_PIECES 16
#define CHANGE_PIECE  32

struct change_pieces {
	char bytes[CHANGE_PIECES][CHANGE_PIECE];
	int n;
};

/*
 * True if the file `in` has most of the pieces, wherever they are in it. False
 * if it does not have them, or if it cannot be searched.
 */
bool change_holds(const char *in, const struct change_pieces *pieces);

enum change change_seen(const char *in, const char *out);

#endif
