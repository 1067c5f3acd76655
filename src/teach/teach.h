/* Declarations only for the files that make a story or write its page. */
#ifndef TEACH_TEACH_H
#define TEACH_TEACH_H

#include <stdio.h>

#include "teach/story.h"

/* The name of a process without "ipcopy-", with which our own workers begin. */
const char *teach_short_name(const char *process);

/* Names the actors and boxes of a story, and says who owns each box. */
void teach_name(struct story *s);

/* The still picture; `narrow`: from top to bottom, for a narrow window. */
void teach_svg(FILE *to, const struct story *s, bool narrow);

/* True if the still picture is too wide to be read in any window. */
bool teach_too_wide(const struct story *s);

/* The tables of hops, with the notes below them. */
void teach_tables(FILE *to, const struct story *const *story, int n);

/* Explains the words that the page uses, and no others. 0 or -ENOMEM. */
int teach_words(FILE *to, const struct story *const *story, int n);

/* The number of the copy that a hop makes; 0: it makes none. */
int teach_number(const struct story *s, int hop);

#endif
