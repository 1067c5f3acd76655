/* The boxes of a story, the line of the kernel, and an arrow for each hop. */
#include <string.h>

#include "base/markup.h"
#include "teach/teach.h"

#define CELL   11
#define ROW    17
#define BOX    (STORY_BYTES * CELL + 20)
#define HEAD   32 /* room for two lines of text in a box */
#define COLUMN (BOX + 20)
#define WIDEST 1500
#define TOP    36 /* room above the highest box for the label of a loop */

struct spot {
	int x, y, h;
};

struct story_svg {
	FILE *to;
	const struct story *s;
	bool narrow;
	struct spot at[STORY_BOXES];
	int width, height;
	int line; /* where the kernel begins: y, or x if narrow */
};

int teach_number(const struct story *s, int hop)
{
	int number = 0;

	if (s->hop[hop].hop->copies <= 0 || !s->hop[hop].played)
		return 0;
	for (int i = 0; i <= hop; i++)
		number += s->hop[i].hop->copies > 0 && s->hop[i].played;
	return number;
}

/* --- the places of the boxes ---------------------------------------------- */

static int height_of(const struct story *s, int box)
{
	return HEAD + s->box[box].slots * ROW + 6;
}

static void place_down(struct story_svg *p)
{
	const struct story *s = p->s;
	int y = 44;

	for (int i = 0; i < s->shown; i++) {
		bool same = i > 0 && s->box[i - 1].user == s->box[i].user;

		y += i == 0 ? 0 : same ? 56 : 40;
		p->at[i] = (struct spot){ s->box[i].user ? 4 : 4 + COLUMN, y,
					  height_of(s, i) };
		y += p->at[i].h;
	}
	p->width = 8 + COLUMN + BOX;
	p->height = y + 12;
	p->line = 4 + BOX + 10;
}

static int tallest(const struct story *s, bool user)
{
	int h = 0;

	for (int i = 0; i < s->shown; i++)
		if (s->box[i].user == user && height_of(s, i) > h)
			h = height_of(s, i);
	return h;
}

static void place_along(struct story_svg *p)
{
	const struct story *s = p->s;
	int above = tallest(s, true), x = 8;

	p->line = TOP + above + 42;
	for (int i = 0; i < s->shown; i++) {
		bool user = s->box[i].user;
		int h = height_of(s, i);

		if (i > 0)
			x += s->box[i - 1].user == user ? BOX + 124 : 150;
		p->at[i] = (struct spot){
			x, user ? p->line - 42 - h : p->line + 42, h
		};
	}
	p->width = x + BOX + 8;
	p->height = p->line + 42 + tallest(s, false) + 10;
}

/* --- boxes ---------------------------------------------------------------- */

static void put_text(const struct story_svg *p, int x, int y, const char *class,
		     const char *text)
{
	fprintf(p->to, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
	html_put(p->to, text);
	fputs("</text>", p->to);
}

static void put_row(const struct story_svg *p, int box, int slot)
{
	const struct spot *at = &p->at[box];

	fprintf(p->to,
		"<g class=\"row\" data-box=\"%d\" data-slot=\"%d\" "
		"transform=\"translate(%d %d)\">",
		box, slot, at->x + 6, at->y + HEAD + slot * ROW);
	fprintf(p->to,
		"<rect class=\"slot\" x=\"-1\" y=\"-1\" width=\"%d\" "
		"height=\"16\"/>",
		STORY_BYTES * CELL + 2);
	for (int i = 0; i < STORY_BYTES; i++)
		fprintf(p->to,
			"<g class=\"cell c%d\"><rect x=\"%d\" width=\"10\" "
			"height=\"14\"/><text x=\"%d\" y=\"10.5\">%X</text>"
			"</g>",
			i, i * CELL, i * CELL + 5, (unsigned)i);
	fputs("</g>", p->to);
}

static void put_box(const struct story_svg *p, int box)
{
	const struct story_box *b = &p->s->box[box];
	const struct spot *at = &p->at[box];
	char owner[100];

	fprintf(p->to,
		"<g class=\"box %s\" data-box=\"%d\"><rect x=\"%d\" y=\"%d\" "
		"width=\"%d\" height=\"%d\" rx=\"4\"/>",
		b->user ? "user" : "kernel", box, at->x, at->y, BOX, at->h);
	snprintf(owner, sizeof(owner), "%s%.60s", b->mapped ? "mapped by " : "",
		 b->owner);
	if (*b->owner)
		put_text(p, at->x + 2, at->y - 5, "owner", owner);
	put_text(p, at->x + 6, at->y + 14, "name", b->name);
	put_text(p, at->x + 6, at->y + 27, "place", b->place);
	for (int i = 0; i < b->slots; i++)
		put_row(p, box, i);
	fputs("</g>\n", p->to);
}

/* --- arrows --------------------------------------------------------------- */

static void put_path(const struct story_svg *p, int hop, const char *d)
{
	const struct ledger_hop *h = p->s->hop[hop].hop;

	fprintf(p->to,
		"<path class=\"arrow%s\" d=\"%s\" marker-end=\"url(#tip)\"/>",
		h->copies > 0 ? "" : " none", d);
}

static void put_label(const struct story_svg *p, int hop, int x, int y,
		      bool left)
{
	const struct ledger_hop *h = p->s->hop[hop].hop;
	char text[80], mark[24];
	int number = teach_number(p->s, hop);

	if (number)
		snprintf(mark, sizeof(mark), "%d", number);
	snprintf(text, sizeof(text), "%s%s%s", number ? mark : "",
		 number ? " " : "",
		 h->copies > 1    ? "COPY, twice"
		 : h->copies == 1 ? "COPY"
		 : h->copies == 0 ? "no copy"
				  : "copies not known");
	put_text(p, x, y, left ? "says left" : "says", text);
	snprintf(text, sizeof(text), "%.40s", h->call);
	put_text(p, x, y + 13, left ? "call left" : "call", text);
}

static void arrow_down(const struct story_svg *p, int hop)
{
	const struct story_hop *h = &p->s->hop[hop];
	const struct spot *a = &p->at[h->from], *b = &p->at[h->to];
	bool user = p->s->box[h->from].user, same = a->x == b->x;
	int x = user ? a->x + 20 : a->x + BOX - 20, from = a->y + a->h;
	int to = b->y + b->h / 2, edge = user ? b->x - 2 : b->x + BOX + 2;
	char d[120];

	if (h->to != h->from + 1)
		snprintf(d, sizeof(d), "M%d %d C%d %d %d %d %d %d", a->x + 90,
			 from, p->line, from + 40, p->line, b->y - 40,
			 b->x + 90, b->y - 2);
	else if (same)
		snprintf(d, sizeof(d), "M%d %dV%d", x, from, b->y - 18);
	else
		snprintf(d, sizeof(d), "M%d %dV%dH%d", x, from, to, edge);
	put_path(p, hop, d);
	put_label(p, hop, user ? x + 8 : x - 8, from + 16, !user);
}

static void arrow_along(const struct story_svg *p, int hop)
{
	const struct story_hop *h = &p->s->hop[hop];
	const struct spot *a = &p->at[h->from], *b = &p->at[h->to];
	bool user = p->s->box[h->from].user,
	     same = user == p->s->box[h->to].user;
	bool dips = user && same && h->hop->by == LEDGER_BY_KERNEL;
	int ya = user ? a->y + a->h : a->y;
	int yb = p->s->box[h->to].user ? b->y + b->h : b->y;
	int x = b->x + (a->x + BOX - b->x) / 2, y = p->line - 24;
	char d[120];

	if (h->to != h->from + 1 || dips)
		snprintf(d, sizeof(d), "M%d %d C%d %d %d %d %d %d",
			 a->x + BOX - 30, ya, a->x + BOX - 20, p->line + 40,
			 b->x + 20, p->line + 40, b->x + 30, yb + 2);
	else if (same)
		snprintf(d, sizeof(d), "M%d %dH%d", a->x + BOX + 2,
			 a->y + a->h / 2, b->x - 4);
	else
		snprintf(d, sizeof(d), "M%d %dV%d", x, ya,
			 yb + (user ? -4 : 4));
	put_path(p, hop, d);
	if (same || h->to != h->from + 1) {
		x = a->x + BOX + 4;
		y = dips ? p->line + 42 : a->y + a->h / 2 - 20;
	}
	put_label(p, hop, x + 7, y, false);
}

/* An arrow for a copy within a box. */
static void arrow_loop(const struct story_svg *p, int hop)
{
	const struct spot *at = &p->at[p->s->hop[hop].from];
	int x = at->x + BOX, from = at->y + at->h - 8, to = at->y + 12;
	char d[120];

	snprintf(d, sizeof(d), "M%d %dC%d %d %d %d %d %d", x, from, x + 12,
		 from, x + 12, to, x + 1, to);
	put_path(p, hop, d);
	put_label(p, hop, x, at->y - 18, true);
}

/*
 * True if the hop gets no arrow: it has no step, or an earlier hop has an arrow
 * between the same boxes.
 */
static bool is_drawn(const struct story *s, int hop)
{
	for (int i = 0; i < hop; i++)
		if (s->hop[i].played && s->hop[i].from == s->hop[hop].from &&
		    s->hop[i].to == s->hop[hop].to)
			return true;
	return !s->hop[hop].played;
}

static void put_hops(const struct story_svg *p)
{
	for (int i = 0; i < p->s->hops; i++) {
		if (is_drawn(p->s, i))
			continue;
		fprintf(p->to,
			"<g class=\"hop\" data-from=\"%d\" "
			"data-to=\"%d\">",
			p->s->hop[i].from, p->s->hop[i].to);
		if (p->s->hop[i].from == p->s->hop[i].to)
			arrow_loop(p, i);
		else
			p->narrow ? arrow_down(p, i) : arrow_along(p, i);
		fputs("</g>\n", p->to);
	}
}

static void put_line(const struct story_svg *p)
{
	if (p->narrow)
		fprintf(p->to, "<path class=\"line\" d=\"M%d 4V%d\"/>", p->line,
			p->height);
	else
		fprintf(p->to, "<path class=\"line\" d=\"M0 %dH%d\"/>", p->line,
			p->width);
	put_text(p, p->narrow ? p->line - 6 : 4, p->narrow ? 14 : p->line - 6,
		 p->narrow ? "side left" : "side", "user space");
	put_text(p, p->narrow ? p->line + 6 : 4, p->narrow ? 14 : p->line + 14,
		 "side", "kernel");
}

bool teach_too_wide(const struct story *s)
{
	struct story_svg p = { .s = s };

	place_along(&p);
	return p.width > WIDEST;
}

void teach_svg(FILE *to, const struct story *s, bool narrow)
{
	struct story_svg p = { .to = to, .s = s, .narrow = narrow };

	narrow ? place_down(&p) : place_along(&p);
	fprintf(to,
		"<svg class=\"%s\" viewBox=\"0 0 %d %d\" "
		"style=\"--natural: %dpx\" role=\"img\" aria-label=\"",
		narrow ? "narrow" : "wide", p.width, p.height, p.width);
	fputs("The way of a byte: ", to);
	for (int i = 0; i < s->shown; i++) {
		char place[120];

		fputs(i ? ", then " : "", to);
		html_put(to, story_place(s, i, place, sizeof(place)));
	}
	fputs(". The table below says it in words.\">\n", to);
	put_line(&p);
	put_hops(&p);
	for (int i = 0; i < s->shown; i++)
		put_box(&p, i);
	fputs("</svg>\n", to);
}
