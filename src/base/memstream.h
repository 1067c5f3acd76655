/* A text that is made by writing to a stream. */
#ifndef BASE_MEMSTREAM_H
#define BASE_MEMSTREAM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Closes a stream that open_memstream made for *text, and returns the text,
 * which the caller frees. NULL: memory ran out (then `to` may be NULL), or
 * `whole` is false, which means that the caller could not write all of the
 * text.
 */
static inline char *memstream_end(FILE *to, char **text, bool whole)
{
	if (!to)
		return NULL;
	if (fclose(to) == 0 && whole)
		return *text;
	free(*text);
	return NULL;
}

#endif
