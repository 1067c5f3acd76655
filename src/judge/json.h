/* JSON of numbers and lists, for judge/ and fleet/. */
#ifndef JUDGE_JSON_H
#define JUDGE_JSON_H

#include <jansson.h>

#include "judge/words.h"

/* A rounded number; null if the value is not finite. */
json_t *rep_json_number(double value);

/* Appends the item; sets *broken if memory ran out. */
void rep_json_append(json_t *list, json_t *item, bool *broken);

/* A list of texts. The lines are freed. */
json_t *rep_json_lines(struct rep_lines *l, bool *broken);

#endif
