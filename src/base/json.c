/* Makes JSON from texts and numbers, even from those that JSON cannot hold. */
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
