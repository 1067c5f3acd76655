/* Texts, lines and boxes of a figure, in pixels from its top left. */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "figure/figure.h"

/* --- how wide ------------------------------------------------------------- */

/*
 * The width in thousandths of the size, by kinds of letters. It is a little
 * more than in Inter, since another font may be used instead.
 */
static double letter_width(unsigned char c)
{
	if (c >= 0xe3) /* mostly letters of East Asia */
		return 1000;
	if (strchr("ijlI.,:;'|!()[]{}/ t`f\"", c))
		return 360;
	if (strchr("mwMW%@", c))
		return 920;
	if (c >= 'A' && c <= 'Z')
		return 720;
	return 610;
}

double figure_text_width(const char *text, double size, bool bold)
{
	double sum = 0;

	for (; *text; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			sum += letter_width((unsigned char)*text);
	return sum / 1000 * size * FIGURE_PX * (bold ? 1.06 : 1);
}

const char *figure_text_cut(char *buf, size_t size, const char *text,
			    double points, double width)
{
	size_t n;

	snprintf(buf, size, "%s", text);
	for (n = strlen(buf);
	     n > 0 && figure_text_width(buf, points, false) > width;) {
		do
			n--;
		while (n > 0 && ((unsigned char)buf[n] & 0xc0) == 0x80);
		while (n > 0 && buf[n - 1] == ' ')
			n--;
		snprintf(buf + n, size - n, "…");
	}
	return buf;
}

/* False before a unit, so that a number and its unit stay in one line. */
static bool may_break(const char *space)
{
	static const char *const units[] = { "%",  "KiB", "MiB", "GiB", "B)",
					     "ns", "µs",  "ms",  "s " };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strncmp(space + 1, units[i], strlen(units[i])))
			return false;
	return true;
}

/* Breaks the text at a space; a word that is too long stays whole. */
const char *figure_text_line(const char *text, double size, bool bold,
			     double width, char *line, size_t room)
{
	size_t best = 0, n = 0;

	for (;;) {
		n += strcspn(text + n, " ");
		if (text[n] && !may_break(text + n)) {
			n++;
			continue;
		}
		snprintf(line, n + 1 < room ? n + 1 : room, "%s", text);
		if (best && figure_text_width(line, size, bold) > width)
			break;
		best = n;
		if (!text[n])
			break;
		n++;
	}
	snprintf(line, best + 1 < room ? best + 1 : room, "%s", text);
	text += best;
	return text + strspn(text, " ");
}

/* --- what gnuplot takes --------------------------------------------------- */

/*
 * Within single quotes gnuplot runs no commands and knows no escapes, so only
 * the markup of enhanced text has to be escaped.
 */
static void put_quoted(FILE *to, const char *text, bool bold)
{
	const char *begin = text, *from = text;
	int32_t c;

	fputs(bold ? "'{/:Bold " : "'", to);
	for (; (c = utf8_next(&text)) != 0; from = text) {
		if (c == '\'')
			fputs("’", to);
		else if (c < ' ' || c == 127)
			fputc('?', to);
		else if (c == '>' && from - begin > 1 && from[-1] == ']' &&
			 from[-2] == ']') /* "]]>" ends a text in an SVG */
			fputs(" >", to);
		else if (c < 127 && strchr("_^{}@&~\\", c))
			fprintf(to, "\\%c", (int)c);
		else
			fwrite(from, 1, (size_t)(text - from), to);
	}
	fputs(bold ? "}'" : "'", to);
}

static const char *align_word(char align)
{
	return align == 'l' ? "left" : align == 'r' ? "right" : "center";
}

void figure_text(struct figure *f, double x, double y, struct figure_type type,
		 const char *fmt, ...)
{
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!*text)
		return;
	fputs("set label ", f->over);
	put_quoted(f->over, text, type.bold);
	fprintf(f->over, " at %.2f,%.2f %s font \",%g\" tc rgb 0x%06x\n", x, y,
		align_word(type.align), type.size, type.colour);
}

void figure_text_within(struct figure *f, double x, double y,
			struct figure_type type, double width, const char *text)
{
	char cut[400];

	figure_text(f, x, y, type, "%s",
		    figure_text_cut(cut, sizeof(cut), text, type.size, width));
}

void figure_line(struct figure *f, double x0, double y0, double x1, double y1,
		 struct figure_stroke s)
{
	fprintf(f->over,
		"set arrow from %.2f,%.2f to %.2f,%.2f nohead "
		"lw %g dt %d lc rgb 0x%06x\n",
		x0, y0, x1, y1, s.width, s.dash, s.colour);
}

void figure_box(struct figure *f, double x0, double y0, double x1, double y1,
		unsigned fill)
{
	fprintf(f->over,
		"set object rect from %.2f,%.2f to %.2f,%.2f behind "
		"fc rgb 0x%06x fs solid noborder\n",
		x0, y0, x1, y1, fill);
}

void figure_marker(struct figure *f, double x, double y, double size,
		   unsigned colour, int point)
{
	fprintf(f->over,
		"set label '' at %.2f,%.2f point pt %d ps %g "
		"lc rgb 0x%06x\n",
		x, y, point, size, colour);
}

double figure_key_box(struct figure *f, double x, double y, unsigned fill,
		      const char *words)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };

	figure_box(f, x, y, x + 11, y + 9, fill);
	figure_text(f, x + 15, y + 5, type, "%s", words);
	return x + figure_text_width(words, type.size, type.bold) + 30;
}

bool figure_key_full(const struct figure *f, double x, double left,
		     const char *words)
{
	return x > left &&
	       x + 15 + figure_text_width(words, 8.5, false) > f->width - 12;
}

double figure_left_out(struct figure *f, double x, double y, const char *what,
		       size_t n)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_MUTE };

	if (!n)
		return 0;
	figure_text(f, x, y, type, "%s without room here: %zu", what, n);
	snprintf(f->left_out, sizeof(f->left_out), "%s without room: %zu", what,
		 n);
	*f->left_out = (char)tolower((unsigned char)*f->left_out);
	return 14;
}

/* --- headline and what stands under it ------------------------------------ */

/* Writes a text, if `put`. Returns where it ends. */
static double put_lines(struct figure *f, const char *text,
			struct figure_type type, double y, bool put)
{
	double step = type.size * FIGURE_PX * 1.3;
	/* bold letters of some other fonts are wider than those of Inter */
	double width = (f->width - 20) * (type.bold ? 0.92 : 1);
	char line[700];

	while (*text) {
		text = figure_text_line(text, type.size, type.bold, width, line,
					sizeof(line));
		if (put)
			figure_text(f, 10, y + step / 2, type, "%s", line);
		y += step;
	}
	return y;
}

static double put_top(struct figure *f, bool put)
{
	struct figure_type head = { 'l', true, 12, FIGURE_INK };
	struct figure_type about = { 'l', false, 9, FIGURE_MUTE };
	double y = 8;

	if (!f->wish->untitled)
		y = put_lines(f, f->headline, head, y, put);
	return put_lines(f, f->about, about, y + 4, put) + 8;
}

double figure_top(struct figure *f)
{
	return put_top(f, true);
}

double figure_top_tall(struct figure *f)
{
	return put_top(f, false);
}

/* --- moving labels apart -------------------------------------------------- */

static int by_value(const void *a, const void *b, void *values)
{
	const double *y = values;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;

	if (y[i] != y[j])
		return y[i] < y[j] ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* Neighbours that touch become one block around their common middle. */
struct block {
	double sum; /* the sum of the starts that its members want for it */
	size_t n, first;
};

static double block_start(const struct block *b, double gap, double low,
			  double high)
{
	double start = b->sum / (double)b->n;
	double most = high - gap * (double)(b->n - 1);

	return fmax(low, fmin(start, most));
}

static size_t merge(struct block *b, size_t n, double gap, double low,
		    double high)
{
	while (n > 1) {
		struct block *a = &b[n - 2], *z = &b[n - 1];

		if (block_start(a, gap, low, high) + gap * (double)a->n <=
		    block_start(z, gap, low, high))
			break;
		a->sum += z->sum - (double)z->n * gap * (double)a->n;
		a->n += z->n;
		n--;
	}
	return n;
}

void figure_spread(double *y, size_t n, double gap, double low, double high)
{
	size_t *order = calloc(n + 1, sizeof(*order));
	struct block *b = calloc(n + 1, sizeof(*b));
	size_t blocks = 0;

	for (size_t i = 0; order && i < n; i++)
		order[i] = i;
	if (order)
		qsort_r(order, n, sizeof(*order), by_value, y);
	for (size_t i = 0; order && b && i < n; i++) {
		b[blocks++] = (struct block){ y[order[i]], 1, i };
		blocks = merge(b, blocks, gap, low, high);
	}
	for (size_t k = 0; k < blocks; k++)
		for (size_t i = 0; i < b[k].n; i++)
			y[order[b[k].first + i]] =
				block_start(&b[k], gap, low, high) +
				gap * (double)i;
	free(order);
	free(b);
}
