/* The part "Why" of the verdict for people: the prices of extra work. */
#include <stdlib.h>

#include "base/columns.h"
#include "cli/verdict_show.h"
#include "judge/why.h"

bool verdict_put_item(FILE *to, const char *text)
{
	char *item = NULL;
	bool ok = text && asprintf(&item, "- %s", text) >= 0;

	if (ok)
		columns_wrap(to, item, 0, 2);
	free(item);
	return ok;
}

/* An item of the list; the text is freed. False: no memory. */
static bool put_reason(FILE *to, char *text, const char **before)
{
	bool ok = text != NULL;

	if (ok && *text) {
		fputs(*before, to);
		*before = "";
		ok = verdict_put_item(to, text);
	}
	free(text);
	return ok;
}

bool verdict_put_why(FILE *to, const struct rep_verdict *v)
{
	const char *before = "\nWhy, by the price of extra work:\n\n";
	struct why w;
	bool ok;

	why_find(&w, v);
	ok = !w.broken;
	for (size_t k = 0; ok && w.prices && k < v->conditions; k++)
		ok = put_reason(to, why_sentence(&w, k), &before);
	if (ok && w.rates)
		ok = put_reason(to, why_model_sentence(&w), &before);
	why_free(&w);
	return ok;
}
