/* Tables and items of lists, for the files that write verdicts for people. */
#include <stdlib.h>

#include "base/columns.h"
#include "cli/verdict_show.h"

bool verdict_put_table(FILE *to, struct table *t)
{
	char *text = table_end(t, TABLE_HUMAN);

	if (text)
		fputs(text, to);
	free(text);
	return text != NULL;
}

bool verdict_put_item(FILE *to, const char *text)
{
	char *item = NULL;
	bool ok = text && asprintf(&item, "- %s", text) >= 0;

	if (ok)
		columns_wrap(to, item, 0, 2);
	free(item);
	return ok;
}
