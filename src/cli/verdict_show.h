/* A verdict for people, and its comparisons for programs. */
#ifndef CLI_VERDICT_SHOW_H
#define CLI_VERDICT_SHOW_H

#include "report/words.h"

/* Texts to be freed; NULL: no memory. */
char *verdict_human(const struct rep_verdict *v);
char *verdict_csv(const struct rep_verdict *v);

/* Turns what the terminal's locale cannot show into ASCII, in place. */
void verdict_fit_locale(char *text);

/* "1.20–1.30", or "" where there is none. */
const char *verdict_interval(struct stats_interval i, char *buf, size_t size);

#endif
