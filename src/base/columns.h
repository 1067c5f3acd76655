/* The width of the terminal, and text that is wrapped to fit it. */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

/*
 * The width of standard output in columns: the environment variable COLUMNS if
 * it is a number above 0, else the width of the terminal (80 if that is not
 * known), else, for a file or a pipe, more than any text has. A result below 20
 * is raised to 20.
 */
size_t columns_here(void);

/*
 * Writes the text word by word, beginning in column `column`, and ends the
 * line. Unless a word is too wide, a line leaves the terminal's last column
 * free and has at most 79 columns, since longer lines are hard to read. A
 * newline in the text begins a new line. Each line after the first is indented
 * by `indent` columns.
 */
void columns_wrap(FILE *to, const char *text, size_t column, size_t indent);

/*
 * Like columns_wrap, but writes `first` before the text, and `rest` at the
 * start of each further line.
 */
void columns_fold(FILE *to, const char *first, const char *rest,
		  const char *text);

#endif
