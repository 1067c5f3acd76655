/* Texts that are written as files. */
#ifndef BASE_MEMSTREAM_H
#define BASE_MEMSTREAM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Closes a stream that open_memstream made for *text; NULL is none. The text,
 * to be freed; NULL where it is not `whole`, or memory ran out.
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
