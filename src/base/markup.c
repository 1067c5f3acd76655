/* Writes text into HTML, SVG and XML. */
#include "base/markup.h"

#include <string.h>

#include "base/utf8.h"

static const char *entity(int32_t c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	default:
		return "&#39;";
	}
}

void markup_put(FILE *to, const char *text, const char *special)
{
	const char *from = text;
	int32_t c;

	for (; (c = utf8_next(&text)) != 0; from = text) {
		if (c > 0 && c < 127 && strchr(special, c))
			fputs(entity(c), to);
		else if ((c < ' ' && c != '\n' && c != '\t') || c == 127)
			fputc('?', to);
		else
			fwrite(from, 1, (size_t)(text - from), to);
	}
}

void html_put(FILE *to, const char *text)
{
	markup_put(to, text, MARKUP_IN_VALUES "'");
}

void html_put_in(FILE *to, const char *before, const char *text,
		 const char *after)
{
	fputs(before, to);
	html_put(to, text);
	fputs(after, to);
}

void html_fill(FILE *to, const char *text,
	       void (*slot)(void *arg, const char *name, size_t len), void *arg)
{
	const char *open, *close;

	while ((open = strstr(text, "{{")) && (close = strstr(open, "}}"))) {
		fwrite(text, 1, (size_t)(open - text), to);
		slot(arg, open + 2, (size_t)(close - open - 2));
		text = close + 2;
	}
	fputs(text, to);
}
