/*
 * Makes JSON from texts and numbers, even from those that JSON cannot hold.
 * Reads texts and numbers from JSON.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdint.h>

/*
 * A string. U+FFFD replaces bytes that are not UTF-8, since jansson refuses
 * them. NULL: no memory.
 */
json_t *json_of_text(const char *text);

/* A number; null if the value is not finite, since JSON cannot write that. */
json_t *json_of_real(double value);

/*
 * A member of an object: a text, or a number. If it is missing or of another
 * type, the text is "" and the number is NaN.
 */
const char *json_text_in(const json_t *object, const char *key);
double json_number_in(const json_t *object, const char *key);

/* A member of an object, if it is a whole number above 0; else 0. */
uint64_t json_count_in(const json_t *object, const char *key);

#endif
