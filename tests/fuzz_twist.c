/* Takes good tables and texts and spoils them as a script says. */
#include "fuzz_twist.h"

#include <stdlib.h>
#include <string.h>

#define LONG_TEXT 70000
#define ROWS_MOST 1000

/* Numbers, words of a run or a plan, and bytes that are no text. */
static const char *const texts[] = {
	"",
	"0",
	"-1",
	"1",
	"2",
	"nan",
	"-nan",
	"inf",
	"-inf",
	"1e308",
	"-1e308",
	"1e-308",
	"4.9e-324",
	"1e999",
	"0.0000001",
	"3",
	"127",
	"32768",
	"65536",
	"2147483647",
	"2147483648",
	"4294967296",
	"9007199254740993",
	"9223372036854775807",
	"9223372036854775808",
	"-9223372036854775808",
	"18446744073709551615",
	"18446744073709551616",
	"0x10",
	" 7",
	"7 ",
	"1,5",
	"true",
	"false",
	"null",
	"-",
	"ok",
	"failed",
	"skipped",
	"first",
	"warm",
	"timed",
	"stream",
	"file",
	"pingpong",
	"new",
	"over",
	"hot",
	"cold",
	"block",
	"batch",
	"spin",
	"spin-then-block",
	"deep",
	"core",
	"smt",
	"same",
	"free",
	"bytes_per_s",
	"trips_per_s",
	"memcpy",
	"pipe",
	"shm",
	"shm:sync=none",
	"shm:sync=futex,size=64K",
	"mq",
	"tcp",
	"splice",
	"null:",
	"64K",
	"4K,64K,1M",
	"16E",
	"5m",
	"0s",
	"9999999h",
	"3%",
	"0%",
	"100%",
	"1e-9%",
	"\"",
	"a\"b,c",
	"line\nbreak",
	"\r\n",
	TWIST_MARKUP "&amp;--></script><script>",
	"\033[31m\033]0;x\007",
	"@{/Bold x} _^ `date` $HOME \\n %s %n",
	"\xff\xfe\x80",
	"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	"../../x",
	"/",
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

const char *twist_odd_text(struct script *s)
{
	static char very_long[LONG_TEXT + 1];
	uint8_t which = script_u8(s);

	if (which < 254)
		return texts[which % TEXTS];
	memset(very_long, which == 254 ? '[' : '9', LONG_TEXT);
	return very_long;
}

/* --- tables --------------------------------------------------------------- */

static const char **cell(const struct twist_table *t, size_t row, size_t column)
{
	return &t->at[row * t->columns + column];
}

static bool make(struct twist_table *t, size_t rows, size_t columns)
{
	t->rows = rows;
	t->columns = columns;
	t->room = rows * 2 + 16;
	t->at = calloc(t->room * (columns + 2), sizeof(*t->at));
	return t->at;
}

bool twist_table_of(struct twist_table *t, const struct csv *from)
{
	if (!make(t, from->rows + 1, from->columns))
		return false;
	for (size_t row = 0; row < t->rows; row++)
		for (size_t i = 0; i < t->columns; i++)
			*cell(t, row, i) = csv_at(from, row - 1, (int)i);
	return true;
}

bool twist_table_copy(struct twist_table *t, const struct twist_table *from)
{
	if (!make(t, from->rows, from->columns))
		return false;
	memcpy(t->at, from->at, t->rows * t->columns * sizeof(*t->at));
	return true;
}

void twist_table_free(struct twist_table *t)
{
	free(t->at);
	t->at = NULL;
}

void twist_table_keep(struct twist_table *t,
		      bool (*wanted)(const struct twist_table *t, size_t row))
{
	size_t to = 1;

	for (size_t row = 1; row < t->rows; row++)
		if (wanted(t, row))
			memmove(cell(t, to++, 0), cell(t, row, 0),
				t->columns * sizeof(*t->at));
	t->rows = to;
}

const char *twist_table_at(const struct twist_table *t, size_t row,
			   const char *column)
{
	for (size_t i = 0; i < t->columns; i++)
		if (!strcmp(*cell(t, 0, i), column))
			return *cell(t, row, i);
	return "";
}

static void swap(const char **a, const char **b)
{
	const char *was = *a;

	*a = *b;
	*b = was;
}

static void swap_columns(struct twist_table *t, size_t a, size_t b,
			 size_t from_row)
{
	for (size_t row = from_row; row < t->rows; row++)
		swap(cell(t, row, a), cell(t, row, b));
}

static void drop_column(struct twist_table *t, size_t column)
{
	size_t to = 0;

	for (size_t i = 0; i < t->rows * t->columns; i++)
		if (i % t->columns != column)
			t->at[to++] = t->at[i];
	t->columns--;
}

static void drop_row(struct twist_table *t, size_t row)
{
	memmove(cell(t, row, 0), cell(t, row + 1, 0),
		(t->rows - row - 1) * t->columns * sizeof(*t->at));
	t->rows--;
}

static void repeat_row(struct twist_table *t, size_t row, size_t times)
{
	for (; times > 0 && t->rows < t->room && t->rows < ROWS_MOST; times--)
		memcpy(cell(t, t->rows++, 0), cell(t, row, 0),
		       t->columns * sizeof(*t->at));
}

static void fill_column(struct twist_table *t, size_t column, const char *text)
{
	for (size_t row = 1; row < t->rows; row++)
		*cell(t, row, column) = text;
}

/*
 * Changes fields of the table: puts other text into a field or a column, or
 * swaps fields or columns.
 */
static void twist_fields(struct twist_table *t, struct script *s, uint8_t how)
{
	size_t row = script_u(s, 2) % t->rows;
	size_t column = script_u8(s) % t->columns;
	size_t other = script_u8(s) % t->columns;

	switch (how % 6) {
	case 0:
		*cell(t, row, column) = twist_odd_text(s);
		break;
	case 1:
		fill_column(t, column, twist_odd_text(s));
		break;
	case 2:
		swap(cell(t, row, column), cell(t, row, other));
		break;
	case 3:
		swap(cell(t, row, column),
		     cell(t, script_u(s, 2) % t->rows, column));
		break;
	case 4:
		swap_columns(t, column, other, 1);
		break;
	default:
		for (size_t i = 1; i < t->rows; i += 1 + other)
			*cell(t, i, column) = twist_odd_text(s);
	}
}

static void twist_shape(struct twist_table *t, struct script *s, uint8_t how)
{
	size_t row = script_u(s, 2) % t->rows;
	size_t column = script_u8(s) % t->columns;

	switch (how % 6) {
	case 0: /* swap only two headings */
		swap(cell(t, 0, column), cell(t, 0, script_u8(s) % t->columns));
		break;
	case 1:
		if (t->columns > 1)
			drop_column(t, column);
		break;
	case 2:
		if (t->rows > 1)
			drop_row(t, row);
		break;
	case 3:
		repeat_row(t, row, script_u(s, 2));
		break;
	case 4:
		t->rows = row + 1;
		break;
	default:
		for (size_t i = 0; i < t->columns; i++)
			swap(cell(t, row, i),
			     cell(t, script_u(s, 2) % t->rows, i));
	}
}

void twist_table(struct twist_table *t, struct script *s)
{
	uint8_t how = script_u8(s);

	if (!t->rows || !t->columns)
		return;
	if (how & 0x80)
		twist_shape(t, s, how);
	else
		twist_fields(t, s, how);
}

char *twist_table_text(const struct twist_table *t, size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);

	for (size_t i = 0; to && i < t->rows * t->columns; i++) {
		csv_put(to, t->at[i], false);
		putc(i % t->columns + 1 == t->columns ? '\n' : ',', to);
	}
	return to && fclose(to) == 0 ? text : NULL;
}

/* --- any text ------------------------------------------------------------- */

static void insert(char **text, size_t *len, size_t at, const char *what)
{
	size_t n = strlen(what);
	char *more = realloc(*text, *len + n + 1);

	if (!more)
		return;
	memmove(more + at + n, more + at, *len - at);
	memcpy(more + at, what, n);
	*text = more;
	*len += n;
}

void twist_text(char **text, size_t *len, struct script *s)
{
	uint8_t how = script_u8(s);
	size_t at = script_u(s, 4) % (*len + 1);

	switch (how % 5) {
	case 0:
		*len = at;
		break;
	case 1:
		if (at < *len)
			(*text)[at] = (char)script_u8(s);
		break;
	case 2:
		insert(text, len, at, twist_odd_text(s));
		break;
	case 3: /* remove the beginning */
		memmove(*text, *text + at, *len - at);
		*len -= at;
		break;
	default:
		for (size_t i = at; i < *len && i < at + script_u8(s); i++)
			(*text)[i] = (char)script_u8(s);
	}
}
