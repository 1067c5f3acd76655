/* A table for people: aligned columns under headings. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/cells.h"

#define GAP "  "

struct words {
	char buf[64];
	const char *text;
};

static const char *human(const struct cell *c, struct words *w)
{
	w->text = w->buf;
	switch (c->kind) {
	case TEXT:
		w->text = c->text;
		break;
	case INT:
		snprintf(w->buf, sizeof(w->buf), "%" PRId64, c->number);
		break;
	case REAL:
		snprintf(w->buf, sizeof(w->buf), "%.*f", c->decimals, c->real);
		break;
	case BOOL:
		w->text = c->truth ? "yes" : "no";
		break;
	default:
		w->text = "-";
	}
	return w->text;
}

/* The cells of one column, its heading first. */
static const char *human_at(const struct table *t, size_t row, size_t column,
			    struct words *w)
{
	if (row == 0)
		return t->columns[column].heading;
	return human(&t->cells[(row - 1) * t->width + column], w);
}

static size_t column_width(const struct table *t, size_t column)
{
	size_t most = 0;
	struct words w;

	for (size_t row = 0; row <= t->height; row++) {
		size_t width = utf8_width(human_at(t, row, column, &w));

		if (width > most)
			most = width;
	}
	return most;
}

/* Spaces are owed rather than written, so that no line ends in any. */
static void human_row(const struct table *t, size_t row, const size_t *widths,
		      FILE *to)
{
	size_t owed = 0;
	struct words w;

	for (size_t i = 0; i < t->width; i++) {
		const char *text;
		size_t pad;

		if (!t->columns[i].heading)
			continue;
		text = human_at(t, row, i, &w);
		pad = widths[i] - utf8_width(text);
		if (t->columns[i].right)
			owed += pad;
		fprintf(to, "%*s", (int)owed, "");
		utf8_put_clean(to, text);
		owed = strlen(GAP) + (t->columns[i].right ? 0 : pad);
	}
	fputc('\n', to);
}

bool table_put_human(const struct table *t, FILE *to)
{
	size_t *widths = calloc(t->width + 1, sizeof(*widths));

	if (!widths)
		return false;
	for (size_t i = 0; i < t->width; i++)
		if (t->columns[i].heading)
			widths[i] = column_width(t, i);
	for (size_t row = 0; row <= t->height; row++)
		human_row(t, row, widths, to);
	free(widths);
	return true;
}
