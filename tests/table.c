/* Tables, and texts of unknown origin in them. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/utf8.h"
#include "tap.h"
#include "text/table.h"

enum { NAME, BYTES, RATE, GOOD, HIDDEN, ONLY_SHOWN, NEST, END };

static const struct table_column columns[END] = {
	[NAME] = { .key = "name", .heading = "name" },
	[BYTES] = { .key = "size_bytes", .heading = "bytes", .right = true },
	[RATE] = { .key = "gib_per_s", .heading = "GiB/s", .right = true },
	[GOOD] = { .key = "good", .heading = "good" },
	[HIDDEN] = { .key = "hidden" },
	[ONLY_SHOWN] = { .heading = "shown" },
	[NEST] = { .key = "nest" },
};

static void is(char *got, const char *expected, const char *what)
{
	if (!ok(got && !strcmp(got, expected), "%s", what)) {
		diag("expected: %s", expected);
		diag("got:      %s", got ? got : "nothing");
	}
	free(got);
}

static struct table *two_rows(void)
{
	struct table *t = table_new(columns, END);

	table_row(t);
	table_text(t, NAME, "pipe");
	table_int(t, BYTES, 1234567);
	table_real(t, RATE, 2.753, 2);
	table_bool(t, GOOD, true);
	table_text(t, HIDDEN, "x");
	table_text(t, ONLY_SHOWN, "y");
	table_row(t);
	table_text(t, NAME, "a, \"b\"\nc");
	table_int(t, BYTES, -1);
	table_bool(t, GOOD, false);
	return t;
}

static struct table *one_text(const char *text)
{
	struct table *t = table_new(columns, 1);

	table_row(t);
	table_text(t, NAME, text);
	return t;
}

static char *shown(struct table *t, enum table_format format)
{
	char *text = table_render(t, format);

	table_free(t);
	return text;
}

static void for_people(void)
{
	is(shown(two_rows(), TABLE_HUMAN),
	   "name        bytes  GiB/s  good  shown\n"
	   "pipe      1234567   2.75  yes   y\n"
	   "a, \"b\"?c       -1      -  no    -\n",
	   "people see aligned columns and no control characters");
	is(shown(table_new(columns, 2), TABLE_HUMAN), "name  bytes\n",
	   "a table without rows has only headings");
	is(shown(one_text("x\x1b[2J\x9b\xc2\x85"), TABLE_HUMAN),
	   "name\nx?[2J\xef\xbf\xbd?\n",
	   "control characters of a cell do not reach the terminal");
}

static void wide_letters(void)
{
	static const char *const names[] = { "naïve", "日本", "e\xcc\x81" };
	struct table *t = table_new(columns, 2);

	for (int i = 0; i < 3; i++) {
		table_row(t);
		table_text(t, NAME, names[i]);
		table_int(t, BYTES, i);
	}
	is(shown(t, TABLE_HUMAN),
	   "name   bytes\n"
	   "naïve      0\n"
	   "日本       1\n"
	   "e\xcc\x81          2\n",
	   "letters of any width are aligned");
}

static void for_spreadsheets(void)
{
	is(shown(two_rows(), TABLE_CSV),
	   "name,size_bytes,gib_per_s,good,hidden,nest\n"
	   "pipe,1234567,2.753,true,x,\n"
	   "\"a, \"\"b\"\"\nc\",-1,,false,,\n",
	   "csv has the quotes that it needs, all digits, and no headings");
	is(shown(one_text(""), TABLE_CSV), "name\n\"\"\n",
	   "csv distinguishes an empty text from a missing cell");
}

static void for_programs(void)
{
	char *text = shown(two_rows(), TABLE_JSON);
	json_t *list = text ? json_loads(text, 0, NULL) : NULL;
	json_t *first = json_array_get(list, 0);
	json_t *second = json_array_get(list, 1);

	ok(json_array_size(list) == 2, "json is a list of rows");
	ok(json_integer_value(json_object_get(first, "size_bytes")) == 1234567,
	   "json has integers");
	ok(text && strstr(text, "2.753,"), "json has reals with all digits");
	ok(json_is_true(json_object_get(first, "good")), "json has booleans");
	ok(json_is_null(json_object_get(second, "gib_per_s")),
	   "json has null for a missing cell");
	ok(!json_object_get(first, "shown") && json_object_size(first) == 6,
	   "json lacks the columns that are only for people");
	json_decref(list);
	free(text);
}

static void odd_values(void)
{
	struct table *t = table_new(columns, END);

	table_row(t);
	table_real(t, RATE, NAN, 2);
	table_row(t);
	table_real(t, RATE, INFINITY, 2);
	table_row(t);
	table_text(t, NAME, "old");
	table_text(t, NAME, "new");
	is(shown(t, TABLE_CSV),
	   "name,size_bytes,gib_per_s,good,hidden,nest\n"
	   ",,,,,\n,,,,,\nnew,,,,,\n",
	   "NaN is a missing cell; a cell may be set again");
	is(shown(one_text("a\xff"
			  "b"),
		 TABLE_JSON),
	   "[\n  {\n    \"name\": \"a\xef\xbf\xbd"
	   "b\"\n  }\n]\n",
	   "json is UTF-8 even if a file name is not");
}

static void nested(void)
{
	struct table *t = table_new(columns, END);
	struct table *inner = table_new(columns, 2);

	table_row(inner);
	table_text(inner, NAME, "read");
	table_int(inner, BYTES, 3);
	table_row(t);
	table_nest(t, NEST, inner);
	is(table_render(t, TABLE_CSV),
	   "name,size_bytes,gib_per_s,good,hidden,nest\n"
	   ",,,,,\"[{\"\"name\"\":\"\"read\"\",\"\"size_bytes\"\":3}]\"\n",
	   "csv has a list as JSON in one cell");
	is(shown(t, TABLE_JSON),
	   "[\n  {\n    \"name\": null,\n    \"size_bytes\": null,\n"
	   "    \"gib_per_s\": null,\n    \"good\": null,\n"
	   "    \"hidden\": null,\n    \"nest\": [\n      {\n"
	   "        \"name\": \"read\",\n        \"size_bytes\": 3\n"
	   "      }\n    ]\n  }\n]\n",
	   "json has a list as a list");
}

static void decimals(void)
{
	static const struct {
		double value;
		int decimals;
	} cases[] = { { 0, 3 },       { 1.5, 3 },   { 12.5, 2 },
		      { 1234.5, 0 },  { 99999, 0 }, { 0.1821, 4 },
		      { 0.00123, 6 }, { 1e-12, 9 }, { -12.5, 2 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(size_decimals(cases[i].value, 4) == cases[i].decimals,
		   "a value is shown with four digits: %g", cases[i].value);
}

static void broken_text(void)
{
	static const char *const broken[] = {
		"\x80",
		"\xc3",
		"\xc0\xaf",
		"\xed\xa0\x80",
		"\xe2\x82",
		"\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80",
		"\xff",
		"\xe2(\xa1",
	};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const char *at = broken[i];

		ok(utf8_next(&at) == -1 && at == broken[i] + 1,
		   "broken text %zu is noticed at its first byte", i);
	}
}

/* A row for a terminal that has so many columns. */
static void narrow(const char *terminal, const char *expected, const char *what)
{
	static const struct table_column some[] = {
		{ .heading = "where", .least = 12 },
		{ .heading = "fastest", .least = 9, .spare = 1 },
		{ .heading = "ratio", .right = true, .keep = true },
		{ .heading = "interval", .keep = true },
	};
	static const char *const texts[] = { "stream 64K, depth 1",
					     "shm semaphores", "2.11",
					     "1.89–2.40" };
	struct table *t = table_new(some, 4);

	setenv("COLUMNS", terminal, 1);
	table_row(t);
	for (int i = 0; i < 4; i++)
		table_text(t, i, texts[i]);
	is(shown(t, TABLE_HUMAN), expected, what);
	unsetenv("COLUMNS");
}

static void terminals(void)
{
	narrow("53",
	       "where                fastest         ratio  interval\n"
	       "stream 64K, depth 1  shm semaphores   2.11  1.89–2.40\n",
	       "a table that fits has all texts");
	narrow("50",
	       "where                fastest      ratio  interval\n"
	       "stream 64K, depth 1  shm semaph…   2.11  1.89–2.40\n",
	       "the last text that may be cut is cut first");
	narrow("42",
	       "where          fastest    ratio  interval\n"
	       "stream 64K, …  shm sema…   2.11  1.89–2.40\n",
	       "then the text before it is cut");
	narrow("38",
	       "where                ratio  interval\n"
	       "stream 64K, depth 1   2.11  1.89–2.40\n"
	       "columns left out at a width of 38:\n"
	       "fastest\n",
	       "then a column is left out, and no text is cut in vain");
	narrow("28",
	       "where       ratio  interval\n"
	       "stream       2.11  1.89–2.40\n"
	       "64K, depth\n"
	       "1\n"
	       "columns left out at a width\n"
	       "of 28: fastest\n",
	       "a column that is kept stays on every terminal, and texts "
	       "that do not fit go on in the next line");
}

/* Names that differ only at their end, for a terminal of so many columns. */
static void alike(const char *terminal, const char *expected, const char *what)
{
	static const struct table_column some[] = {
		{ .heading = "name", .least = 8 },
		{ .heading = "ratio", .right = true, .keep = true },
		{ .heading = "spare" },
	};
	struct table *t = table_new(some, 3);

	setenv("COLUMNS", terminal, 1);
	for (int i = 0; i < 2; i++) {
		table_row(t);
		table_text(t, 0, i ? "ring copies=2+0" : "ring copies=1+0");
		table_text(t, 1, "2.11");
		table_text(t, 2, "some words");
	}
	is(shown(t, TABLE_HUMAN), expected, what);
	unsetenv("COLUMNS");
}

static void names_alike(void)
{
	alike("32",
	      "name             ratio\n"
	      "ring copies=1+0   2.11\n"
	      "ring copies=2+0   2.11\n"
	      "columns left out at a width of\n"
	      "32: spare\n",
	      "names are not cut if they would be alike");
	alike("20",
	      "name           ratio\n"
	      "ring            2.11\n"
	      "copies=1+0\n"
	      "ring            2.11\n"
	      "copies=2+0\n"
	      "columns left out at\n"
	      "a width of 20:\n"
	      "spare\n",
	      "if nothing else helps, they go on in the next line");
}

int main(void)
{
	for_people();
	wide_letters();
	for_spreadsheets();
	for_programs();
	odd_values();
	nested();
	decimals();
	broken_text();
	terminals();
	names_alike();
	return done_testing();
}
