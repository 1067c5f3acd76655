/* Makes JSON from texts and numbers, and reads texts and numbers from JSON. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"

json_t *json_of_text(const char *text)
{
	char *mended = utf8_mend(text);
	json_t *j = mended ? json_string(mended) : NULL;

	free(mended);
	return j;
}

json_t *json_of_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

const char *json_text_in(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double json_number_in(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

uint64_t json_count_in(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n > 0 ? (uint64_t)n : 0;
}
