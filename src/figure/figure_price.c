/*
 * The price of extra work: the time of a byte against the dose, which is how
 * often the work is done for each message. There is a panel for each mechanism
 * under each condition, and a line for each kind of work and side. The prices
 * are the verdict's.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/size.h"
#include "figure/figure.h"

/* Colours of work, dark enough for lines; the client's lines are dashed. */
static const struct {
	const char *words;
	unsigned colour;
	int point;
} kinds[DOSE_KINDS] = {
	[DOSE_COPIES] = { "copies by memcpy", 0x0072b2, 7 },
	[DOSE_KERNEL_COPIES] = { "copies by the kernel", 0xd55e00, 5 },
	[DOSE_CALLS] = { "system calls", 0x009e73, 9 },
	[DOSE_WAKES] = { "wake-ups", 0xcc79a7, 11 },
	[DOSE_PAGES] = { "pages", 0x8a6d00, 13 },
	[DOSE_FAR_COPIES] = { "copies outside the cache", 0x7a3b00, 4 },
	[DOSE_PASSES] = { "passages", 0x333333, 6 },
	[DOSE_CONTENTS] = { "contents", 0x5a7d2a, 8 },
	[DOSE_CROSSINGS] = { "copies to the other side", 0x6a51a3, 10 },
};

enum { SIDE = 12, GAP = 26, PANEL = 78, HEADING = 20, FOOT = 18, KEY = 16 };

struct doses {
	struct figure *f;
	const json_t *list; /* the prices */
	size_t n;
	int across;   /* panels side by side */
	double width; /* the width of a panel and its gap */
	size_t left;  /* panels that have no room */
	bool used[DOSE_KINDS];
};

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
	return !strcmp(json_text_in(a, key), json_text_in(b, key));
}

static size_t kind_of(const json_t *price)
{
	size_t k = 0;

	while (k < DOSE_KINDS &&
	       strcmp(dose_names[k], json_text_in(price, "work")) != 0)
		k++;
	return k;
}

/* The "value" of a price or of a point, or an end of its interval. */
static double ns_of(const json_t *line, const char *end)
{
	return json_number_in(json_object_get(line, "ns_per_byte"), end);
}

/* Like ns_of, but gives the value itself if the end is not known. */
static double ns_at(const json_t *point, const char *end)
{
	double x = ns_of(point, end);

	return isfinite(x) ? x : ns_of(point, "value");
}

/* --- one panel ------------------------------------------------------------ */

struct panel {
	size_t from, to; /* its prices have the numbers `from` to `to` - 1 */
	double x0, y0, x1, y1;
	double most_dose;
	double foot_ns, most_ns; /* ends of the scale; its foot is usually 0 */
};

static void find_doses_range(const struct doses *d, struct panel *p)
{
	double least = INFINITY;

	p->most_dose = 1;
	p->foot_ns = p->most_ns = 0;
	for (size_t i = p->from; i < p->to; i++) {
		const json_t *points =
			json_object_get(json_array_get(d->list, i), "points");

		for (size_t k = 0; k < json_array_size(points); k++) {
			const json_t *at = json_array_get(points, k);

			p->most_dose =
				fmax(p->most_dose, json_number_in(at, "dose"));
			p->most_ns = fmax(p->most_ns, ns_at(at, "high"));
			least = fmin(least, ns_at(at, "low"));
		}
	}
	/* on a scale from 0, a price far below the time would look flat */
	if (least > p->most_ns / 2 && least < p->most_ns)
		p->foot_ns = least - 0.2 * (p->most_ns - least);
	p->most_ns += 0.08 * (p->most_ns - p->foot_ns);
}

static double x_of(const struct panel *p, double dose)
{
	return p->x0 + dose / p->most_dose * (p->x1 - p->x0);
}

/* Values outside the scale lie on its end, so a line stays in its panel. */
static double y_of_ns(const struct panel *p, double ns)
{
	double share = (ns - p->foot_ns) / (p->most_ns - p->foot_ns);

	return p->y1 - fmax(0, fmin(1, share)) * (p->y1 - p->y0);
}

static void put_dose(struct figure *f, const struct panel *p,
		     const json_t *point, size_t kind)
{
	double x = x_of(p, json_number_in(point, "dose"));

	figure_line(f, x, y_of_ns(p, ns_at(point, "low")), x,
		    y_of_ns(p, ns_at(point, "high")),
		    (struct figure_stroke){ 1, kinds[kind].colour, 1 });
	figure_marker(f, x, y_of_ns(p, ns_at(point, "value")), 0.4,
		      kinds[kind].colour, kinds[kind].point);
}

/* The line has the price's slope, and goes through the time without a dose. */
static void put_price(struct doses *d, const struct panel *p,
		      const json_t *price)
{
	const json_t *points = json_object_get(price, "points");
	size_t n = json_array_size(points), kind = kind_of(price);
	double begin = ns_at(json_array_get(points, 0), "value");
	double slope = ns_of(price, "value");
	double most = json_number_in(json_array_get(points, n - 1), "dose");

	if (kind == DOSE_KINDS || !n || !isfinite(begin + slope + most))
		return;
	d->used[kind] = true;
	figure_line(d->f, x_of(p, 0), y_of_ns(p, begin), x_of(p, most),
		    y_of_ns(p, begin + slope * most),
		    (struct figure_stroke){
			    1.1, kinds[kind].colour,
			    !strcmp(json_text_in(price, "side"), "client")
				    ? 2
				    : 1 });
	for (size_t i = 0; i < n; i++)
		put_dose(d->f, p, json_array_get(points, i), kind);
}

/* Two slashes through the foot of a scale that does not begin at 0. */
static void put_break(struct figure *f, const struct panel *p)
{
	struct figure_stroke stroke = { 1, FIGURE_INK, 1 };

	if (p->foot_ns <= 0)
		return;
	figure_box(f, p->x0, p->y1 - 0.3, p->x1, p->y1 + 0.3, FIGURE_HAIR);
	for (int k = 0; k < 2; k++)
		figure_line(f, p->x0 - 5, p->y1 + 2 - 4 * k, p->x0 + 5,
			    p->y1 - 3 - 4 * k, stroke);
}

static void put_scale(struct figure *f, const struct panel *p)
{
	struct figure_type type = { 'r', false, 8, FIGURE_MUTE };
	double step = figure_step((p->most_ns - p->foot_ns) / 2.5);
	int decimals = (int)fmax(0, -floor(log10(step) + 1e-9));

	for (double k = ceil(p->foot_ns / step); k * step <= p->most_ns; k++) {
		double y = y_of_ns(p, k * step);

		figure_box(f, p->x0, y - 0.3, p->x1, y + 0.3, FIGURE_HAIR);
		figure_text(f, p->x0 - 4, y, type, "%.*f", decimals, k * step);
	}
	put_break(f, p);
	type.align = 'c';
	for (int k = 0; k <= 2; k++) {
		double dose = round(p->most_dose * k / 2);

		figure_text(f, x_of(p, dose), p->y1 + 9, type,
			    dose > 0 ? "+%.0f" : "%.0f", dose);
	}
}

static void put_doses(struct doses *d, struct panel *p)
{
	const json_t *first = json_array_get(d->list, p->from);
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };

	find_doses_range(d, p);
	figure_text_within(d->f, p->x0, p->y0 - 7, type, p->x1 - p->x0,
			   json_text_in(first, "label"));
	put_scale(d->f, p);
	for (size_t i = p->from; i < p->to; i++)
		put_price(d, p, json_array_get(d->list, i));
}

/* --- all of them ---------------------------------------------------------- */

static size_t panel_end(const struct doses *d, size_t from)
{
	size_t end = from;

	while (end < d->n && same_text(json_array_get(d->list, from),
				       json_array_get(d->list, end), "cell"))
		end++;
	return end;
}

static const json_t *condition_at(const struct doses *d, size_t at)
{
	return json_object_get(json_array_get(d->list, at), "condition");
}

static bool is_new_row(const struct doses *d, size_t at)
{
	return !at || !json_equal(condition_at(d, at), condition_at(d, at - 1));
}

/* The number of panels side by side: the longest row's, up to `most`. */
static int panels_across(const struct doses *d, int most)
{
	int across = 1, row = 0;

	for (size_t i = 0; i < d->n; i = panel_end(d, i)) {
		row = is_new_row(d, i) ? 1 : row + 1;
		across = row > across ? row : across;
	}
	return across < most ? across : most;
}

static struct panel panel_at(const struct doses *d, size_t from, int column,
			     double y)
{
	double x = SIDE + d->width * column;

	return (struct panel){ .from = from,
			       .to = panel_end(d, from),
			       .x0 = x + GAP,
			       .x1 = x + d->width - 8,
			       .y0 = y + 14,
			       .y1 = y + 14 + PANEL };
}

static double put_panels(struct doses *d, double y)
{
	double next = y, bottom = y; /* the end of the row, and of all rows */
	int column = 0;

	for (size_t i = 0; i < d->n; i = panel_end(d, i)) {
		bool heading = is_new_row(d, i);
		struct panel p;

		if (heading || column == d->across) {
			column = 0;
			y = next;
			next = y + (heading ? HEADING : 0) + 14 + PANEL + FOOT;
		}
		if (d->left || next > FIGURE_TALLEST - KEY) {
			d->left++;
			continue;
		}
		bottom = next;
		if (heading) {
			figure_json_heading(d->f, SIDE, y + HEADING / 2.0,
					    condition_at(d, i));
			y += HEADING;
		}
		p = panel_at(d, i, column++, y);
		put_doses(d, &p);
	}
	return bottom;
}

/*
 * Writes the key, if `put`, in as many lines as it needs. Returns the height of
 * these lines.
 */
static double put_doses_key(struct doses *d, double y, bool put)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };
	double x = SIDE, begin = y;

	for (size_t k = 0; k < DOSE_KINDS; k++) {
		if (!d->used[k])
			continue;
		if (figure_key_full(d->f, x, SIDE, kinds[k].words)) {
			x = SIDE;
			y += KEY;
		}
		if (put) {
			figure_marker(d->f, x + 5, y, 0.55, kinds[k].colour,
				      kinds[k].point);
			figure_text(d->f, x + 14, y, type, "%s",
				    kinds[k].words);
		}
		x += figure_text_width(kinds[k].words, 8.5, false) + 30;
	}
	return y + KEY - begin;
}

/* The height of a key for all kinds of work, even of panels without room. */
static double doses_key_tall(struct doses *d)
{
	double tall;

	for (size_t i = 0; i < d->n; i++) {
		size_t kind = kind_of(json_array_get(d->list, i));

		if (kind < DOSE_KINDS)
			d->used[kind] = true;
	}
	tall = put_doses_key(d, 0, false);
	memset(d->used, 0, sizeof(d->used));
	return tall;
}

/* --- words ---------------------------------------------------------------- */

static const json_t *price_of(const struct doses *d, const json_t *like,
			      enum dose_kind kind)
{
	for (size_t i = 0; i < d->n; i++) {
		const json_t *p = json_array_get(d->list, i);

		if (same_text(p, like, "cell") && same_text(p, like, "side") &&
		    kind_of(p) == kind)
			return p;
	}
	return NULL;
}

/* Unless the whole interval is above 0, says that no cost is shown. */
static const char *price_words(const json_t *price, char *buf, size_t size)
{
	double ns = ns_of(price, "value");

	if (ns_of(price, "low") > 0)
		snprintf(buf, size, "%.*f ns", size_decimals(ns, 2), ns);
	else
		snprintf(buf, size, "nothing that this run shows");
	return buf;
}

static const char *side_words(const json_t *price)
{
	const char *side = json_text_in(price, "side");

	if (!strcmp(side, "each"))
		return "each side";
	return !strcmp(side, "client") ? "the client" : "the server";
}

static void say_two(struct doses *d, const json_t *kernel, const json_t *user)
{
	char by_kernel[40], by_memcpy[40], depth[24], words[160];
	struct run_condition k = run_condition_of_json(
		json_object_get(kernel, "condition"), depth);

	price_words(kernel, by_kernel, sizeof(by_kernel));
	price_words(user, by_memcpy, sizeof(by_memcpy));
	snprintf(d->f->headline, sizeof(d->f->headline),
		 "One more copy of each message costs %s for a byte if the "
		 "kernel makes it, %s if memcpy does (on %s of %s: %s)",
		 by_kernel, by_memcpy, side_words(kernel),
		 json_text_in(kernel, "label"),
		 run_condition_words(&k, words, sizeof(words)));
}

/*
 * Says the largest price of a copy by the kernel that is shown to be above 0,
 * among the cells and sides that also have a price of a copy by memcpy.
 */
static void say_finding(struct doses *d)
{
	const json_t *kernel = NULL, *user = NULL;
	double most = -INFINITY;

	for (size_t i = 0; i < d->n; i++) {
		const json_t *p = json_array_get(d->list, i);
		const json_t *other = price_of(d, p, DOSE_COPIES);

		if (kind_of(p) != DOSE_KERNEL_COPIES || !other ||
		    !(ns_of(p, "low") > 0) || ns_of(p, "value") <= most)
			continue;
		most = ns_of(p, "value");
		kernel = p;
		user = other;
	}
	if (kernel)
		say_two(d, kernel, user);
	else
		snprintf(d->f->headline, sizeof(d->f->headline),
			 "The time of a byte against doses of extra work");
}

static void say_about(struct doses *d)
{
	snprintf(d->f->about, sizeof(d->f->about),
		 "ns for a byte against the dose: +4 is four pieces of work "
		 "more for each message, all else equal. Line: its slope, the "
		 "median of the generations, is the price; dashed if only the "
		 "client has the dose. Whisker: 95 %% interval. Scales differ "
		 "from panel to panel; a scale with slashes does not begin at "
		 "0.");
}

int figure_price(struct figure *f, struct err *e)
{
	const json_t *why = json_object_get(f->wish->run->verdict, "why");
	struct doses d = { .f = f, .list = json_object_get(why, "prices") };
	double top, y;

	d.n = json_array_size(d.list);
	if (!d.n)
		return err_say(e, ENODATA,
			       "the run has no doses of extra work; the plan "
			       "\"why\" measures them");
	d.across = panels_across(&d, f->wish->column ? 2 : 4);
	d.width = (f->width - 2 * SIDE) / d.across;
	say_finding(&d);
	say_about(&d);
	top = figure_top(f);
	y = put_panels(&d, top + doses_key_tall(&d));
	f->height = y + figure_left_out(f, SIDE, y + 6, "Panels", d.left) + 4;
	put_doses_key(&d, top + 4, true);
	return 0;
}
