/* A table of typed cells: its rows, and the choice of how to show them. */
#include "text/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "base/utf8.h"
#include "text/cells.h"

const char *const table_format_names[] = {
	[TABLE_HUMAN] = "table",
	[TABLE_JSON] = "json",
	[TABLE_CSV] = "csv",
	NULL,
};

struct table *table_new(const struct table_column *columns, int n)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->columns = columns;
	t->width = (size_t)n;
	return t;
}

static void cell_free(struct cell *c)
{
	if (c->kind == TEXT)
		free(c->text);
	if (c->kind == NEST)
		table_free(c->inner);
	*c = (struct cell){ .kind = ABSENT };
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->width * t->height; i++)
		cell_free(&t->cells[i]);
	free(t->cells);
	free(t);
}

/* Twice the room each time, since a plan can have thousands of rows. */
static bool make_room(struct table *t, size_t cells)
{
	struct cell *more;

	if (cells <= t->room)
		return true;
	more = realloc(t->cells, 2 * cells * sizeof(*more));
	if (!more)
		return false;
	t->cells = more;
	t->room = 2 * cells;
	return true;
}

void table_row(struct table *t)
{
	size_t used;

	if (!t || t->broken)
		return;
	used = t->width * t->height;
	t->broken = !make_room(t, used + t->width);
	if (t->broken)
		return;
	memset(t->cells + used, 0, t->width * sizeof(*t->cells));
	t->height++;
}

/* An emptied cell of the last row; NULL: the table has run out of memory. */
static struct cell *fresh_cell(struct table *t, int column)
{
	struct cell *c;

	if (!t || t->broken)
		return NULL;
	c = &t->cells[t->width * (t->height - 1) + (size_t)column];
	cell_free(c);
	return c;
}

void table_text(struct table *t, int column, const char *text)
{
	struct cell *c = fresh_cell(t, column);

	if (!c)
		return;
	c->text = utf8_mend(text);
	t->broken = !c->text;
	if (c->text)
		c->kind = TEXT;
}

void table_int(struct table *t, int column, int64_t value)
{
	struct cell *c = fresh_cell(t, column);

	if (c)
		*c = (struct cell){ .kind = INT, .number = value };
}

void table_bool(struct table *t, int column, bool value)
{
	struct cell *c = fresh_cell(t, column);

	if (c)
		*c = (struct cell){ .kind = BOOL, .truth = value };
}

void table_real(struct table *t, int column, double value, int decimals)
{
	struct cell *c = fresh_cell(t, column);

	if (c && isfinite(value))
		*c = (struct cell){ .kind = REAL,
				    .real = value,
				    .decimals = decimals };
}

void table_nest(struct table *t, int column, struct table *inner)
{
	struct cell *c = fresh_cell(t, column);

	if (!c) {
		table_free(inner);
		return;
	}
	t->broken = !inner || inner->broken;
	*c = (struct cell){ .kind = NEST, .inner = inner };
}

static bool render(const struct table *t, enum table_format format, FILE *to)
{
	switch (format) {
	case TABLE_JSON:
		return table_put_json(t, to);
	case TABLE_CSV:
		return table_put_csv(t, to);
	default:
		return table_put_human(t, to);
	}
}

char *table_render(const struct table *t, enum table_format format)
{
	char *text = NULL;
	size_t len;
	FILE *to;
	bool ok;

	if (!t || t->broken)
		return NULL;
	to = open_memstream(&text, &len);
	if (!to)
		return NULL;
	ok = render(t, format, to) && !ferror(to);
	return memstream_end(to, &text, ok);
}

char *table_end(struct table *t, enum table_format format)
{
	char *text = table_render(t, format);

	table_free(t);
	return text;
}
