/* Escapes text, files and pictures for a page, and notes a lack of memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "page/html_inside.h"

void html_no_memory(struct html *h)
{
	if (h->rc == 0)
		h->rc = err_code(h->e, ENOMEM, "cannot make the page");
}

/* --- files ---------------------------------------------------------------- */

/* Escapes few characters, so CSV hardly grows. base64 would add a third. */
static void put_letter(FILE *to, int c)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789"
				    " ,.;:|=/+-_*()!~$@?[]{}";

	if (c && strchr(plain, c))
		putc(c, to);
	else
		fprintf(to, "%%%02X", (unsigned)c);
}

void html_put_data(FILE *to, const char *text, const char *type)
{
	fprintf(to, "data:%s;charset=utf-8,", type);
	for (; *text; text++)
		put_letter(to, (unsigned char)*text);
}

bool html_put_file(FILE *to, const char *path, const char *type)
{
	FILE *from = fopen(path, "re");
	int c;

	if (!from)
		return false;
	fprintf(to, "data:%s;charset=utf-8,", type);
	while ((c = getc(from)) != EOF)
		put_letter(to, c);
	fclose(from);
	return true;
}

/* --- pictures ------------------------------------------------------------- */

/* The texts that come before an id in the output of gnuplot. */
static const char *const before_id[] = {
	" id='", " id=\"", "href='#", "href=\"#", "url(#",
};

/*
 * The length of a font attribute that begins here, or 0. The page leaves such
 * attributes out, since gnuplot writes very many and the page sets the font.
 */
static size_t font_at(const char *at)
{
	static const char mark[] = " font-family=\"";
	const char *end;

	if (strncmp(at, mark, sizeof(mark) - 1) != 0)
		return 0;
	end = strchr(at + sizeof(mark) - 1, '"');
	return end ? (size_t)(end + 1 - at) : 0;
}

static size_t put_one(FILE *to, const char *at, const char *prefix)
{
	if (font_at(at))
		return font_at(at);
	for (size_t i = 0; i < sizeof(before_id) / sizeof(*before_id); i++) {
		size_t n = strlen(before_id[i]);

		if (strncmp(at, before_id[i], n) != 0)
			continue;
		fwrite(at, 1, n, to);
		fputs(prefix, to);
		return n;
	}
	fputc(*at, to);
	return 1;
}

/* Skips the <svg> tag, the title and <desc>: the page has a tag of its own. */
static const char *past_head(const char *svg)
{
	const char *at = strstr(svg, "<svg");
	const char *title;

	at = at ? strchr(at, '>') : NULL;
	if (!at)
		return svg;
	title = strstr(at, "</desc>");
	return title ? title + strlen("</desc>") : at + 1;
}

static void put_view(FILE *to, const char *svg)
{
	const char *at = strstr(svg, "viewBox=\"");
	const char *end = at ? strchr(at + strlen("viewBox=\""), '"') : NULL;

	if (end)
		fwrite(at, 1, (size_t)(end - at) + 1, to);
}

void html_put_svg(FILE *to, const char *svg, const char *prefix,
		  const char *class, const char *says)
{
	const char *at = past_head(svg);

	fprintf(to, "<svg class=\"%s\" role=\"img\" aria-label=\"", class);
	html_put(to, says);
	fputs("\" xmlns=\"http://www.w3.org/2000/svg\" "
	      "xmlns:xlink=\"http://www.w3.org/1999/xlink\" ",
	      to);
	put_view(to, svg);
	fputc('>', to);
	while (*at)
		at += put_one(to, at, prefix);
}

/* --- verdict.json --------------------------------------------------------- */

void html_condition(const json_t *c, char *buf, size_t size)
{
	char depth[24];
	struct run_condition k = run_condition_of_json(c, depth);

	run_condition_words(&k, buf, size);
}
