/* CSV as in RFC 4180, read whole. */
#include "report/sheet.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct sheet *sheet;
	const char *path;
	char *in, *end; /* what is still to be read */
	size_t line, fields, room;
};

static int read_whole(struct reader *r, FILE *from, struct err *e)
{
	size_t size = 0, room = 0, got;

	do {
		if (room - size < 65536) {
			char *more = realloc(r->sheet->text, room * 2 + 131072);

			if (!more)
				return err_code(e, ENOMEM, "%s", r->path);
			r->sheet->text = more;
			room = room * 2 + 131072;
		}
		got = fread(r->sheet->text + size, 1, room - size - 1, from);
		size += got;
	} while (got > 0);
	if (ferror(from))
		return err_sys(e, "%s", r->path);
	r->sheet->text[size] = '\0';
	r->in = r->sheet->text;
	r->end = r->in + size;
	return 0;
}

/*
 * Ends the field at r->in and goes behind it. Returns what ended it: a comma,
 * an end of line, or 0 at the end of the file. Quotes are taken out in place.
 */
static char take_field(struct reader *r)
{
	char *out = r->in, end;
	bool quoted = false;

	for (; r->in < r->end; r->in++) {
		if (*r->in == '"' && quoted && r->in[1] == '"')
			*out++ = *r->in++;
		else if (*r->in == '"')
			quoted = !quoted;
		else if (!quoted && (*r->in == ',' || *r->in == '\n'))
			break;
		else if (quoted || *r->in != '\r')
			*out++ = *r->in;
	}
	if (r->in == r->end)
		end = '\0';
	else
		end = *r->in++;
	*out = '\0';
	return end;
}

static int keep(struct reader *r, const char *field, struct err *e)
{
	if (r->fields == r->room) {
		size_t room = r->room * 2 + 1024;
		const char **more =
			reallocarray(r->sheet->field, room, sizeof(*more));

		if (!more)
			return err_code(e, ENOMEM, "%s", r->path);
		r->sheet->field = more;
		r->room = room;
	}
	r->sheet->field[r->fields++] = field;
	return 0;
}

/* Reads one line; a cut one leaves nothing behind. */
static int take_line(struct reader *r, struct err *e)
{
	size_t before = r->fields;
	char end;
	int rc;

	r->line++;
	do {
		const char *field = r->in;

		end = take_field(r);
		rc = keep(r, field, e);
	} while (end == ',' && rc == 0);
	if (rc < 0)
		return rc;
	if (end == '\0') {
		r->fields = before;
		return 0;
	}
	if (r->line == 1)
		r->sheet->columns = r->fields;
	else if (r->fields - before != r->sheet->columns)
		return err_say(e, EINVAL,
			       "%s: line %zu has %zu fields, the first has %zu",
			       r->path, r->line, r->fields - before,
			       r->sheet->columns);
	return 0;
}

int sheet_read(struct sheet *c, const char *path, struct err *e)
{
	struct reader r = { .sheet = c, .path = path };
	FILE *from = fopen(path, "re");
	int rc;

	memset(c, 0, sizeof(*c));
	if (!from)
		return err_sys(e, "%s", path);
	rc = read_whole(&r, from, e);
	fclose(from);
	while (rc == 0 && r.in < r.end)
		rc = take_line(&r, e);
	if (rc == 0 && c->columns == 0)
		rc = err_say(e, EINVAL,
			     "%s has no first line that names its "
			     "columns",
			     path);
	if (rc < 0) {
		sheet_free(c);
		return rc;
	}
	c->rows = r.fields / c->columns - 1;
	return 0;
}

void sheet_free(struct sheet *c)
{
	free(c->text);
	free(c->field);
	memset(c, 0, sizeof(*c));
}

int sheet_column(const struct sheet *c, const char *name)
{
	for (size_t i = 0; i < c->columns; i++)
		if (!strcmp(c->field[i], name))
			return (int)i;
	return -1;
}

const char *sheet_text(const struct sheet *c, size_t row, int column)
{
	if (column < 0)
		return "";
	return c->field[(row + 1) * c->columns + (size_t)column];
}

double sheet_number(const struct sheet *c, size_t row, int column)
{
	const char *text = sheet_text(c, row, column);
	char *end;
	double value = strtod(text, &end);

	return *text && !*end ? value : NAN;
}
