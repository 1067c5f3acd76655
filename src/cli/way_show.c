/* Draws the way of the bytes from the input to the output, as text. */
#include "cli/way_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/utf8.h"
#include "count/kinds.h"
#include "text/way.h"

/* True for terminals that cannot show lines and circles in any locale. */
static bool is_plain_terminal(void)
{
	const char *term = getenv("TERM");

	return term && (!strcmp(term, "dumb") || !strcmp(term, "linux") ||
			!strncmp(term, "vt", 2));
}

bool way_ascii(void)
{
	return !utf8_in_locale() || is_plain_terminal();
}

/* --- boxes ---------------------------------------------------------------- */

struct words {
	char name[80], detail[80], owner[80];
};

/* Shared memory is shown with the kind of object behind it. */
static void name_region(const struct ledger_object *o, struct words *w)
{
	snprintf(w->name, sizeof(w->name), "shared memory");
	snprintf(w->detail, sizeof(w->detail), "%s", kind_region(o));
}

static void name_box(const struct ledger *l, const struct chain_link *link,
		     struct words *w)
{
	const struct ledger_object *o =
		ledger_object_at(l, (size_t)link->object);

	snprintf(w->owner, sizeof(w->owner), "%s%s",
		 link->mapped && *link->owners ? "mapped by " : "",
		 link->owners);
	snprintf(w->detail, sizeof(w->detail), "%s", kind_place(o->kind));
	if (link->region) {
		name_region(o, w);
		return;
	}
	switch (o->kind) {
	case LEDGER_PRIVATE:
		snprintf(w->name, sizeof(w->name), "buffer");
		snprintf(w->detail, sizeof(w->detail), "own memory");
		break;
	case LEDGER_FILE:
	case LEDGER_DEVICE:
	case LEDGER_OTHER:
		snprintf(w->name, sizeof(w->name), "%s", kind_file(o->name));
		break;
	case LEDGER_SHARED:
		snprintf(w->name, sizeof(w->name), "shared memory");
		if (*o->detail)
			snprintf(w->detail, sizeof(w->detail), "%s", o->detail);
		break;
	default:
		snprintf(w->name, sizeof(w->name), "%s", kind_name(o->kind));
	}
}

char *way_show(const struct ledger *l, const struct chain *c, bool ascii,
	       bool unsaid)
{
	struct way_box box[CHAIN_MOST];
	struct way_arrow arrow[CHAIN_MOST];
	struct words *w = calloc(CHAIN_MOST, sizeof(*w));
	char *text;

	if (!w)
		return NULL;
	for (int i = 0; i < c->n; i++) {
		const struct chain_link *link = &c->link[i];

		name_box(l, link, &w[i]);
		box[i] = (struct way_box){ w[i].name, w[i].detail, w[i].owner,
					   link->user };
		arrow[i] = (struct way_arrow){
			.call = link->hop.call,
			.copies = link->hop.copies,
			.by_user = link->hop.by == LEDGER_BY_USER,
			.unsaid = unsaid,
		};
	}
	text = way_picture(box, (size_t)c->n, arrow, ascii);
	free(w);
	return text;
}

/* --- marks ---------------------------------------------------------------- */

int way_number(const struct chain *c, int link)
{
	int number = 0;

	if (c->link[link].hop.copies <= 0)
		return 0;
	for (int i = 0; i <= link; i++)
		number += c->link[i].hop.copies > 0;
	return number;
}

const char *way_marks(const struct chain *c, int first, int last, bool ascii,
		      char *buf, size_t size)
{
	int mark[CHAIN_MOST], n = 0;

	buf[0] = '\0';
	for (int i = first; i <= last; i++)
		if (way_number(c, i))
			mark[n++] = way_number(c, i);
	for (int i = 0; i < n; i++) {
		char one[16];
		const char *gap = i == 0 ? "" : i == n - 1 ? " and " : ", ";

		text_append(buf, size, "%s%s", gap,
			    way_mark(mark[i], ascii, one, sizeof(one)));
	}
	return buf;
}
