/* A table for programs, as JSON or CSV. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "run/csv.h"
#include "text/cells.h"

/*
 * A double keeps every number of 15 decimal digits, and 0.1 with 15 digits is
 * written as "0.1".
 */
#define REAL_DIGITS 15

static json_t *to_json(const struct table *t);

static json_t *cell_json(const struct cell *c)
{
	switch (c->kind) {
	case TEXT:
		return json_string(c->text);
	case INT:
		return json_integer(c->number);
	case REAL:
		return json_real(c->real);
	case BOOL:
		return json_boolean(c->truth);
	case NEST:
		return to_json(c->inner);
	default:
		return json_null();
	}
}

static json_t *row_json(const struct table *t, size_t row)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < t->width; i++) {
		const struct cell *c = &t->cells[row * t->width + i];

		if (!t->columns[i].key)
			continue;
		if (json_object_set_new(object, t->columns[i].key,
					cell_json(c)) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *to_json(const struct table *t)
{
	json_t *list = t->broken ? NULL : json_array();

	for (size_t row = 0; list && row < t->height; row++) {
		if (json_array_append_new(list, row_json(t, row)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static bool put_json(const struct table *t, size_t flags, FILE *to)
{
	json_t *list = to_json(t);
	int rc = list ? json_dumpf(list, to,
				   flags | JSON_REAL_PRECISION(REAL_DIGITS))
		      : -1;

	json_decref(list);
	return rc == 0;
}

/* Writes a cell that contains a list into CSV. The list becomes JSON text. */
static bool put_nested(FILE *to, const struct table *inner)
{
	char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);
	bool ok = memory && put_json(inner, JSON_COMPACT, memory);

	if (memory && fclose(memory) != 0)
		ok = false;
	if (ok)
		csv_put(to, text, false);
	free(text);
	return ok;
}

static bool put_csv(FILE *to, const struct cell *c)
{
	switch (c->kind) {
	case TEXT:
		csv_put(to, c->text, false);
		break;
	case INT:
		fprintf(to, "%" PRId64, c->number);
		break;
	case REAL:
		fprintf(to, "%.*g", REAL_DIGITS, c->real);
		break;
	case BOOL:
		fputs(c->truth ? "true" : "false", to);
		break;
	case NEST:
		return put_nested(to, c->inner);
	default:
		break;
	}
	return true;
}

bool table_put_csv(const struct table *t, FILE *to)
{
	bool ok = true;

	for (size_t row = 0; row <= t->height; row++) {
		const char *comma = "";

		for (size_t i = 0; i < t->width; i++) {
			if (!t->columns[i].key)
				continue;
			fputs(comma, to);
			comma = ",";
			if (row == 0)
				csv_put(to, t->columns[i].key, false);
			else
				ok &= put_csv(
					to,
					&t->cells[(row - 1) * t->width + i]);
		}
		fputc('\n', to);
	}
	return ok;
}

bool table_put_json(const struct table *t, FILE *to)
{
	return put_json(t, JSON_INDENT(2), to) && fputc('\n', to) > 0;
}
