/* Writes text into HTML, SVG and XML. */
#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include <stdio.h>

#define MARKUP_IN_TEXT   "<>&"
#define MARKUP_IN_VALUES "<>&\"" /* in double quotes */

/*
 * Writes the `special` characters as entities. Bytes that are not UTF-8, and
 * the control characters of ASCII except newline and tab, become '?'.
 */
void markup_put(FILE *to, const char *text, const char *special);

/* Writes text that may stand at any place in HTML. */
void html_put(FILE *to, const char *text);

/* Writes a template; the text between "{{" and "}}" is the name of a slot. */
void html_fill(FILE *to, const char *text,
	       void (*slot)(void *arg, const char *name, size_t len),
	       void *arg);

#endif
