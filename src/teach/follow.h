/*
 * A page that follows a byte, step by step, in one story or in two side by
 * side. It needs no network. Without its script it still shows the picture and
 * the table.
 */
#ifndef TEACH_FOLLOW_H
#define TEACH_FOLLOW_H

#include "teach/story.h"

/*
 * Makes the page, which the caller frees; `second` may be NULL. 0 or -ENOMEM.
 */
int follow_page(struct story *first, struct story *second, char **page,
		size_t *size, struct err *e);

#endif
