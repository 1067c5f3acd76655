/* Text of unknown origin, fit to stand within a page. */
#ifndef PAGE_PUT_H
#define PAGE_PUT_H

#include <stdio.h>

/* With <, >, & and quotes as entities, and bytes that are no text as '?'. */
void html_put(FILE *to, const char *text);

#endif
