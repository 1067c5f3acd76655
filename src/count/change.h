/* Finds out whether a program wrote the same bytes that it read. */
#ifndef COUNT_CHANGE_H
#define COUNT_CHANGE_H

#include <stdbool.h>

enum change {
	/*
	 * no difference was found up to the end of the shorter file, or a file
	 * cannot be read or is not a regular file
	 */
	CHANGE_NONE,
	/*
	 * the files differ, but at least half of the pieces that were taken
	 * from the output are somewhere in the input; or the input is longer
	 * than 64 MiB and was not searched
	 */
	CHANGE_PLACE,
	/*
	 * more than half of the pieces that were taken from the output are
	 * nowhere in the input, or the output is too short to tell
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
 * True if more than half of the pieces are in the file `in`, at any place. Also
 * false if the file cannot be searched.
 */
bool change_holds(const char *in, const struct change_pieces *pieces);

/* True if both files can be read and have the same bytes. */
bool change_equal(const char *in, const char *out);

enum change change_seen(const char *in, const char *out);

#endif
