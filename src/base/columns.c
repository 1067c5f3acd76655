/* The width of the terminal, and text that is wrapped to fit it. */
#include "base/columns.h"

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
	return USUAL;
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

static void begin_line(FILE *to, size_t indent)
{
	fprintf(to, "\n%*s", (int)indent, "");
}

/*
 * Skips the blanks after a word. A newline in the text begins a new line of
 * output; *fresh tells whether that happened.
 */
static const char *past_blanks(FILE *to, const char *text, size_t *column,
			       size_t indent, bool *fresh)
{
	*fresh = false;
	for (; *text == ' ' || *text == '\n'; text++) {
		if (*text != '\n')
			continue;
		begin_line(to, indent);
		*column = indent;
		*fresh = true;
	}
	return text;
}

void columns_wrap(FILE *to, const char *text, size_t column, size_t indent)
{
	size_t most = line_width();
	bool fresh = true;

	while (*text) {
		size_t len = strcspn(text, " \n"), width;
		char word[200];

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		width = utf8_width(word);
		if (!fresh && column + 1 + width > most) {
			begin_line(to, indent);
			column = indent;
		} else if (!fresh) {
			fputc(' ', to);
			column++;
		}
		utf8_put_clean(to, word);
		column += width;
		text = past_blanks(to, text + len, &column, indent, &fresh);
	}
	fputc('\n', to);
}
