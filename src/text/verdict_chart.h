/* A verdict as pictures of letters, within 80 columns. */
#ifndef TEXT_VERDICT_CHART_H
#define TEXT_VERDICT_CHART_H

#include <stdio.h>

#include "judge/words.h"

#define REP_COLUMNS 80

/*
 * Finds the condition in which most mechanisms were measured; of several such
 * conditions, the one with messages nearest to 64 KiB. False: nothing was
 * measured.
 */
bool rep_telling(const struct rep_verdict *v, size_t *condition);

/* The speeds of one condition as bars, the fastest first. */
void rep_bars(FILE *to, const struct rep_verdict *v, size_t condition);

/*
 * A map with sizes from left to right and conditions below each other. A sign
 * says how the best ring compares with its hardest rival.
 */
void rep_map(FILE *to, const struct rep_verdict *v);

/* The sign of an outcome on the map. */
const char *rep_sign(const struct rep_spot *s);

/* Replaces characters in place for a terminal that can only show ASCII. */
void rep_ascii(char *text);

#endif
