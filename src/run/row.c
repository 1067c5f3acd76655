/* Converts lines of a run's files into structs, and structs into such lines. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/columns.h"
#include "run/run.h"

char *run_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

/*
 * Numbers beyond these are refused: nobody measures them, and they spoil
 * figures.
 */
#define LARGEST  1e18
#define SMALLEST 1e-12
/* a double holds every integer up to this */
#define WHOLE_MOST   9007199254740992.0
#define ORDINAL_MOST 1e9
#define TIME_LEAST   1e-3

/* A double holds 15 decimal digits, and with 15 digits 0.1 stays "0.1". */
#define REAL_DIGITS 15

/* --- what a field may hold ------------------------------------------------ */

static bool is_within(double x, double least, double most)
{
	return x >= least && x <= most;
}

static bool is_whole(double x, double least, double most)
{
	return is_within(x, least, most) && x == floor(x);
}

static bool is_allowed(enum run_kind kind, double x)
{
	switch (kind) {
	case RUN_ORDINAL:
		return is_whole(x, 1, ORDINAL_MOST);
	case RUN_BYTES:
		return is_whole(x, 1, WHOLE_MOST);
	case RUN_TALLY:
	case RUN_COUNT:
		return is_whole(x, 0, WHOLE_MOST);
	case RUN_TIME:
		return x == 0 || is_within(x, TIME_LEAST, LARGEST);
	case RUN_RATE:
		return is_within(x, SMALLEST, LARGEST);
	case RUN_AMOUNT:
		return x == 0 || is_within(x, SMALLEST, LARGEST);
	default:
		return is_within(x, -LARGEST, LARGEST);
	}
}

static const char *const allowed[RUN_KINDS] = {
	[RUN_DEPTH] = "a whole number from 1, \"deep\", \"best\" or \"-\"",
	[RUN_ORDINAL] = "a whole number from 1 to 1000000000",
	[RUN_BYTES] = "a whole number from 1",
	[RUN_TALLY] = "a whole number from 0",
	[RUN_COUNT] = "a whole number from 0",
	[RUN_TIME] = "a time in nanoseconds, either 0 or at least 0.001",
	[RUN_RATE] = "a number above 0",
	[RUN_AMOUNT] = "a number from 0",
	[RUN_SIGNED] = "a number",
	[RUN_TRUTH] = "true or false",
};

/* NaN if the text is not a decimal number; strtod alone accepts "0x1". */
static double parse_number(const char *text)
{
	char *end;
	double x = strtod(text, &end);

	if (!*text || *end || text[strspn(text, "+-.0123456789eE")])
		return NAN;
	return x;
}

static bool is_depth(const char *text)
{
	return !*text || !strcmp(text, "-") || !strcmp(text, "deep") ||
	       !strcmp(text, "best") || !strcmp(text, "own") ||
	       is_allowed(RUN_ORDINAL, parse_number(text));
}

/* --- fields --------------------------------------------------------------- */

static void put_number(enum run_kind kind, void *field, double x)
{
	if (kind == RUN_ORDINAL)
		*(int *)field = isnan(x) ? 0 : (int)x;
	else if (kind == RUN_BYTES)
		*(uint64_t *)field = isnan(x) ? 0 : (uint64_t)x;
	else if (kind == RUN_TALLY)
		*(size_t *)field = isnan(x) ? 0 : (size_t)x;
	else
		*(double *)field = x;
}

static double number_in(enum run_kind kind, const void *field)
{
	if (kind == RUN_ORDINAL)
		return *(const int *)field;
	if (kind == RUN_BYTES)
		return (double)*(const uint64_t *)field;
	if (kind == RUN_TALLY)
		return (double)*(const size_t *)field;
	return *(const double *)field;
}

static bool is_text(enum run_kind kind)
{
	return kind == RUN_TEXT || kind == RUN_DEPTH;
}

/* False: the text is not allowed in this column. */
static bool take_field(const struct run_column *c, const char *text,
		       void *field)
{
	enum run_truth truth = RUN_UNSAID;
	double x = parse_number(text);

	if (is_text(c->kind)) {
		*(const char **)field = text;
		return c->kind == RUN_TEXT || is_depth(text);
	}
	if (c->kind == RUN_TRUTH) {
		if (!strcmp(text, "true"))
			truth = RUN_YES;
		else if (!strcmp(text, "false"))
			truth = RUN_NO;
		*(enum run_truth *)field = truth;
		return truth != RUN_UNSAID || !*text;
	}
	if (*text && !is_allowed(c->kind, x))
		return false;
	put_number(c->kind, field, x);
	return true;
}

/* --- reading -------------------------------------------------------------- */

static int find_columns(struct run_table *t, const char *dir, struct err *e)
{
	const struct run_column *c = t->file->columns;

	for (int i = 0; c[i].name; i++) {
		t->column[i] = csv_column(&t->csv, c[i].name);
		if (t->column[i] < 0 && c[i].need != RUN_MAY_LACK)
			return err_say(e, EINVAL, "%s/%s has no column %s", dir,
				       t->file->name, c[i].name);
	}
	return 0;
}

int run_table_read(struct run_table *t, const struct run_file *f,
		   const char *dir, struct err *e)
{
	char *path = run_path(dir, f->name);
	int rc = path ? csv_read(&t->csv, path, e)
		      : err_code(e, ENOMEM, "cannot read %s", dir);

	free(path);
	t->file = f;
	return rc < 0 || t->csv.columns == 0 ? rc : find_columns(t, dir, e);
}

void run_table_free(struct run_table *t)
{
	csv_free(&t->csv);
}

int run_row_read(const struct run_table *t, size_t row, void *to, struct err *e)
{
	const struct run_column *c = t->file->columns;

	for (int i = 0; c[i].name; i++) {
		const char *text = csv_at(&t->csv, row, t->column[i]);

		if (!take_field(&c[i], text, (char *)to + c[i].at))
			return err_say(e, EINVAL,
				       "%s, line %zu: the column %s has "
				       "'%.40s', which is not %s",
				       t->file->name, csv_line(&t->csv, row),
				       c[i].name, text, allowed[c[i].kind]);
		if (c[i].need == RUN_FILLED && !*text)
			return err_say(e, EINVAL,
				       "%s, line %zu: the column %s is empty",
				       t->file->name, csv_line(&t->csv, row),
				       c[i].name);
	}
	return 0;
}

static double number_at(enum run_kind kind, const json_t *from)
{
	double x = json_number_value(from);

	return json_is_number(from) && is_allowed(kind, x) ? x : NAN;
}

void run_row_of_json(const struct run_file *f, const json_t *object, void *row)
{
	for (const struct run_column *c = f->columns; c->name; c++) {
		const json_t *from = json_object_get(object, c->name);
		void *field = (char *)row + c->at;

		if (is_text(c->kind))
			*(const char **)field =
				json_is_string(from) ? json_string_value(from)
						     : "";
		else if (c->kind == RUN_TRUTH)
			*(enum run_truth *)field = json_is_true(from) ? RUN_YES
						   : json_is_false(from)
							   ? RUN_NO
							   : RUN_UNSAID;
		else
			put_number(c->kind, field, number_at(c->kind, from));
	}
}

/* --- writing -------------------------------------------------------------- */

static void write_number(FILE *to, const struct run_file *f, double x)
{
	char text[40];

	if (!isfinite(x))
		return;
	snprintf(text, sizeof(text), "%.*g", f->digits, x);
	fprintf(to, "%.*g", REAL_DIGITS, strtod(text, NULL));
}

static void write_field(FILE *to, const struct run_file *f,
			const struct run_column *c, const void *field)
{
	enum run_truth truth;

	switch (c->kind) {
	case RUN_TEXT:
	case RUN_DEPTH:
		if (**(const char *const *)field)
			csv_put(to, *(const char *const *)field, true);
		break;
	case RUN_TRUTH:
		truth = *(const enum run_truth *)field;
		if (truth != RUN_UNSAID)
			fputs(truth == RUN_YES ? "true" : "false", to);
		break;
	case RUN_ORDINAL:
	case RUN_BYTES:
		/* these numbers begin with 1, so 0 means an empty field */
		if (number_in(c->kind, field) > 0)
			fprintf(to, "%.0f", number_in(c->kind, field));
		break;
	case RUN_TALLY:
	case RUN_COUNT:
		if (isfinite(number_in(c->kind, field)))
			fprintf(to, "%.0f", number_in(c->kind, field));
		break;
	default:
		write_number(to, f, number_in(c->kind, field));
	}
}

void run_header_put(FILE *to, const struct run_file *f)
{
	for (const struct run_column *c = f->columns; c->name; c++)
		fprintf(to, "%s%s", c == f->columns ? "" : ",", c->name);
	putc('\n', to);
}

void run_row_put(FILE *to, const struct run_file *f, const void *row)
{
	for (const struct run_column *c = f->columns; c->name; c++) {
		if (c != f->columns)
			putc(',', to);
		write_field(to, f, c, (const char *)row + c->at);
	}
	putc('\n', to);
}
