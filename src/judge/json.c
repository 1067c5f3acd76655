/* Makes JSON of numbers and lists, for verdicts and comparisons. */
#include "judge/json.h"

#include <math.h>

json_t *rep_json_number(double value)
{
	return isfinite(value) ? json_real(rep_round_off(value)) : json_null();
}

void rep_json_append(json_t *list, json_t *item, bool *broken)
{
	if (json_array_append_new(list, item) < 0)
		*broken = true;
}

json_t *rep_json_lines(struct rep_lines *l, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->lines; i++)
		rep_json_append(list, json_string(l->line[i]), broken);
	*broken = *broken || l->broken;
	rep_lines_free(l);
	return list;
}
