/*
 * Checks that doc/RUN describes every column of a run's files as
 * src/run/columns.c does. `tests/columns --update doc/RUN` rewrites these
 * descriptions in doc/RUN.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "run/run.h"
#include "tests/tap.h"

enum { INDENT = 4, ABOUT = 19, WIDTH = 80 };

/*
 * Writes words, wrapped, from column ABOUT on. The text of the current line
 * must already reach this column.
 */
static void put_about(FILE *to, const char *text)
{
	size_t at = ABOUT;

	while (*text) {
		size_t n = strcspn(text, " ");
		char *word = strndup(text, n);

		if (at > ABOUT && at + 1 + utf8_width(word) > WIDTH) {
			fprintf(to, "\n%*s", ABOUT, "");
			at = ABOUT;
		} else if (at > ABOUT) {
			putc(' ', to);
			at++;
		}
		fputs(word, to);
		at += utf8_width(word);
		text += n + strspn(text + n, " ");
		free(word);
	}
	putc('\n', to);
}

/* Writes the names of columns that share a description, and wraps them. */
static void put_names(FILE *to, const struct run_column *from, size_t n)
{
	size_t at = INDENT;

	fprintf(to, "%*s", INDENT, "");
	for (size_t i = 0; i < n; i++) {
		size_t wide = strlen(from[i].name);

		if (at > INDENT && at + 1 + wide > WIDTH) {
			fprintf(to, "\n%*s", INDENT, "");
			at = INDENT;
		}
		at += (size_t)fprintf(to, "%s%s", at > INDENT ? " " : "",
				      from[i].name);
	}
	if (at < ABOUT)
		fprintf(to, "%*s", (int)(ABOUT - at), "");
	else
		fprintf(to, "\n%*s", ABOUT, "");
}

static void put_columns(FILE *to, const struct run_file *f)
{
	size_t n = 0;

	for (const struct run_column *c = f->columns; c->name; c++) {
		n++;
		if (!*c->about)
			continue;
		put_names(to, c + 1 - n, n);
		put_about(to, c->about);
		n = 0;
	}
	putc('\n', to);
}

static char *columns_of(const struct run_file *f)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		abort();
	put_columns(to, f);
	if (fclose(to) != 0)
		abort();
	return text;
}

static char *read_file(const char *path)
{
	FILE *from = fopen(path, "re");
	char *text = calloc(1, 1 << 20);

	if (!from || !text || !fread(text, 1, (1 << 20) - 1, from)) {
		perror(path);
		exit(2);
	}
	fclose(from);
	return text;
}

/*
 * Finds the columns of a file in the document, with the empty line after them.
 */
static char *section(char *text, const struct run_file *f, char **end)
{
	char heading[80];
	char *at;

	snprintf(heading, sizeof(heading), "\n%s\n%.*s\n\n", f->name,
		 (int)strlen(f->name), "--------------------");
	at = strstr(text, heading);
	if (!at)
		return NULL;
	at += strlen(heading);
	*end = strstr(at, "\n\n");
	*end = *end ? *end + 2 : at + strlen(at);
	return at;
}

static const struct run_file *const files[] = { &run_file_samples,
						&run_file_summary,
						&run_file_copies };

static void update(const char *path)
{
	for (size_t i = 0; i < 3; i++) {
		char *text = read_file(path), *end = NULL;
		char *at = section(text, files[i], &end);
		char *columns = columns_of(files[i]);
		FILE *to = at ? fopen(path, "we") : NULL;

		if (!to) {
			perror(path);
			exit(2);
		}
		fprintf(to, "%.*s%s%s", (int)(at - text), text, columns, end);
		fclose(to);
		free(columns);
		free(text);
	}
}

static void check(const char *path, const struct run_file *f)
{
	char *text = read_file(path), *end = NULL;
	char *at = section(text, f, &end), *columns = columns_of(f);

	ok(at && strlen(columns) == (size_t)(end - at) &&
		   !strncmp(at, columns, strlen(columns)),
	   "doc/RUN has the columns of %s; else: make update-run", f->name);
	free(columns);
	free(text);
}

/* Checks that a row has the values that it was filled with, on one line. */
static void check_row(void)
{
	json_t *line =
		json_pack("{s:i, s:s, s:f, s:b}", "generations", 7, "reason",
			  "a, \"b\"\nc", "wall_ns", 1234.5, "bimodal", 1);
	struct run_cell c = { .name = "" };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	run_row_of_json(&run_file_summary, line, &c);
	run_row_put(to, &run_file_summary, &c);
	fclose(to);
	ok(strstr(text, ",\"a, \"\"b\"\" c\",,7,") != NULL,
	   "a text with a newline is quoted and stays on one line");
	ok(strstr(text, ",1234.5,") != NULL, "a time keeps its digits");
	ok(strstr(text, ",true,\n") != NULL,
	   "true is written, and a missing value is empty");
	json_decref(line);
	free(text);
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	if (argc == 3 && !strcmp(argv[1], "--update")) {
		update(argv[2]);
		return 0;
	}
	snprintf(path, sizeof(path), "%s/doc/RUN", top ? top : ".");
	for (size_t i = 0; i < 3; i++)
		check(path, files[i]);
	check_row();
	return done_testing();
}
