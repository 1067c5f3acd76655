/* Makes text of unknown origin fit for a terminal and for JSON. */
#include "base/utf8.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/*
 * The length of a sequence, from its first byte, and the bits of the character
 * that this byte holds; 0 if no sequence begins with it.
 */
static int lead(unsigned char byte, int32_t *bits)
{
	static const struct {
		unsigned char mask, value;
	} kinds[] = {
		{ 0x80, 0x00 }, { 0xe0, 0xc0 }, { 0xf0, 0xe0 }, { 0xf8, 0xf0 }
	};

	for (int i = 0; i < 4; i++) {
		if ((byte & kinds[i].mask) != kinds[i].value)
			continue;
		*bits = byte & (unsigned char)~kinds[i].mask;
		return i + 1;
	}
	return 0;
}

/*
 * False for overlong forms, surrogates and characters beyond Unicode, which
 * count as broken.
 */
static bool is_legal(int32_t c, int len)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return c >= least[len] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

int32_t utf8_next(const char **text)
{
	const char *p = *text;
	int32_t c;
	int len;

	if (!*p)
		return 0;
	len = lead((unsigned char)*p, &c);
	for (int i = 1; i < len; i++) {
		/* a NUL fails this test, too, so nothing beyond it is read */
		if (((unsigned char)p[i] & 0xc0) != 0x80) {
			len = 0;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if (len == 0 || !is_legal(c, len)) {
		++*text;
		return -1;
	}
	*text += len;
	return c;
}

struct range {
	int32_t first, last;
};

static bool is_in(int32_t c, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return true;
	return false;
}

/*
 * wcwidth(3) cannot be used: in the C locale, in which cron jobs often run, it
 * knows only ASCII.
 */
int utf8_width_of(int32_t c)
{
	static const struct range none[] = {
		{ 0x300, 0x36f },   { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	};
	static const struct range two[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf },   { 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff },
		{ 0x20000, 0x3fffd },
	};

	if (is_in(c, none, sizeof(none) / sizeof(none[0])))
		return 0;
	return is_in(c, two, sizeof(two) / sizeof(two[0])) ? 2 : 1;
}

/*
 * True for broken bytes, control characters, separators of lines, and marks at
 * which a stretch of text in a given direction begins or ends.
 */
static bool is_unclean(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t utf8_width(const char *text)
{
	size_t width = 0;
	int32_t c;

	while ((c = utf8_next(&text)))
		width += is_unclean(c) ? 1 : (size_t)utf8_width_of(c);
	return width;
}

void utf8_put_clean(FILE *to, const char *text)
{
	const char *from = text;
	int32_t c;

	while ((c = utf8_next(&text))) {
		if (is_unclean(c))
			fputc('?', to);
		else
			fwrite(from, 1, (size_t)(text - from), to);
		from = text;
	}
}

const char *utf8_cut(const char *text, size_t columns, char *buf, size_t size)
{
	static const char end[] = "…";
	size_t fits = utf8_width(text) > columns ? columns - 1 : columns;
	size_t used = 0, len = 0;
	const char *at = text;

	while (*at) {
		const char *start = at;
		char letter[8] = "";

		utf8_next(&at);
		memcpy(letter, start, (size_t)(at - start));
		used += utf8_width(letter);
		if (used > fits || len + sizeof(letter) + sizeof(end) > size)
			break;
		memcpy(buf + len, start, (size_t)(at - start));
		len += (size_t)(at - start);
	}
	buf[len] = '\0';
	if (utf8_width(text) > utf8_width(buf))
		memcpy(buf + len, end, sizeof(end));
	return buf;
}

char *utf8_mend(const char *text)
{
	static const char instead[] = "\xef\xbf\xbd";
	/* a broken byte becomes three bytes */
	char *mended = malloc(3 * strlen(text) + 1), *to = mended;
	const char *from = text;
	int32_t c;

	if (!mended)
		return NULL;
	while ((c = utf8_next(&text))) {
		size_t len = c < 0 ? 3 : (size_t)(text - from);

		memcpy(to, c < 0 ? instead : from, len);
		to += len;
		from = text;
	}
	*to = '\0';
	return mended;
}

/*
 * newlocale would not change the locale of the process, but is not used: in a
 * static program it always gives the character set of the C locale.
 */
bool utf8_in_locale(void)
{
	bool found = setlocale(LC_CTYPE, "") &&
		     !strcmp(nl_langinfo(CODESET), "UTF-8");

	setlocale(LC_CTYPE, "C");
	return found;
}
