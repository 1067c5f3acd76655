/* Texts that are written as streams. */
#ifndef BASE_MEMSTREAM_H
#define BASE_MEMSTREAM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Closes a stream that open_memstream made for *text, and returns the text,
 * which the caller frees. NULL: it is not `whole`, or memory ran out; a stream
 * that is NULL means this, too.
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
