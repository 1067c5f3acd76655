/* The table of experiments, and their own source. */
#include <string.h>
#include <strings.h>

#include "lab/run.h"

#define LAB(name) extern const struct experiment lab_##name[];
#include "lab/list.h"
#undef LAB

#define LAB(name) lab_##name,
static const struct experiment *const tables[] = {
#include "lab/list.h"
};
#undef LAB

const struct experiment *lab_at(size_t i)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct experiment *x = tables[t]; x->id; x++)
			if (i-- == 0)
				return x;
	return NULL;
}

const struct experiment *lab_find(const char *id)
{
	const struct experiment *x;

	for_each_experiment(x) if (!strcasecmp(x->id, id)) return x;
	return NULL;
}

static const struct {
	const char *id, *text;
} sources[] = {
#include "lab/source_list.h"
	{ NULL, NULL },
};

const char *lab_source(const char *id, size_t i)
{
	for (size_t s = 0; sources[s].id; s++)
		if (!strcmp(sources[s].id, id) && i-- == 0)
			return sources[s].text;
	return NULL;
}
