/* CSV as in RFC 4180. The whole file is read and then split in place. */
#include "run/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/grow.h"
#include "base/utf8.h"

/* A larger file is refused, since offsets must fit into 32 bits. */
#define LARGEST ((size_t)1 << 31)

static int grow(char **text, size_t *room)
{
	size_t more = *room ? *room * 2 : 1 << 16;
	char *larger = more > LARGEST ? NULL : realloc(*text, more);

	if (!larger)
		return -ENOMEM;
	*text = larger;
	*room = more;
	return 0;
}

/* Returns the length of the text, or -errno. */
static ssize_t read_all(FILE *from, char **text)
{
	size_t room = 0, used = 0, got = 1;

	while (got > 0) {
		/* one byte stays free for the NUL */
		if (used + 1 >= room && grow(text, &room) < 0)
			return -ENOMEM;
		got = fread(*text + used, 1, room - used - 1, from);
		used += got;
	}
	(*text)[used] = '\0';
	return ferror(from) ? -EIO : (ssize_t)used;
}

/*
 * Replaces each byte that is not UTF-8, and each NUL, by '?', so that a field
 * can be shown.
 */
static void mend(char *text, size_t len)
{
	const char *at = text;

	for (size_t i = 0; i < len; i++)
		if (!text[i])
			text[i] = '?';
	while (*at) {
		char *from = text + (at - text);

		if (utf8_next(&at) < 0)
			*from = '?';
	}
}

/* --- fields --------------------------------------------------------------- */

struct reader {
	char *start, *at, *end;
	size_t line;
	bool torn;       /* the text ended within a line */
	uint32_t *field; /* where the fields of the current line begin */
	size_t fields, room;
};

static int note_field(struct reader *r, char *field)
{
	uint32_t *larger =
		array_grow(r->field, r->fields, &r->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	r->field = larger;
	r->field[r->fields++] = (uint32_t)(field - r->start);
	return 0;
}

/* Removes the quotes of a field in place, and moves r->at behind the field. */
static void unquote(struct reader *r)
{
	char *to = r->at;

	for (r->at++; r->at < r->end; r->at++) {
		if (*r->at == '"' && *++r->at != '"')
			break;
		r->line += *r->at == '\n';
		*to++ = *r->at;
	}
	/* text after a closing quote belongs to the field */
	while (r->at < r->end && *r->at != ',' && *r->at != '\n')
		*to++ = *r->at++;
	if (to < r->at)
		*to = '\0';
}

static void skip_plain(struct reader *r)
{
	while (r->at < r->end && *r->at != ',' && *r->at != '\n')
		r->at++;
}

static void cut_return(char *field, char *end)
{
	if (end > field && end[-1] == '\r')
		end[-1] = '\0';
}

/* Reads a line into fields. 1: done. 0: the text ended before the line did. */
static int take_line(struct reader *r)
{
	bool last = false;

	r->fields = 0;
	r->line++;
	while (!last && r->at < r->end) {
		char *field = r->at;

		if (*field == '"')
			unquote(r);
		else
			skip_plain(r);
		r->torn = r->at >= r->end;
		if (r->torn)
			return 0;
		last = *r->at == '\n';
		*r->at = '\0';
		if (last)
			cut_return(field, r->at);
		r->at++;
		if (note_field(r, field) < 0)
			return -ENOMEM;
	}
	return last ? 1 : 0;
}

/* --- lines ---------------------------------------------------------------- */

static int keep(struct csv *c, const struct reader *r, size_t line,
		size_t *room)
{
	size_t lines = c->columns ? c->rows + 1 : 0;
	uint32_t *larger = array_grow(c->cell, lines, room,
				      (r->fields + 1) * sizeof(*larger));
	uint32_t *to;

	if (!larger)
		return -ENOMEM;
	c->cell = larger;
	to = c->cell + lines * (r->fields + 1);
	memcpy(to, r->field, r->fields * sizeof(*r->field));
	to[r->fields] = (uint32_t)line;
	if (c->columns)
		c->rows++;
	c->columns = r->fields;
	return 0;
}

static int take_apart(struct csv *c, struct reader *r)
{
	size_t room = 0;
	int rc = 0;

	for (;;) {
		size_t line = r->line + 1;

		rc = take_line(r);
		if (rc <= 0)
			break;
		if (c->columns && r->fields != c->columns) {
			c->first_odd = c->odd++ ? c->first_odd : line;
			continue;
		}
		rc = keep(c, r, line, &room);
		if (rc < 0)
			break;
	}
	c->torn = r->torn;
	return rc;
}

int csv_open(const char *path, FILE **from, struct err *e)
{
	/* without O_NONBLOCK, opening a FIFO would wait for a writer */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 || fstat(fd, &st) < 0 || !(*from = fdopen(fd, "r"))) {
		err_file(e, errno, "cannot read %s", path);
		fd_close(&fd);
		return -e->code;
	}
	if (S_ISREG(st.st_mode))
		return 0;
	fclose(*from);
	return err_say(e, EINVAL, "cannot read %s: it is not a regular file",
		       path);
}

int csv_read(struct csv *c, const char *path, struct err *e)
{
	struct reader r = { 0 };
	ssize_t len;
	FILE *from;
	int rc;

	*c = (struct csv){ 0 };
	rc = csv_open(path, &from, e);
	if (rc < 0)
		return rc;
	len = read_all(from, &c->text);
	fclose(from);
	if (len < 0)
		return err_code(e, (int)len, "cannot read %s", path);
	mend(c->text, (size_t)len);
	r.start = r.at = c->text;
	r.end = c->text + len;
	rc = take_apart(c, &r);
	free(r.field);
	return rc < 0 ? err_code(e, rc, "cannot read %s", path) : 0;
}

void csv_free(struct csv *c)
{
	free(c->cell);
	free(c->text);
	*c = (struct csv){ 0 };
}

/* --- questions ------------------------------------------------------------ */

int csv_column(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->columns; i++)
		if (!strcmp(c->text + c->cell[i], name))
			return (int)i;
	return -1;
}

const char *csv_at(const struct csv *c, size_t row, int column)
{
	if (column < 0)
		return "";
	return c->text + c->cell[(row + 1) * (c->columns + 1) + (size_t)column];
}

size_t csv_line(const struct csv *c, size_t row)
{
	return c->cell[(row + 2) * (c->columns + 1) - 1];
}

/* --- writing -------------------------------------------------------------- */

void csv_put(FILE *to, const char *text, bool one_line)
{
	bool quoted = !*text || text[strcspn(text, ",\"\r\n")];

	if (quoted)
		putc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', to);
		putc(one_line && (*text == '\n' || *text == '\r') ? ' ' : *text,
		     to);
	}
	if (quoted)
		putc('"', to);
}
