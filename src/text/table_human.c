/* A table for people, with aligned columns under headings. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
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

/* The text of a cell; row 0 is the heading of the column. */
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

/*
 * Spaces are written only before the next text, so that no line ends with
 * spaces.
 */
static void human_row(const struct table *t, size_t row, const size_t *widths,
		      FILE *to)
{
	size_t owed = 0;
	struct words w;
	char cut[1024];

	for (size_t i = 0; i < t->width; i++) {
		const char *text;
		size_t pad;

		if (widths[i] == 0)
			continue;
		text = human_at(t, row, i, &w);
		if (utf8_width(text) > widths[i])
			text = utf8_cut(text, widths[i], cut, sizeof(cut));
		pad = widths[i] - utf8_width(text);
		if (t->columns[i].right)
			owed += pad;
		fprintf(to, "%*s", (int)owed, "");
		utf8_put_clean(to, text);
		owed = strlen(GAP) + (t->columns[i].right ? 0 : pad);
	}
	fputc('\n', to);
}

static void human_rows(const struct table *t, const size_t *widths, FILE *to)
{
	for (size_t row = 0; row <= t->height; row++)
		human_row(t, row, widths, to);
}

/* --- what fits ------------------------------------------------------------ */

/* The width of all columns. A column that is left out has the width 0. */
static size_t whole_width(const struct table *t, const size_t *widths)
{
	size_t sum = 0;

	for (size_t i = 0; i < t->width; i++)
		if (widths[i] > 0)
			sum += (sum ? strlen(GAP) : 0) + widths[i];
	return sum;
}

/* Texts are cut to this width only if nothing else helps. */
#define NARROW 8

/* By how much texts of a column may be cut; `far`: if nothing else helps. */
static size_t slack_of(const struct table *t, const size_t *widths, size_t i,
		       bool far)
{
	size_t least = (size_t)t->columns[i].least;

	if (far && least > NARROW)
		least = NARROW;
	return least > 0 && widths[i] > least ? widths[i] - least : 0;
}

/* The width of all columns if their texts are cut to `least`. */
static size_t least_width(const struct table *t, const size_t *widths)
{
	size_t width = whole_width(t, widths);

	for (size_t i = 0; i < t->width; i++)
		width -= slack_of(t, widths, i, false);
	return width;
}

/*
 * The column to leave out next; the number of columns if none is left that may
 * be left out.
 */
static size_t least_useful(const struct table *t, const size_t *widths)
{
	size_t found = t->width, first = 0;

	while (first < t->width && widths[first] == 0)
		first++;
	for (size_t i = first + 1; i < t->width; i++)
		if (widths[i] > 0 && !t->columns[i].keep &&
		    (found == t->width ||
		     t->columns[i].spare >= t->columns[found].spare))
			found = i;
	return found;
}

/* Makes columns narrower until all fit, the last ones first. */
static void cut_to_fit(const struct table *t, size_t *widths, bool far)
{
	size_t room = columns_here(), whole = whole_width(t, widths);

	for (size_t i = t->width; i-- > 0 && whole > room;) {
		size_t slack = slack_of(t, widths, i, far), by = whole - room;

		by = slack < by ? slack : by;
		widths[i] -= by;
		whole -= by;
	}
}

/*
 * Leaves out columns, the least useful first, until the others fit with their
 * texts cut. Then cuts the texts as far as needed. True: some columns were left
 * out.
 */
static bool make_fit(const struct table *t, size_t *widths)
{
	bool any = false;

	while (least_width(t, widths) > columns_here()) {
		size_t i = least_useful(t, widths);

		if (i == t->width)
			break;
		widths[i] = 0;
		any = true;
	}
	cut_to_fit(t, widths, false);
	cut_to_fit(t, widths, true);
	return any;
}

static bool put_left_out(const struct table *t, const size_t *widths, FILE *to)
{
	char *line = NULL;
	size_t size;
	FILE *text = open_memstream(&line, &size);
	const char *gap = "";

	if (!text)
		return false;
	fprintf(text, "columns left out at a width of %zu: ", columns_here());
	for (size_t i = 0; i < t->width; i++) {
		if (!t->columns[i].heading || !*t->columns[i].heading ||
		    widths[i] > 0)
			continue;
		fprintf(text, "%s%s", gap, t->columns[i].heading);
		gap = ", ";
	}
	if (fclose(text) == 0)
		columns_wrap(to, line, 0, 0);
	free(line);
	return line != NULL;
}

bool table_put_human(const struct table *t, FILE *to)
{
	size_t *widths = calloc(t->width + 1, sizeof(*widths));
	bool ok, left_out;

	if (!widths)
		return false;
	for (size_t i = 0; i < t->width; i++)
		if (t->columns[i].heading)
			widths[i] = column_width(t, i);
	left_out = make_fit(t, widths);
	human_rows(t, widths, to);
	ok = !left_out || put_left_out(t, widths, to);
	free(widths);
	return ok;
}
