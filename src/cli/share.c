/* An option whose value is a share: "3%", or 0.03. */
#include "cli/share.h"

#include <stdlib.h>
#include <string.h>

int share_take(const struct opt *o, const char *value, void *field,
	       struct err *e)
{
	char *end;
	double share = strtod(value, &end);
	bool digits = strspn(value, "0123456789.") == (size_t)(end - value);

	if (!strcmp(end, "%"))
		share /= 100;
	if (end == value || !digits || (*end && strcmp(end, "%") != 0) ||
	    share >= 1)
		return opt_refuse(o, value,
				  "a share from 0% to below 100%, such as 3%",
				  e);
	*(double *)field = share;
	return 0;
}
