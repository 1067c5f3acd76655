/*
 * A page that follows a byte, step by step: of one story, or of two side by
 * side. It needs no network; without its script the picture and the table
 * stay.
 */
#ifndef TEACH_FOLLOW_H
#define TEACH_FOLLOW_H

#include "teach/story.h"

/* The page, to be freed; `second` may be NULL. 0 or -ENOMEM. */
int follow_page(struct story *first, struct story *second, char **page,
		size_t *size, struct err *e);

#endif
