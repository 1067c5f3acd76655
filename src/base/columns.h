/* The width of the terminal, and text that is wrapped to fit it. */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

/*
 * The width of standard output: from COLUMNS in the environment, else from the
 * terminal, else 80. It is never below 20.
 */
size_t columns_here(void);

/*
 * Writes words from `column` on and an end of line. Lines are at most as wide
 * as the terminal, and at most 79 columns, since longer lines are hard to read.
 * Each line after the first begins at `indent`, also after an end of line in
 * the text.
 */
void columns_wrap(FILE *to, const char *text, size_t column, size_t indent);

#endif
