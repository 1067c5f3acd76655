/*
 * Rates: the prices of a run as the cost model takes them, for one message. A
 * run without doses may have those of another run in its file prices.json.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "judge/json.h"
#include "judge/why.h"

/* --- of the run's own doses ----------------------------------------------- */

static struct why_rate rate_of(const struct why_price *p)
{
	double n = (double)p->cell->at.size_bytes;

	return (struct why_rate){
		.label = p->cell->label,
		.size = n,
		.kind = p->kind,
		.side = p->side,
		.same = run_is_place(&p->cell->at, RUN_SAME),
		.ns = p->price.value * n,
		.width = (p->price.high - p->price.low) * n,
	};
}

static bool make_room(struct why *w, size_t n)
{
	w->rate = calloc(n + 1, sizeof(*w->rate));
	w->broken = w->broken || !w->rate;
	return w->rate != NULL;
}

/*
 * The cost of the switches that one more passage causes. If a passage saves
 * switches, it is below 0.
 */
static double cost_of_switches(const struct why *w, const struct why_price *p)
{
	const struct why_point *most = &p->point[p->points - 1];
	const struct run_cell *c = p->cell;
	double more =
		most->cell->middle[RUN_SWITCHES] - c->middle[RUN_SWITCHES];
	double call = why_rate(w, DOSE_CALLS, WHY_SERVER, c, NULL);
	double each = why_switch(w, run_is_place(&c->at, RUN_SAME)) +
		      why_calls_of_switch(c) * fmax(0, call);

	if (!isfinite(more))
		return 0;
	return more / most->dose * each * (why_takes_turns(c) ? 1 : 0.5);
}

/*
 * Takes the switches of a passage out of its rate. Another cell may need more
 * or fewer switches for each message, and the model adds those that it made.
 */
static void take_switches_out(struct why *w)
{
	size_t k = 0;

	for (size_t i = 0; i < w->prices; i++) {
		const struct why_price *p = &w->price[i];

		if (!isfinite(p->price.value))
			continue;
		if (p->kind == DOSE_PASSES)
			w->rate[k].ns -= cost_of_switches(w, p);
		k++;
	}
}

static void take_own(struct why *w)
{
	for (size_t i = 0; i < w->prices; i++)
		if (isfinite(w->price[i].price.value))
			w->rate[w->rates++] = rate_of(&w->price[i]);
	take_switches_out(w);
}

/* --- of another run ------------------------------------------------------- */

/* From this format on, the rates of passages are without switches. */
#define FORMAT 2

static bool read_rate(const json_t *from, struct why_rate *r)
{
	int kind = run_word(from, "work", dose_names, -1);
	int side = run_word(from, "side", why_side_names, -1);

	*r = (struct why_rate){
		.label = json_string_value(json_object_get(from, "label")),
		.size = json_number_value(json_object_get(from, "size_bytes")),
		.kind = (enum dose_kind)kind,
		.side = (enum why_side)side,
		.same = json_is_true(json_object_get(from, "same_cpu")),
		.ns = json_number_value(json_object_get(from, "ns")),
		.width = json_number_in(from, "width_ns"),
	};
	return kind >= 0 && side >= 0 && r->label && r->size > 0;
}

static void take_given(struct why *w)
{
	const json_t *list;
	bool old;
	struct err e = { 0 };

	if (run_read_json(w->v->run->dir, WHY_PRICES_FILE, &w->given, &e) < 0)
		return;
	old = json_integer_value(json_object_get(w->given, "format")) < FORMAT;
	list = json_object_get(w->given, "rates");
	if (!make_room(w, json_array_size(list)))
		return;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct why_rate *r = &w->rate[w->rates];

		if (read_rate(json_array_get(list, i), r) &&
		    !(old && r->kind == DOSE_PASSES))
			w->rates++;
	}
}

void why_find_rates(struct why *w)
{
	if (w->prices == 0)
		take_given(w);
	else if (make_room(w, w->prices))
		take_own(w);
}

/* --- for another run ------------------------------------------------------ */

static json_t *rate_json(const struct why_rate *r)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:b, s:o, s:o}", "work",
			 dose_names[r->kind], "side", why_side_names[r->side],
			 "label", r->label, "size_bytes",
			 json_integer((json_int_t)r->size), "same_cpu", r->same,
			 "ns", rep_json_number(r->ns), "width_ns",
			 rep_json_number(r->width));
}

char *why_rates_json(const struct why *w)
{
	json_t *list = json_array(), *all;
	bool broken = w->broken;
	char *text = NULL;

	for (size_t i = 0; i < w->rates; i++)
		rep_json_append(list, rate_json(&w->rate[i]), &broken);
	all = json_pack("{s:i, s:s, s:o}", "format", FORMAT, "from",
			w->v->run->dir, "rates", list);
	if (all && !broken)
		text = json_dumps(all, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	json_decref(all);
	return text;
}

/* --- one rate ------------------------------------------------------------- */

struct point {
	double size, ns;
};

/* The rates of one kind of work that why_rate() was asked for. */
struct fitting {
	enum dose_kind kind;
	enum why_side side;
	bool same;
	const char *label;
	struct point *point; /* by size */
	size_t n;
};

static bool fits(const struct why_rate *r, const struct fitting *f)
{
	return r->kind == f->kind && r->side == f->side && r->same == f->same &&
	       (!f->label || !strcmp(r->label, f->label));
}

static int by_size(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

/* Replaces all points of one size by one point, which has their median. */
static void unite(struct fitting *f, double *room)
{
	size_t n = 0, i, k;

	qsort(f->point, f->n, sizeof(*f->point), by_size);
	for (i = 0; i < f->n; i += k) {
		double size = f->point[i].size;

		for (k = 0; i + k < f->n && f->point[i + k].size == size; k++)
			room[k] = f->point[i + k].ns;
		f->point[n++] = (struct point){ size, stats_median(room, k) };
	}
	f->n = n;
}

/*
 * The value at `size` on the line through the two nearest points, and at least
 * 0. With one point only, it is that point's value, in proportion to the size
 * if the work grows with the size.
 */
static double on_line(const struct fitting *f, double size)
{
	const struct point *p = f->point;
	size_t i = 0;

	if (f->n == 0)
		return NAN;
	if (f->n == 1)
		return fmax(0, p[0].ns * (dose_is_by_byte(f->kind)
						  ? size / p[0].size
						  : 1));
	while (i + 2 < f->n && size > p[i + 1].size)
		i++;
	return fmax(0, p[i].ns + (p[i + 1].ns - p[i].ns) * (size - p[i].size) /
					 (p[i + 1].size - p[i].size));
}

/*
 * Work that does not depend on the size of the message has one cost for all
 * sizes: returns the rate with the narrowest interval.
 */
static double best_known(const struct why *w, const struct fitting *f)
{
	const struct why_rate *best = NULL;

	for (size_t i = 0; i < w->rates; i++) {
		const struct why_rate *r = &w->rate[i];

		if (fits(r, f) && r->width >= 0 &&
		    (!best || r->width < best->width))
			best = r;
	}
	return best ? fmax(0, best->ns) : NAN;
}

static double rate_by_size(const struct why *w, struct fitting *f, double size)
{
	double *room = malloc((w->rates + 1) * sizeof(*room)), ns = NAN;

	f->n = 0;
	f->point = malloc((w->rates + 1) * sizeof(*f->point));
	for (size_t i = 0; room && f->point && i < w->rates; i++)
		if (fits(&w->rate[i], f))
			f->point[f->n++] = (struct point){ w->rate[i].size,
							   w->rate[i].ns };
	if (room && f->point) {
		unite(f, room);
		ns = on_line(f, size);
	}
	free(room);
	free(f->point);
	return ns;
}

static bool is_fixed(enum dose_kind kind)
{
	return kind == DOSE_CALLS || kind == DOSE_WAKES || kind == DOSE_PAGES;
}

/*
 * Tries the rates for one CPU or for two CPUs, as `f` asks, and then those of
 * the other kind.
 */
static double find_rate(const struct why *w, struct fitting f, double size)
{
	double ns = NAN;

	for (int i = 0; i < 2 && isnan(ns); i++, f.same = !f.same)
		ns = is_fixed(f.kind) ? best_known(w, &f)
				      : rate_by_size(w, &f, size);
	return ns;
}

double why_rate(const struct why *w, enum dose_kind kind, enum why_side side,
		const struct run_cell *at, const char *label)
{
	struct fitting f = { .kind = kind,
			     .side = side,
			     .same = run_is_place(&at->at, RUN_SAME),
			     .label = label };

	return find_rate(w, f, (double)at->at.size_bytes);
}

double why_switch(const struct why *w, bool same)
{
	struct fitting f = { .side = WHY_SERVER, .same = same };
	double call;

	f.kind = DOSE_CALLS;
	call = find_rate(w, f, 0);
	f.kind = DOSE_WAKES;
	/* fmax passes over NaN */
	return fmax(0, find_rate(w, f, 0) / 2 - 2 * fmax(0, call));
}
