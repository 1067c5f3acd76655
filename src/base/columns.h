/* How wide the terminal is, and words that keep within it. */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

/*
 * The width of standard output: COLUMNS in the environment gives it, else the
 * terminal, else it is 80. It is never below 20.
 */
size_t columns_here(void);

/*
 * Writes words from `column` on and an end of line, within that width and 79
 * columns: longer lines are no good to read. Lines after the first, and those
 * after an end of line in the text, begin at `indent`.
 */
void columns_wrap(FILE *to, const char *text, size_t column, size_t indent);

#endif
