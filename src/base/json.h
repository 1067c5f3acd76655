/* Values of unknown origin as JSON. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

/* jansson takes nothing but proper UTF-8. NULL: no memory. */
json_t *json_of_text(const char *text);

/* null for what is not finite. */
json_t *json_of_real(double value);

#endif
