/* Fills the templates of page/: that of one run, and the parts of all pages. */
#include "page/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "page/html_inside.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

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

static const struct html_place common[] = {
	{ "style", put_style },
	{ "script", put_script },
	{ "program", put_program },
};

/* A page, and the places of its template. */
struct filling {
	struct html *h;
	const struct html_place *place;
	size_t places;
};

static bool fill_place(struct html *h, const struct html_place *place,
		       size_t places, const char *name, size_t len)
{
	for (size_t i = 0; i < places; i++)
		if (strlen(place[i].name) == len &&
		    !strncmp(place[i].name, name, len)) {
			place[i].fill(h);
			return true;
		}
	return false;
}

static void fill_slot(void *arg, const char *name, size_t len)
{
	const struct filling *f = arg;

	if (!fill_place(f->h, common, COUNT(common), name, len))
		fill_place(f->h, f->place, f->places, name, len);
}

int html_page(struct html *h, const char *template,
	      const struct html_place *places, size_t n, char **page,
	      size_t *size)
{
	struct filling f = { .h = h, .place = places, .places = n };

	*page = NULL;
	h->to = open_memstream(page, size);
	if (!h->to)
		return err_sys(h->e, "open_memstream");
	html_fill(h->to, piece("head.html"), fill_slot, &f);
	html_fill(h->to, piece(template), fill_slot, &f);
	if (fclose(h->to) != 0)
		html_no_memory(h);
	if (h->rc < 0) {
		free(*page);
		*page = NULL;
	}
	return h->rc;
}

/* --- the page of one run -------------------------------------------------- */

static const struct html_place places[] = {
	{ "name", html_name },
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

int html_report(const struct html_wish *w, char **page, size_t *size,
		struct err *e)
{
	struct html h = { .wish = w, .e = e };

	return html_page(&h, "page.html", places, COUNT(places), page, size);
}
