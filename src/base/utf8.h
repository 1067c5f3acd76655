/* Makes text of unknown origin fit for a terminal and for JSON. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Returns the character at *text and moves past it. 0 at the end, without
 * moving; -1 for a byte that belongs to no character.
 */
int32_t utf8_next(const char **text);

/* The columns that one character takes: 0, 1 or 2. */
int utf8_width_of(int32_t c);

/* The columns that the text takes on a terminal if utf8_put_clean writes it. */
size_t utf8_width(const char *text);

/*
 * Writes the text. Broken bytes, and characters that would move the cursor or
 * begin a stretch of text in a given direction, become '?'.
 */
void utf8_put_clean(FILE *to, const char *text);

/* Cuts a text to at most `columns` columns. A text that was cut ends in "…". */
const char *utf8_cut(const char *text, size_t columns, char *buf, size_t size);

/* True if the user's locale has UTF-8. */
bool utf8_in_locale(void);

/* A copy of the text, with U+FFFD for each broken byte. NULL: no memory. */
char *utf8_mend(const char *text);

#endif
