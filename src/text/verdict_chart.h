/* A verdict as pictures of letters, within 80 columns. */
#ifndef TEXT_VERDICT_CHART_H
#define TEXT_VERDICT_CHART_H

#include <stdio.h>

#include "judge/words.h"

#define REP_COLUMNS 80

/* The condition that shows most: the one in which most were measured. */
bool rep_telling(const struct rep_verdict *v, size_t *condition);

/* The speeds of one condition as bars, the fastest first. */
void rep_bars(FILE *to, const struct rep_verdict *v, size_t condition);

/* Sizes across, conditions down: how the best ring fares there. */
void rep_map(FILE *to, const struct rep_verdict *v);

/* The sign of an outcome on the map. */
const char *rep_sign(const struct rep_spot *s);

/* At most so many columns of a text, with an end that says that it was cut. */
const char *rep_cut(const char *text, size_t columns, char *buf, size_t size);

/* For a terminal that knows ASCII only, letter by letter in place. */
void rep_ascii(char *text);

#endif
