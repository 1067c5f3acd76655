/*
 * The parts of the time of a byte, by prices and counts: bars for mechanisms
 * under each condition, and the rest, which these leave unexplained.
 */
#include <errno.h>
#include <math.h>

#include "base/json.h"
#include "figure/figure.h"

enum { COPIES, CALLS, CHANNEL, MEMORY, CONTENTS, SWITCHES, REST, PARTS };

static const struct {
	const char *words, *count, *price;
	unsigned fill;
} parts[PARTS] = {
	[COPIES] = { "copies", "copies", "copy_ns", 0x08406a },
	[CALLS] = { "system calls", "calls_per_message", "call_ns", 0x5fa8d3 },
	[CHANNEL] = { "the channel's own work", NULL, "channel_ns", 0xd9a441 },
	[MEMORY] = { "memory outside the cache", NULL, "memory_ns", 0x6b8e5a },
	[CONTENTS] = { "contents", NULL, "contents_ns", 0xb9c6a0 },
	[SWITCHES] = { "switches", "switches_per_message", "switch_ns",
		       0xcc79a7 },
	[REST] = { "the rest", NULL, "rest_ns", 0xe0e0e0 },
};

enum { LABELS = 112, WORDS = 60, ROW = 15, HEADING = 19, BAR = 8, KEY = 18 };

struct made {
	struct figure *f;
	const json_t *list;
	size_t n, left;
	struct figure_axis axis;
};

/* The time of a part, for one byte; 0 if it is not known. */
static double part_of(const json_t *cell, int part)
{
	double ns = json_number_in(cell, parts[part].price);

	if (parts[part].count)
		ns *= json_number_in(cell, parts[part].count);
	return isfinite(ns) ? ns : 0;
}

/* The cells whose parts are known: those with counts and all prices. */
static json_t *known_parts(const json_t *why)
{
	const json_t *all = json_object_get(why, "parts");
	json_t *known = json_array();

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *cell = json_array_get(all, i);

		if (isfinite(json_number_in(cell, "rest_ns")))
			json_array_append(known, cell);
	}
	return known;
}

static const json_t *condition_of(const struct made *m, size_t i)
{
	return json_object_get(json_array_get(m->list, i), "condition");
}

/* --- rows ----------------------------------------------------------------- */

/* Scales the axis for the rows of one condition, which begin at `from`. */
static void find_parts_axis(struct made *m, const json_t *condition,
			    size_t from)
{
	m->axis = (struct figure_axis){ .x0 = LABELS,
					.x1 = m->f->width - WORDS,
					.words = figure_ns_words };
	for (size_t i = from;
	     i < m->n && json_equal(condition_of(m, i), condition); i++) {
		const json_t *cell = json_array_get(m->list, i);
		double sum = 0;

		for (int p = 0; p < PARTS; p++)
			sum += fmax(0, part_of(cell, p));
		m->axis.high =
			fmax(m->axis.high,
			     fmax(sum, json_number_in(cell, "ns_per_byte")));
	}
	m->axis.high *= 1.02;
}

/* The parts may add up to more than the time, so a stroke marks the time. */
static void put_bar(struct made *m, const json_t *cell, double y)
{
	double from = 0,
	       whole = figure_at(&m->axis, json_number_in(cell, "ns_per_byte"));

	for (int p = 0; p < PARTS; p++) {
		double to = from + fmax(0, part_of(cell, p));

		figure_box(m->f, figure_at(&m->axis, from), y - BAR / 2.0,
			   figure_at(&m->axis, to), y + BAR / 2.0,
			   parts[p].fill);
		from = to;
	}
	figure_box(m->f, whole - 0.8, y - BAR / 2.0 - 2, whole + 0.8,
		   y + BAR / 2.0 + 2, FIGURE_INK);
}

static void put_row(struct made *m, const json_t *cell, double y)
{
	struct figure_type label = { 'r', false, 8.5, FIGURE_INK };
	struct figure_type value = { 'l', false, 8.5, FIGURE_INK };
	char text[40];

	figure_text_within(m->f, LABELS - 8, y, label, LABELS - 12,
			   json_text_in(cell, "label"));
	put_bar(m, cell, y);
	figure_text(m->f, m->axis.x1 + 8, y, value, "%s",
		    figure_ns_words(json_number_in(cell, "ns_per_byte"), text,
				    sizeof(text)));
}

static double put_rows(struct made *m, double y)
{
	for (size_t i = 0; i < m->n; i++) {
		const json_t *k = condition_of(m, i);

		if (y > FIGURE_TALLEST - HEADING - ROW) {
			m->left++;
			continue;
		}
		if (!i || !json_equal(k, condition_of(m, i - 1))) {
			figure_json_heading(m->f, 12, y + HEADING / 2.0, k);
			y += HEADING;
			find_parts_axis(m, k, i);
		}
		put_row(m, json_array_get(m->list, i), y + ROW / 2.0);
		y += ROW;
	}
	return y;
}

static double put_parts_key(struct made *m, double y)
{
	double x = 12;

	for (int p = 0; p < PARTS; p++) {
		bool used = false;

		for (size_t i = 0; i < m->n; i++)
			used |= part_of(json_array_get(m->list, i), p) > 0;
		if (!used)
			continue;
		if (figure_key_full(m->f, x, 12, parts[p].words)) {
			x = 12;
			y += KEY;
		}
		x = figure_key_box(m->f, x, y, parts[p].fill, parts[p].words);
	}
	return y + KEY;
}

/* --- words ---------------------------------------------------------------- */

/* Says which share of the time copies take, as the median of all cells. */
static void say_parts(struct made *m)
{
	double share[512], typical;
	size_t n = 0;

	for (size_t i = 0; i < m->n && n < 512; i++) {
		const json_t *cell = json_array_get(m->list, i);

		share[n] = part_of(cell, COPIES) /
			   json_number_in(cell, "ns_per_byte");
		n += isfinite(share[n]);
	}
	typical = stats_median(share, n);
	if (typical > 0)
		snprintf(
			m->f->headline, sizeof(m->f->headline),
			"Copies, at their price, take %.0f %% of the time of a "
			"byte, in the median of %zu cells",
			100 * typical, n);
	else
		snprintf(m->f->headline, sizeof(m->f->headline),
			 "This run does not show that copies, at their price, "
			 "take any of the time of a byte");
	snprintf(m->f->about, sizeof(m->f->about),
		 "ns for a byte: what was counted, times the price that a dose "
		 "of it has; on two CPUs the parts of the side that takes "
		 "longer. Stroke: the measured time; where the parts reach "
		 "beyond it, their sum is more than the measured time. Each "
		 "condition has a scale of its own.");
}

int figure_parts(struct figure *f, struct err *e)
{
	const json_t *why = json_object_get(f->wish->run->verdict, "why");
	json_t *list = known_parts(why);
	struct made m = { .f = f, .list = list, .n = json_array_size(list) };
	double y;
	int rc = 0;

	if (m.n) {
		say_parts(&m);
		y = put_rows(&m, put_parts_key(&m, figure_top(f)));
		f->height =
			y + figure_left_out(f, 12, y + 6, "Cells", m.left) + 8;
	} else {
		rc = err_say(e, ENODATA,
			     "the figure needs doses of extra work and counts "
			     "of copies; the plan \"why\" measures both");
	}
	json_decref(list);
	return rc;
}
