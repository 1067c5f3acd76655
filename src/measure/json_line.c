/* Finds the line of a value in a JSON text, since jansson cannot tell it. */
#include "measure/json_line.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* The end of the string that begins at the quote p. */
static const char *skip_string(const char *p)
{
	for (p++; *p && *p != '"'; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : p;
}

/* The end of the value at p: counts brackets and skips strings. */
static const char *skip_value(const char *p)
{
	int depth = 0;

	if (*p == '"')
		return skip_string(p);
	while (*p) {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		if (strchr("{[", *p))
			depth++;
		if (depth == 0 && strchr(",]} \t\r\n", *p))
			return p;
		if (strchr("}]", *p) && --depth == 0)
			return p + 1;
		p++;
	}
	return p;
}

/*
 * Finds the key with this name in the object at p; NULL if there is none. Sets
 * *value to the place where the value of the key begins.
 */
static const char *find_member(const char *p, const char *name, size_t len,
			       const char **value)
{
	for (p = skip_space(p + 1); *p == '"'; p = skip_space(p)) {
		const char *key = p, *end = skip_string(p);
		bool same = (size_t)(end - key) == len + 2 &&
			    !strncmp(key + 1, name, len);

		*value = skip_space(skip_space(end) + 1); /* the colon */
		if (same)
			return key;
		p = skip_space(skip_value(*value));
		if (*p != ',')
			return NULL;
		p++;
	}
	return NULL;
}

static const char *find_element(const char *p, long index)
{
	for (p = skip_space(p + 1); *p && *p != ']'; p = skip_space(p + 1)) {
		if (index-- == 0)
			return p;
		p = skip_space(skip_value(p));
		if (*p != ',')
			return NULL;
	}
	return NULL;
}

static int line_at(const char *text, const char *p)
{
	int line = 1;

	for (; text < p; text++)
		line += *text == '\n';
	return line;
}

int json_line(const char *text, const char *path)
{
	const char *value = skip_space(text), *found = value, *next;

	while (*path) {
		char *end;

		if (*path == '[') {
			next = *value == '['
				       ? find_element(value, strtol(path + 1,
								    &end, 10))
				       : NULL;
			path = strchr(path, ']') + 1;
			if (!next)
				break;
			found = value = next;
		} else {
			size_t len;

			path += *path == '.';
			len = strcspn(path, ".[");
			next = *value == '{'
				       ? find_member(value, path, len, &value)
				       : NULL;
			path += len;
			if (!next)
				break;
			found = next;
		}
	}
	return line_at(text, found);
}
