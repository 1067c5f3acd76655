/* The width of the terminal, and text that is wrapped to fit it. */
#include "base/columns.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

#define USUAL 80
#define LEAST 20

static long as_told(void)
{
	const char *told = getenv("COLUMNS");
	struct winsize ws;

	if (told && strtol(told, NULL, 10) > 0)
		return strtol(told, NULL, 10);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		return ws.ws_col;
	/* a file or a program can take lines of any width */
	return isatty(STDOUT_FILENO) ? USUAL : LONG_MAX;
}

size_t columns_here(void)
{
	long columns = as_told();

	return columns < LEAST ? LEAST : (size_t)columns;
}

/* The last column stays free: some terminals wrap once it is filled. */
static size_t line_width(void)
{
	size_t columns = columns_here();

	return (columns < USUAL ? columns : USUAL) - 1;
}

/* Begins a new line with `rest`. Returns the width of `rest`. */
static size_t begin_line(FILE *to, const char *rest)
{
	fprintf(to, "\n%s", rest);
	return utf8_width(rest);
}

/*
 * Skips the blanks after a word. A newline in the text begins a new line of
 * output; *fresh tells whether that happened.
 */
static const char *past_blanks(FILE *to, const char *text, size_t *column,
			       const char *rest, bool *fresh)
{
	*fresh = false;
	for (; *text == ' ' || *text == '\n'; text++) {
		if (*text != '\n')
			continue;
		*column = begin_line(to, rest);
		*fresh = true;
	}
	return text;
}

static void fold(FILE *to, const char *text, size_t column, const char *rest)
{
	size_t most = line_width();
	bool fresh = true;

	while (*text) {
		size_t len = strcspn(text, " \n"), width;
		char word[400];

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		width = utf8_width(word);
		if (!fresh && column + 1 + width > most) {
			column = begin_line(to, rest);
		} else if (!fresh) {
			fputc(' ', to);
			column++;
		}
		utf8_put_clean(to, word);
		column += width;
		text = past_blanks(to, text + len, &column, rest, &fresh);
	}
	fputc('\n', to);
}

void columns_wrap(FILE *to, const char *text, size_t column, size_t indent)
{
	char rest[USUAL + 1];

	snprintf(rest, sizeof(rest), "%*s", (int)indent, "");
	fold(to, text, column, rest);
}

void columns_fold(FILE *to, const char *first, const char *rest,
		  const char *text)
{
	fputs(first, to);
	fold(to, text, utf8_width(first), rest);
}
