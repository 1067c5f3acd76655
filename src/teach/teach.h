/* Declarations only for the files that write the page. */
#ifndef TEACH_TEACH_H
#define TEACH_TEACH_H

#include <stdio.h>

#include "teach/story.h"

/* The still picture; `narrow`: from top to bottom, for a narrow window. */
void teach_svg(FILE *to, const struct story *s, bool narrow);

/* True if the still picture is too wide to be read in any window. */
bool teach_too_wide(const struct story *s);

/* The number of the copy that a hop makes; 0: it makes none. */
int teach_number(const struct story *s, int hop);

#endif
