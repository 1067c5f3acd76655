/* The way of a byte as a picture. */
#include "text/way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "base/utf8.h"
#include "text/grid.h"

#define COLUMNS 79 /* a full row would wrap on some terminals */
/* the smallest width of a box: words fit between its arrows */
#define NARROW 15
#define MOST   8  /* largest number of boxes in one picture */
#define WIDE   24 /* the largest width of a box */
/* columns in which boxes above and below the line overlap: room for an arrow */
#define OVERLAP  6
#define GAP      2 /* columns between boxes that no arrow joins */
#define OVERHANG 3 /* columns by which an owner may be wider than its box */
#define BOX_ROWS 4
/*
 * For an arrow that goes below the line and up again: by how many columns each
 * end of the arrow lies inside the box that it joins.
 */
#define DIP_INSIDE 2

/* Rows of the picture. */
enum {
	ROW_OWNER,
	ROW_USER,                       /* boxes in user space */
	ROW_CALL = ROW_USER + BOX_ROWS, /* two rows for arrows and calls */
	ROW_LINE = ROW_CALL + 2,
	ROW_DIP, /* for arrows below the line from user space to user space */
	ROW_KERNEL = ROW_LINE + 2,
	ROW_END = ROW_KERNEL + BOX_ROWS,
};

/* One picture, which shows a part of the way. */
struct view {
	const struct way_box *boxes;
	const struct way_arrow *arrows;
	int n;        /* number of boxes */
	int copies;   /* copies that earlier pictures have numbered */
	int width;    /* the width of a box */
	int at[MOST]; /* the first column of each box */
	bool ascii;
};

const char *way_mark(int n, bool ascii, char *buf, size_t size)
{
	if (ascii || n < 1 || n > 20)
		snprintf(buf, size, "%d", n);
	else
		/* U+2460 is the digit 1 in a circle */
		snprintf(buf, size, "\xe2\x91%c", 0xa0 + n - 1);
	return buf;
}

/* --- where the boxes are -------------------------------------------------- */

static int label_width(const struct way_arrow *a)
{
	int call = (int)utf8_width(a->call);
	int least = (int)strlen(a->copies ? "1 COPY" : "no copy");

	return (call > least ? call : least) + 2;
}

/* True if a call of the kernel leads from user space to user space. */
static bool dips(const struct view *v, int i)
{
	return v->boxes[i].user && v->boxes[i + 1].user &&
	       !v->arrows[i].by_user;
}

static bool crosses(const struct view *v, int i)
{
	return v->boxes[i].user != v->boxes[i + 1].user;
}

/*
 * The gap between the two boxes of an arrow that dips. The ends of the arrow
 * lie under the boxes, and its words must fit between these ends.
 */
static int dip_gap(const struct way_arrow *a)
{
	int words = label_width(a) - 2 * DIP_INSIDE;

	return words > GAP ? words : GAP;
}

static int place_next(const struct view *v, int i)
{
	int before = v->at[i] + v->width;

	if (!crosses(v, i) && !dips(v, i))
		return before + label_width(&v->arrows[i]);
	if (dips(v, i))
		return before + dip_gap(&v->arrows[i]);
	/* box i - 1 may be on the side of box i + 1: leave a gap between */
	if (i > 0 && v->boxes[i - 1].user == v->boxes[i + 1].user &&
	    v->at[i - 1] + v->width + GAP > before - OVERLAP)
		return v->at[i - 1] + v->width + GAP;
	return before - OVERLAP;
}

/* Places all boxes with this width. Returns how many columns they need. */
static int place(struct view *v, int width)
{
	v->width = width;
	v->at[0] = 0;
	for (int i = 0; i + 1 < v->n; i++)
		v->at[i + 1] = place_next(v, i);
	return v->at[v->n - 1] + width;
}

/*
 * Takes as many of the next boxes as fit, and makes them as wide as possible.
 */
static void fit(struct view *v, size_t left)
{
	int width = WIDE;

	v->n = left < MOST ? (int)left : MOST;
	while (v->n > 2 && place(v, NARROW) > COLUMNS)
		v->n--;
	while (width > NARROW && place(v, width) > COLUMNS)
		width--;
	place(v, width);
}

/* --- what is drawn -------------------------------------------------------- */

static void way_box(struct grid *c, const struct view *v, int i)
{
	const struct way_box *b = &v->boxes[i];
	int row = b->user ? ROW_USER : ROW_KERNEL, inside = v->width - 2;

	grid_box(c, row, v->at[i], BOX_ROWS, v->width);
	grid_centred(c, row + 1, v->at[i] + 1, inside, b->name);
	grid_centred(c, row + 2, v->at[i] + 1, inside, b->detail);
	/* an owner may reach over the edges of its box */
	grid_centred(c, b->user ? ROW_OWNER : ROW_END, v->at[i] - OVERHANG,
		     v->width + 2 * OVERHANG, b->owner);
}

static void label(const struct view *v, int i, char *text, size_t size)
{
	const struct way_arrow *a = &v->arrows[i];
	int number = v->copies;
	char mark[16];

	for (int before = 0; before <= i; before++)
		number += v->arrows[before].copies > 0 &&
			  !v->arrows[before].unsaid;
	if (a->unsaid || a->copies < 0)
		snprintf(text, size, "?");
	else if (a->copies == 0)
		snprintf(text, size, "no copy");
	else
		snprintf(text, size, "%s COPY",
			 way_mark(number, v->ascii, mark, sizeof(mark)));
}

/* True if nothing is copied, but a reference passed: a broken line is drawn. */
static bool is_broken(const struct way_arrow *a)
{
	return a->copies == 0 && !a->unsaid;
}

/* Writes a text, and a blank before the next arrow if there is room for it. */
static void put_beside(struct grid *c, int row, int column, int room,
		       const char *text)
{
	bool tight = (int)utf8_width(text) == room + 1;

	grid_text(c, row, column + 2, room + tight, text);
}

/* An arrow straight through the line, where two boxes overlap. */
static void draw_crossing(struct grid *c, const struct view *v, int i)
{
	const struct way_arrow *a = &v->arrows[i];
	int column = (v->at[i + 1] + v->at[i] + v->width - 1) / 2;
	char text[32];
	int room = COLUMNS - column - 3;

	if (i + 2 < v->n)
		room = (v->at[i + 2] + v->at[i + 1] + v->width - 1) / 2 -
		       column - 3;
	label(v, i, text, sizeof(text));
	grid_down(c, column, ROW_CALL, ROW_KERNEL - 1,
		  is_broken(a) ? 0x2506 : 0x2502);
	grid_put(c, ROW_LINE, column, 0x256a);
	if (v->boxes[i + 1].user)
		grid_put(c, ROW_CALL, column, 0x25b2);
	else
		grid_put(c, ROW_KERNEL - 1, column, 0x25bc);
	put_beside(c, ROW_CALL, column, room, text);
	put_beside(c, ROW_CALL + 1, column, room, a->call);
}

static void draw_level(struct grid *c, const struct view *v, int i)
{
	const struct way_arrow *a = &v->arrows[i];
	int row = v->boxes[i].user ? ROW_USER : ROW_KERNEL;
	int from = v->at[i] + v->width, to = v->at[i + 1] - 1;
	char text[32];

	label(v, i, text, sizeof(text));
	grid_centred(c, row, from, to - from + 1, text);
	grid_centred(c, row + 1, from, to - from + 1, a->call);
	grid_across(c, row + 2, from, to, is_broken(a) ? 0x2504 : 0x2500);
	grid_put(c, row + 2, to, 0x25b6);
}

/* An arrow that goes down through the line, along below it, and up again. */
static void draw_dip(struct grid *c, const struct view *v, int i)
{
	const struct way_arrow *a = &v->arrows[i];
	int from = v->at[i] + v->width - 1 - DIP_INSIDE;
	int to = v->at[i + 1] + DIP_INSIDE;
	int32_t line = is_broken(a) ? 0x2506 : 0x2502;
	char text[32];

	label(v, i, text, sizeof(text));
	grid_down(c, from, ROW_CALL, ROW_DIP, line);
	grid_down(c, to, ROW_CALL, ROW_DIP, line);
	grid_put(c, ROW_LINE, from, 0x256a);
	grid_put(c, ROW_LINE, to, 0x256a);
	grid_across(c, ROW_DIP, from, to, is_broken(a) ? 0x2504 : 0x2500);
	grid_put(c, ROW_DIP, from, 0x2514);
	grid_put(c, ROW_DIP, to, 0x2518);
	grid_put(c, ROW_CALL, to, 0x25b2);
	grid_centred(c, ROW_CALL, from + 1, to - from - 1, text);
	grid_centred(c, ROW_CALL + 1, from + 1, to - from - 1, a->call);
}

/* Writes the words into the longest free part of the line. */
static void name_line(struct grid *c)
{
	static const char *const words[] = {
		" above: user space, below: the kernel ",
		" user space / kernel ",
		" kernel ",
	};
	int longest = 0, start = 0, length = 0;

	for (int column = 2; column < COLUMNS - 2; column++) {
		length = c->cell[ROW_LINE][column] == (c->ascii ? '=' : 0x2550)
				 ? length + 1
				 : 0;
		if (length <= longest)
			continue;
		longest = length;
		start = column - length + 1;
	}
	for (int i = 0; i < 3; i++) {
		if ((int)strlen(words[i]) + 2 > longest)
			continue;
		grid_centred(c, ROW_LINE, start, longest, words[i]);
		return;
	}
}

static bool any(const struct view *v, bool user)
{
	for (int i = 0; i < v->n; i++)
		if (v->boxes[i].user == user)
			return true;
	return false;
}

/* If a half of the picture has no box, a line of text says so. */
static void name_empty(struct grid *c, const struct view *v)
{
	if (!any(v, true))
		grid_centred(c, ROW_LINE - 1, 0, COLUMNS,
			     "no byte passes through user space");
	if (!any(v, false))
		grid_centred(c, ROW_LINE + 1, 0, COLUMNS,
			     "no call moves a byte: the pages are mapped");
}

static char *draw_view(const struct view *v)
{
	struct grid c;

	grid_clear(&c, v->ascii);
	grid_across(&c, ROW_LINE, 0, COLUMNS - 1, 0x2550);
	for (int i = 0; i + 1 < v->n; i++) {
		if (crosses(v, i))
			draw_crossing(&c, v, i);
		else if (dips(v, i))
			draw_dip(&c, v, i);
		else
			draw_level(&c, v, i);
	}
	for (int i = 0; i < v->n; i++)
		way_box(&c, v, i);
	name_line(&c);
	name_empty(&c, v);
	return grid_render(&c);
}

static void pass_on(struct view *v)
{
	for (int i = 0; i + 1 < v->n; i++)
		v->copies += v->arrows[i].copies > 0 && !v->arrows[i].unsaid;
	v->boxes += v->n - 1;
	v->arrows += v->n - 1;
}

char *way_picture(const struct way_box *boxes, size_t n,
		  const struct way_arrow *arrows, bool ascii)
{
	struct view v = { .boxes = boxes, .arrows = arrows, .ascii = ascii };
	size_t size, left = n;
	char *text = NULL, *part;
	FILE *to = open_memstream(&text, &size);
	bool whole = to != NULL;

	while (whole && left > 0) {
		fit(&v, left);
		part = draw_view(&v);
		whole = part != NULL;
		if (part)
			fprintf(to, "%s%s", left < n ? "\n" : "", part);
		free(part);
		left -= (size_t)(left == (size_t)v.n ? v.n : v.n - 1);
		pass_on(&v);
	}
	return memstream_end(to, &text, whole);
}
