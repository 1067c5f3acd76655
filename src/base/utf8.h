/* Text of unknown origin, made fit for a terminal and for JSON. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Takes the character at *text and moves past it. 0 at the end, in place; -1
 * for a byte that belongs to no character.
 */
int32_t utf8_next(const char **text);

/* Columns of one character: 0, 1 or 2. */
int utf8_width_of(int32_t c);

/* Columns it takes on a terminal, as utf8_put_clean writes it. */
size_t utf8_width(const char *text);

/* Writes it with what would move the cursor, or is broken, as '?'. */
void utf8_put_clean(FILE *to, const char *text);

/* A copy with U+FFFD for what is broken; NULL: no memory. */
char *utf8_mend(const char *text);

#endif
