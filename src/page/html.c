/* A run as one page: the template of page/, filled. */
#include "page/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "page/html_inside.h"

static const struct {
	const char *name, *text;
} pieces[] = {
#include "page/page_list.h"
};

static const char *piece(const char *name)
{
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		if (!strcmp(pieces[i].name, name))
			return pieces[i].text;
	return "";
}

static void put_style(struct html *h)
{
	fputs(piece("style.css"), h->to);
}

static void put_script(struct html *h)
{
	fputs(piece("script.js"), h->to);
}

static void put_program(struct html *h)
{
	html_put(h->to, PACKAGE_STRING);
}

static const struct {
	const char *name;
	html_slot *fill;
} slots[] = {
	{ "name", html_name },
	{ "style", put_style },
	{ "script", put_script },
	{ "program", put_program },
	{ "answers", html_answers },
	{ "facts", html_facts },
	{ "findings", html_findings },
	{ "map", html_map },
	{ "use", html_use },
	{ "figures", html_figures },
	{ "comparisons", html_comparisons },
	{ "explanations", html_explanations },
	{ "copies", html_copies },
	{ "drawings", html_drawings },
	{ "cells", html_cells },
	{ "missing", html_missing },
	{ "again", html_again },
	{ "data", html_data },
	{ "manifest", html_manifest },
};

static void fill_slot(void *arg, const char *name, size_t n)
{
	struct html *h = arg;

	for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++)
		if (strlen(slots[i].name) == n &&
		    !strncmp(slots[i].name, name, n))
			slots[i].fill(h);
}

int html_report(const struct html_wish *w, char **page, size_t *size,
		struct err *e)
{
	struct html h = { .wish = w, .e = e };

	*page = NULL;
	h.to = open_memstream(page, size);
	if (!h.to)
		return err_sys(e, "open_memstream");
	html_fill(h.to, piece("page.html"), fill_slot, &h);
	if (fclose(h.to) != 0 && h.rc == 0)
		h.rc = err_code(e, ENOMEM, "the report");
	if (h.rc < 0) {
		free(*page);
		*page = NULL;
	}
	return h.rc;
}
