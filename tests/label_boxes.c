/*
 * Reads figures as `ipcopy plot --format gp` writes them. Prints each text that
 * overlaps another text, that a horizontal line crosses, or that reaches beyond
 * the figure. The exit status is 1 if there is such a text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

#define TEXTS_MAX 20000

struct text {
	double x0, y0, x1, y1;
	char what[200];
};

static struct text texts[TEXTS_MAX];

#define LINES_MAX 20000

struct line {
	double x0, x1, y;
};

static struct line lines[LINES_MAX];

/*
 * Reads "set arrow from X0,Y0 to X1,Y1 nohead …". False for other lines, and
 * for arrows that are not horizontal.
 */
static bool take_line(const char *text, struct line *l)
{
	double y0, y1, swap;

	if (sscanf(text, "set arrow from %lf,%lf to %lf,%lf", &l->x0, &y0,
		   &l->x1, &y1) != 4 ||
	    y0 != y1)
		return false;
	swap = l->x0;
	if (l->x1 < l->x0) {
		l->x0 = l->x1;
		l->x1 = swap;
	}
	l->y = y0;
	return true;
}

/*
 * Reads "set label 'TEXT' at X,Y ALIGN font ",SIZE" …" as figure_text.c writes
 * it.
 */
static bool take(const char *line, struct text *t)
{
	const char *from = strchr(line, '\''), *end = strrchr(line, '\'');
	double x, y, size, width, half;
	size_t n = 0;
	char align[16];
	bool bold;

	if (strncmp(line, "set label '", 11) != 0 || end == from + 1 ||
	    sscanf(end + 1, " at %lf,%lf %15s font \",%lf", &x, &y, align,
		   &size) != 4)
		return false;
	bold = !strncmp(from, "'{/:Bold ", 9);
	from += bold ? 9 : 1;
	end -= bold;
	for (; from < end && n + 1 < sizeof(t->what); from++)
		if (*from != '\\')
			t->what[n++] = *from;
	t->what[n] = '\0';
	/* figure_text_width overestimates the widths of letters in our font */
	width = figure_text_width(t->what, size, bold) * 0.9;
	half = size * FIGURE_PX * 0.42;
	t->x0 = *align == 'l' ? x : *align == 'r' ? x - width : x - width / 2;
	t->x1 = t->x0 + width;
	t->y0 = y - half;
	t->y1 = y + half;
	return true;
}

static bool overlap(const struct text *a, const struct text *b)
{
	return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

static bool strikes(const struct line *l, const struct text *t)
{
	return l->y > t->y0 && l->y < t->y1 && l->x0 < t->x1 && t->x0 < l->x1;
}

static int judge_lines(const char *file, size_t texts_n, size_t n)
{
	int bad = 0;

	for (size_t i = 0; i < texts_n; i++)
		for (size_t k = 0; k < n; k++) {
			if (!strikes(&lines[k], &texts[i]))
				continue;
			printf("%s: a line crosses '%s'\n", file,
			       texts[i].what);
			bad++;
		}
	return bad;
}

static int judge(const char *file, size_t n, double width, double height)
{
	int bad = 0;

	for (size_t i = 0; i < n; i++) {
		const struct text *a = &texts[i];

		if (a->x0 < 0 || a->y0 < 0 || a->x1 > width || a->y1 > height) {
			printf("%s: '%s' leaves the figure\n", file, a->what);
			bad++;
		}
		for (size_t k = i + 1; k < n; k++) {
			if (!overlap(a, &texts[k]))
				continue;
			printf("%s: '%s' and '%s' overlap\n", file, a->what,
			       texts[k].what);
			bad++;
		}
	}
	return bad;
}

static int look(const char *file)
{
	FILE *from = fopen(file, "re");
	double width = 0, height = 0;
	char line[4096];
	size_t n = 0, level = 0;

	if (!from) {
		perror(file);
		return 1;
	}
	while (fgets(line, sizeof(line), from)) {
		sscanf(line, "W = %lf", &width);
		sscanf(line, "H = %lf", &height);
		if (n < TEXTS_MAX && take(line, &texts[n]))
			n++;
		if (level < LINES_MAX && take_line(line, &lines[level]))
			level++;
	}
	fclose(from);
	if (n < 3 || width < 100 || height < 50) {
		printf("%s is not a figure\n", file);
		return 1;
	}
	return judge(file, n, width, height) + judge_lines(file, n, level);
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad += look(argv[i]);
	return bad > 0 || argc < 2;
}
