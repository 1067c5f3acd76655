/* A mechanism's colour, marker and dash, which are the same in every figure. */
#include "figure/style.h"

#include <string.h>

enum hue { BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE, HUES };

/* A family has one hue: rings are blue, mechanisms that move pages orange … */
static const struct {
	unsigned colour, text, tint;
} hues[HUES] = {
	[BLACK] = { 0x000000, 0x222222, 0xd6d6d6 },
	[ORANGE] = { 0xe69f00, 0x8f6200, 0xfae3b0 },
	[SKY] = { 0x56b4e9, 0x22749f, 0xd2eafa },
	[GREEN] = { 0x009e73, 0x00775a, 0xb5e3d5 },
	[YELLOW] = { 0xc9bb1c, 0x756b00, 0xf6f1ac },
	[BLUE] = { 0x0072b2, 0x005a8e, 0xa9d0ea },
	[VERMILION] = { 0xd55e00, 0xb04d00, 0xf8ccae },
	[PURPLE] = { 0xcc79a7, 0x9c4474, 0xf2d7e5 },
};

/* gnuplot's filled and hollow markers */
enum {
	PLUS = 1,
	CROSS,
	BOX = 4,
	SQUARE,
	RING,
	DOT,
	HOLLOW_UP,
	UP,
	HOLLOW_DOWN,
	DOWN,
	HOLLOW_DIAMOND,
	DIAMOND,
	HOLLOW_FIVE,
	FIVE
};

struct mark {
	int point, dash;
};

/*
 * The n-th mechanism of a family has the n-th mark. If a family has more
 * mechanisms than marks, each of the others gets a mark by the hash of its
 * label.
 */
static const struct {
	enum hue hue;
	int marks;
	struct mark mark[4];
} families[] = {
	[TR_FAMILY_CONTROL] = { BLACK,
				4,
				{ { CROSS, 3 },
				  { HOLLOW_UP, 3 },
				  { HOLLOW_DOWN, 3 },
				  { RING, 3 } } },
	[TR_FAMILY_PIPE] = { BLACK, 2, { { SQUARE, 1 }, { BOX, 2 } } },
	[TR_FAMILY_QUEUE] = { PURPLE,
			      2,
			      { { DIAMOND, 1 }, { HOLLOW_DIAMOND, 2 } } },
	[TR_FAMILY_UNIX] = { GREEN,
			     3,
			     { { UP, 1 },
			       { HOLLOW_UP, 2 },
			       { HOLLOW_DOWN, 3 } } },
	[TR_FAMILY_TCP] = { VERMILION,
			    3,
			    { { DOWN, 1 },
			      { HOLLOW_DOWN, 2 },
			      { HOLLOW_UP, 3 } } },
	[TR_FAMILY_CALL] = { SKY, 2, { { FIVE, 1 }, { HOLLOW_FIVE, 2 } } },
	[TR_FAMILY_PAGES] = { ORANGE,
			      3,
			      { { SQUARE, 3 }, { DOT, 1 }, { RING, 2 } } },
	[TR_FAMILY_FILE] = { YELLOW,
			     4,
			     { { SQUARE, 1 },
			       { UP, 2 },
			       { DOT, 3 },
			       { DIAMOND, 4 } } },
	[TR_FAMILY_RING] = { BLUE, 1, { { DOT, 1 } } },
};

/* A ring's mark depends on its sync. */
static const struct {
	const char *sync;
	struct mark mark;
} rings[] = {
	{ "sem", { DOT, 1 } },
	{ "spin", { RING, 2 } },
	{ "futex", { UP, 3 } },
	{ "mutex", { SQUARE, 4 } },
	{ "eventfd", { DIAMOND, 5 } },
	{ "named-sem", { BOX, 2 } },
	{ "sysv-sem", { HOLLOW_UP, 3 } },
};

static const struct mark *mark_of(const struct run_cell *c)
{
	size_t len = strlen(c->mechanism);

	if (strncmp(c->label, c->mechanism, len) != 0)
		return NULL;
	if (!c->label[len])
		return c->is.nth < families[c->is.family].marks
			       ? &families[c->is.family].mark[c->is.nth]
			       : NULL;
	if (c->is.family != TR_FAMILY_RING)
		return NULL;
	for (size_t i = 0; i < sizeof(rings) / sizeof(*rings); i++)
		if (!strcmp(rings[i].sync, c->label + len + 1))
			return &rings[i].mark;
	return NULL;
}

/* FNV-1a; any hash that is the same on all machines would do. */
static unsigned hash(const char *text)
{
	unsigned h = 2166136261U;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619U;
	return h ^ h >> 15;
}

struct figure_style figure_style_of(const struct run_cell *c)
{
	const struct mark *mark = mark_of(c);
	unsigned h = hash(c->label);
	enum hue hue = c->is.family ? families[c->is.family].hue
				    : (enum hue)(hash(c->mechanism) % HUES);

	return (struct figure_style){
		.colour = hues[hue].colour,
		.text = hues[hue].text,
		.tint = hues[hue].tint,
		.point = mark ? mark->point : (int)(BOX + h % (FIVE - BOX + 1)),
		.dash = mark ? mark->dash : (int)(1 + h / 16 % 5),
	};
}
