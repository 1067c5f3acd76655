/* Texts that are put together piece by piece, in a buffer of fixed size. */
#ifndef BASE_APPEND_H
#define BASE_APPEND_H

#include <stddef.h>

/*
 * Appends to the text in a buffer of `size` bytes. If the buffer is full, the
 * rest of the new text is cut off.
 */
void text_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
