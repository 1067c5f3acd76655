/* The list of all forms of exercises, and the tools that each needs. */
#include "teach/form.h"

#include <stdio.h>
#include <string.h>

#include "base/place.h"

static const struct form *const tables[] = {
	forms_commands,
	forms_memory,
	forms_channels,
	forms_pages,
};

const struct form *form_at(size_t i)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct form *f = tables[t]; f->name; f++)
			if (i-- == 0)
				return f;
	return NULL;
}

static const struct {
	const char *name, *text;
} sources[] = {
#include "teach/program_list.h"
};

const char *form_source(const char *name)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		if (!strcmp(sources[i].name, name))
			return sources[i].text;
	return NULL;
}

/* --- tools ---------------------------------------------------------------- */

const char *form_lacks(const struct form *f, char *buf, size_t size)
{
	const char *at = f->tools ? f->tools : "";

	for (size_t len; *at; at += len + (at[len] == ' ')) {
		len = strcspn(at, " ");
		snprintf(buf, size, "%.*s", (int)len, at);
		if (!place_has_program(buf))
			return buf;
	}
	return NULL;
}
