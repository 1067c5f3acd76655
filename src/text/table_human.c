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

/* How a table is laid out. */
struct layout {
	const struct table *t;
	size_t *width; /* of each column; 0: the column is left out */
	/* texts that are cut to this width are as different as before */
	size_t *telling;
	/* texts that are too wide for their column go on in the next line */
	bool fold;
};

/* --- rows ----------------------------------------------------------------- */

/* The bytes of a text that fit a line; a line ends at a blank if it can. */
static size_t fitting(const char *text, size_t width)
{
	const char *at = text, *next = text, *blank = NULL;
	size_t used = 0;

	while (*at) {
		int32_t c = utf8_next(&next);

		used += (size_t)utf8_width_of(c);
		if (c == ' ' && at > text)
			blank = at;
		if (used > width && at > text)
			return (size_t)((blank ? blank : at) - text);
		at = next;
	}
	return (size_t)(at - text);
}

/*
 * Writes what fits the line of a cell, and leaves the rest in `w`. *owed are
 * the spaces to write before the next text.
 */
static void put_part(const struct layout *l, size_t column, struct words *w,
		     size_t *owed, FILE *to)
{
	size_t width = l->width[column], used, pad;
	const char *part = w->text, *rest = "";
	bool right = l->t->columns[column].right;
	char buf[1024];

	if (utf8_width(part) > width && l->fold) {
		size_t len = fitting(part, width);

		rest = part + len + strspn(part + len, " ");
		snprintf(buf, sizeof(buf), "%.*s", (int)len, part);
		part = buf;
	} else if (utf8_width(part) > width) {
		part = utf8_cut(part, width, buf, sizeof(buf));
	}
	w->text = rest;
	used = utf8_width(part);
	pad = width > used ? width - used : 0;
	*owed += right ? pad : 0;
	if (*part) {
		fprintf(to, "%*s", (int)*owed, "");
		utf8_put_clean(to, part);
		*owed = 0;
	}
	*owed += strlen(GAP) + (right ? 0 : pad);
}

/*
 * Spaces are written only before the next text, so that no line ends with
 * spaces.
 */
static void human_row(const struct layout *l, size_t row, struct words *w,
		      FILE *to)
{
	bool more = true;

	for (size_t i = 0; i < l->t->width; i++)
		if (l->width[i] > 0)
			w[i].text = human_at(l->t, row, i, &w[i]);
	while (more) {
		size_t owed = 0;

		more = false;
		for (size_t i = 0; i < l->t->width; i++) {
			if (l->width[i] == 0)
				continue;
			put_part(l, i, &w[i], &owed, to);
			more |= *w[i].text != '\0';
		}
		fputc('\n', to);
	}
}

/* --- what fits ------------------------------------------------------------ */

/* The width of all columns. A column that is left out has the width 0. */
static size_t whole_width(const struct layout *l)
{
	size_t sum = 0;

	for (size_t i = 0; i < l->t->width; i++)
		if (l->width[i] > 0)
			sum += (sum ? strlen(GAP) : 0) + l->width[i];
	return sum;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The columns that two different texts have in common at their beginning. */
static size_t width_in_common(const char *a, const char *b)
{
	size_t width = 0;
	int32_t c;

	while ((c = utf8_next(&a)) == utf8_next(&b) && c)
		width += (size_t)utf8_width_of(c);
	return width;
}

/* Room for the first letter that differs, and for the mark of a cut. */
#define DIFFERENCE 3

/*
 * The width to which texts of a column can be cut so that different texts stay
 * different. In sorted order the texts that begin alike are neighbours.
 */
static size_t telling_width(const struct table *t, size_t column)
{
	const char **text = malloc((t->height + 1) * sizeof(*text));
	size_t n = 0, most = 0;

	for (size_t row = 0; text && row < t->height; row++) {
		const struct cell *c = &t->cells[row * t->width + column];

		if (c->kind == TEXT)
			text[n++] = c->text;
	}
	if (n > 0)
		qsort(text, n, sizeof(*text), by_bytes);
	for (size_t i = 1; i < n; i++) {
		size_t common = width_in_common(text[i - 1], text[i]);

		if (strcmp(text[i - 1], text[i]) != 0 &&
		    common + DIFFERENCE > most)
			most = common + DIFFERENCE;
	}
	free(text);
	return most;
}

/* The least width of a column whose texts are folded. */
#define NARROW 8

/*
 * By how much a column may become narrower, its texts being cut or folded;
 * `far`: as far as NARROW.
 */
static size_t slack_of(const struct layout *l, size_t i, bool far)
{
	size_t least = (size_t)l->t->columns[i].least;

	if (least == 0)
		return 0;
	if (far && least > NARROW)
		least = NARROW;
	if (!l->fold && least < l->telling[i])
		least = l->telling[i];
	return l->width[i] > least ? l->width[i] - least : 0;
}

/* The width of all columns if their texts are cut as far as they may be. */
static size_t least_width(const struct layout *l)
{
	size_t width = whole_width(l);

	for (size_t i = 0; i < l->t->width; i++)
		width -= slack_of(l, i, false);
	return width;
}

/*
 * The column to leave out next; the number of columns if none is left that may
 * be left out.
 */
static size_t least_useful(const struct layout *l)
{
	const struct table_column *columns = l->t->columns;
	size_t found = l->t->width, first = 0;

	while (first < l->t->width && l->width[first] == 0)
		first++;
	for (size_t i = first + 1; i < l->t->width; i++)
		if (l->width[i] > 0 && !columns[i].keep &&
		    (found == l->t->width ||
		     columns[i].spare >= columns[found].spare))
			found = i;
	return found;
}

/* Makes columns narrower until all fit, the last ones first. */
static void narrow_to_fit(struct layout *l, bool far)
{
	size_t room = columns_here(), whole = whole_width(l);

	for (size_t i = l->t->width; i-- > 0 && whole > room;) {
		size_t slack = slack_of(l, i, far), by = whole - room;

		by = slack < by ? slack : by;
		l->width[i] -= by;
		whole -= by;
	}
}

/*
 * Leaves out columns, the least useful first, until the others fit with their
 * texts cut. Then cuts the texts as far as needed, but so that different texts
 * stay different. If they still do not fit, folds them. True: some columns were
 * left out.
 */
static bool make_fit(struct layout *l)
{
	bool any = false;

	while (least_width(l) > columns_here()) {
		size_t i = least_useful(l);

		if (i == l->t->width)
			break;
		l->width[i] = 0;
		any = true;
	}
	l->fold = least_width(l) > columns_here();
	narrow_to_fit(l, false);
	narrow_to_fit(l, l->fold);
	return any;
}

static bool put_left_out(const struct layout *l, FILE *to)
{
	char *line = NULL;
	size_t size;
	FILE *text = open_memstream(&line, &size);
	const char *gap = "";

	if (!text)
		return false;
	fprintf(text, "columns left out at a width of %zu: ", columns_here());
	for (size_t i = 0; i < l->t->width; i++) {
		const char *heading = l->t->columns[i].heading;

		if (!heading || !*heading || l->width[i] > 0)
			continue;
		fprintf(text, "%s%s", gap, heading);
		gap = ", ";
	}
	if (fclose(text) == 0)
		columns_wrap(to, line, 0, 0);
	free(line);
	return line != NULL;
}

static bool put_layout(struct layout *l, struct words *w, FILE *to)
{
	bool left_out;

	for (size_t i = 0; i < l->t->width; i++) {
		if (l->t->columns[i].heading)
			l->width[i] = column_width(l->t, i);
		if (l->t->columns[i].least > 0)
			l->telling[i] = telling_width(l->t, i);
	}
	left_out = make_fit(l);
	for (size_t row = 0; row <= l->t->height; row++)
		human_row(l, row, w, to);
	return !left_out || put_left_out(l, to);
}

bool table_put_human(const struct table *t, FILE *to)
{
	size_t *widths = calloc(2 * t->width + 1, sizeof(*widths));
	struct words *w = calloc(t->width + 1, sizeof(*w));
	struct layout l = { .t = t };
	bool ok = widths && w;

	if (ok) {
		l.width = widths;
		l.telling = widths + t->width;
		ok = put_layout(&l, w, to);
	}
	free(widths);
	free(w);
	return ok;
}
