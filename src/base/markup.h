/* Writes text into HTML, SVG and XML. */
#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include <stdio.h>

#define MARKUP_IN_TEXT   "<>&"
#define MARKUP_IN_VALUES "<>&\"" /* for attributes in double quotes */

/*
 * Writes a text, with the characters of `special` as entities. Bytes that are
 * not UTF-8, and the control characters of ASCII except newline and tab, become
 * '?'.
 */
void markup_put(FILE *to, const char *text, const char *special);

/* Writes a text into HTML, between tags or as a quoted attribute. */
void html_put(FILE *to, const char *text);

/*
 * Writes `before`, then the text as html_put does, then `after`. `before` and
 * `after` are HTML and written as they are.
 */
void html_put_in(FILE *to, const char *before, const char *text,
		 const char *after);

/*
 * Writes a template. For each name between "{{" and "}}" it calls `slot`, which
 * writes the text for that place.
 */
void html_fill(FILE *to, const char *text,
	       void (*slot)(void *arg, const char *name, size_t len),
	       void *arg);

#endif
