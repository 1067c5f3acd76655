/* Text that stands within HTML, SVG or XML. */
#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include <stdio.h>

#define MARKUP_IN_TEXT   "<>&"
#define MARKUP_IN_VALUES "<>&\"" /* in double quotes */

/*
 * Writes the `special` characters as entities, and '?' for those that control
 * a terminal and for what is no UTF-8.
 */
void markup_put(FILE *to, const char *text, const char *special);

/* For any place in HTML. */
void html_put(FILE *to, const char *text);

/* Writes a template; the text between "{{" and "}}" is the name of a slot. */
void html_fill(FILE *to, const char *text,
	       void (*slot)(void *arg, const char *name, size_t len),
	       void *arg);

#endif
