/* Values of unknown origin as JSON. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

/*
 * A string in which U+FFFD replaces broken bytes, since jansson refuses them.
 * NULL: no memory.
 */
json_t *json_of_text(const char *text);

/* A number, or null if it is not finite, for which JSON has no word. */
json_t *json_of_real(double value);

#endif
