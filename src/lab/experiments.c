/* The table of experiments, and access to their source. */
#include <string.h>
#include <strings.h>

#include "lab/runner.h"

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

static const struct {
	const char *id, *text;
} programs[] = {
#include "lab/program_list.h"
	{ NULL, NULL },
};

const char *lab_program(const char *id)
{
	for (size_t i = 0; programs[i].id; i++)
		if (!strcmp(programs[i].id, id))
			return programs[i].text;
	return NULL;
}

/* The titles of the documents that make the claims, by number. */
static const char *const titles[] = {
	"Sharing a file by mmap",  /* 000 */
	"MMAP, memory-mapped I/O", /* 001 */
	"The function mmap",       /* 002 */
	"Shared memory",           /* 003 */
	"Basic uses of mmap",      /* 004 */
};

const char *lab_document(unsigned number)
{
	return number < sizeof(titles) / sizeof(titles[0]) ? titles[number]
							   : NULL;
}

const char *lab_title(const struct experiment *x, int i)
{
	size_t at = (size_t)i * 4; /* "000 001" */

	if (at >= strlen(x->document))
		return NULL;
	return lab_document((unsigned)(x->document[at + 2] - '0'));
}
