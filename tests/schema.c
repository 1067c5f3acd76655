/*
 * tests/schema SCHEMA FILE… checks JSON files by a schema. It knows the
 * keywords of JSON Schema that our schemas use, and refuses a schema with
 * others.
 */
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The whole schema, in which references are looked up. */
static json_t *whole;

/* Above 0 while alternatives are tried. Then no error is printed. */
static int trying;

__attribute__((format(printf, 2, 3))) static bool wrong(const char *where,
							const char *fmt, ...)
{
	va_list ap;

	if (trying)
		return false;
	fprintf(stderr, "%s: ", *where ? where : "the whole");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return false;
}

static bool conforms(const json_t *v, const json_t *schema, const char *where);

/* --- keywords ------------------------------------------------------------- */

static bool is_type(const json_t *v, const char *type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "object", [JSON_ARRAY] = "array",
		[JSON_STRING] = "string", [JSON_INTEGER] = "integer",
		[JSON_REAL] = "number",   [JSON_TRUE] = "boolean",
		[JSON_FALSE] = "boolean", [JSON_NULL] = "null",
	};

	return !strcmp(names[json_typeof(v)], type) ||
	       (json_is_integer(v) && !strcmp(type, "number"));
}

static bool has_type(const json_t *v, const json_t *types, const char *where)
{
	const json_t *one;
	size_t i;

	if (json_is_string(types))
		return is_type(v, json_string_value(types)) ||
		       wrong(where, "is not of type %s",
			     json_string_value(types));
	json_array_foreach(
		types, i,
		one) if (is_type(v, json_string_value(one))) return true;
	return wrong(where, "has none of the types");
}

static bool is_one_of(const json_t *v, const json_t *list, const char *where)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one) if (json_equal(v, one)) return true;
	return wrong(where, "is not one of the allowed values");
}

static bool has_required(const json_t *v, const json_t *keys, const char *where)
{
	const json_t *key;
	size_t i;

	json_array_foreach(
		keys, i,
		key) if (json_is_object(v) &&
			 !json_object_get(
				 v,
				 json_string_value(
					 key))) return wrong(where, "lacks %s",
							     json_string_value(
								     key));
	return true;
}

static bool items_conform(const json_t *v, const json_t *schema,
			  const char *where)
{
	char deeper[400];
	json_t *item;
	size_t i;

	json_array_foreach(v, i, item)
	{
		snprintf(deeper, sizeof(deeper), "%.300s[%zu]", where, i);
		if (!conforms(item, schema, deeper))
			return false;
	}
	return true;
}

static bool members_conform(const json_t *v, const json_t *schema,
			    const char *where)
{
	const json_t *known = json_object_get(schema, "properties");
	const json_t *others = json_object_get(schema, "additionalProperties");
	char deeper[400];
	const char *key;
	json_t *member;

	json_object_foreach((json_t *)v, key, member)
	{
		const json_t *s = json_object_get(known, key);

		snprintf(deeper, sizeof(deeper), "%.200s.%.100s", where, key);
		if (!s && json_is_false(others))
			return wrong(deeper, "is not in the schema");
		if (!s)
			s = json_is_object(others) ? others : NULL;
		if (s && !conforms(member, s, deeper))
			return false;
	}
	return true;
}

static bool any_conforms(const json_t *v, const json_t *list, const char *where)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i,
			   one) if (conforms(v, one, where)) return true;
	return wrong(where, "matches none of the alternatives");
}

static bool is_at_least(const json_t *v, const json_t *least, const char *where)
{
	return !json_is_number(v) ||
	       json_number_value(v) >= json_number_value(least) ||
	       wrong(where, "is below %g", json_number_value(least));
}

/* Follows a reference such as "#/$defs/name". */
static bool as_referred(const json_t *v, const json_t *ref, const char *where)
{
	const char *name = json_string_value(ref);
	json_t *defs = json_object_get(whole, "$defs");
	json_t *schema = strncmp(name, "#/$defs/", 8)
				 ? NULL
				 : json_object_get(defs, name + 8);

	return schema ? conforms(v, schema, where)
		      : wrong(where,
			      "the schema refers to %s, which is not "
			      "there",
			      name);
}

/* --- a schema ------------------------------------------------------------- */

static bool word_holds(const json_t *v, const json_t *schema, const char *word,
		       const json_t *value, const char *where)
{
	static const struct {
		const char *word;
		bool (*holds)(const json_t *, const json_t *, const char *);
	} words[] = {
		{ "type", has_type },         { "enum", is_one_of },
		{ "required", has_required }, { "items", items_conform },
		{ "minimum", is_at_least },   { "$ref", as_referred },
		{ "anyOf", any_conforms },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].word, word))
			return words[i].holds(v, value, where);
	if (!strcmp(word, "const"))
		return json_equal(v, value) || wrong(where, "is another value");
	if (!strcmp(word, "properties"))
		return members_conform(v, schema, where);
	if (!strcmp(word, "additionalProperties"))
		return json_object_get(schema, "properties") ||
		       members_conform(v, schema, where);
	if (!strcmp(word, "$schema") || !strcmp(word, "$defs") ||
	    !strcmp(word, "title") || !strcmp(word, "description"))
		return true;
	return wrong(
		where,
		"the schema has the keyword %s, which this test does not know",
		word);
}

static bool conforms(const json_t *v, const json_t *schema, const char *where)
{
	const char *word;
	json_t *value;

	json_object_foreach((json_t *)schema, word,
			    value) if (!word_holds(v, schema, word, value,
						   where)) return false;
	return true;
}

int main(int argc, char **argv)
{
	json_error_t error;
	int status = 0;

	whole = argc > 2 ? json_load_file(argv[1], 0, &error) : NULL;
	if (!whole) {
		fprintf(stderr, "%s: %s\n", argc > 1 ? argv[1] : "schema",
			argc > 2 ? error.text : "usage: schema SCHEMA FILE…");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		json_t *v =
			json_load_file(argv[i], JSON_REJECT_DUPLICATES, &error);

		if (!v)
			fprintf(stderr, "%s:%d: %s\n", argv[i], error.line,
				error.text);
		if (!v || !conforms(v, whole, ""))
			status = 1;
		json_decref(v);
	}
	json_decref(whole);
	return status;
}
