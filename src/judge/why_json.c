/* Prices and what they account for, for programs: "why" of verdict.json. */
#include "judge/why.h"

#include <math.h>
#include <stdlib.h>

#include "judge/json.h"

static json_t *interval(struct stats_interval i)
{
	return json_pack("{s:o, s:o, s:o}", "value", rep_json_number(i.value),
			 "low", rep_json_number(i.low), "high",
			 rep_json_number(i.high));
}

/* --- prices --------------------------------------------------------------- */

static json_t *points_json(const struct why_price *p, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->points; i++)
		rep_json_append(list,
				json_pack("{s:i, s:s, s:o}", "dose",
					  p->point[i].dose, "cell",
					  p->point[i].cell->name, "ns_per_byte",
					  interval(p->point[i].ns)),
				broken);
	return list;
}

/* The price for one message; null if the price is given for a byte. */
static json_t *price_of_message(const struct why_price *p)
{
	return dose_is_by_byte(p->kind) ? json_null()
					: interval(why_price_of_message(p));
}

static json_t *price_json(const struct why *w, const struct why_price *p,
			  bool *broken)
{
	return json_pack(
		"{s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:s, s:I, s:o}",
		"cell", p->cell->name, "label", p->cell->label, "condition",
		run_condition_json(&w->v->condition[p->condition]), "work",
		dose_names[p->kind], "side", why_side_names[p->side],
		"ns_per_byte", interval(p->price), "ns_per_message",
		price_of_message(p), "bend", interval(p->bend), "line",
		why_line_names[p->line], "generations",
		(json_int_t)p->generations, "points", points_json(p, broken));
}

static json_t *prices_json(const struct why *w, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->prices; i++)
		rep_json_append(list, price_json(w, &w->price[i], broken),
				broken);
	return list;
}

/* --- what they account for ------------------------------------------------ */

static json_t *lead_json(const struct why *w, const struct why_lead *l)
{
	return json_pack(
		"{s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
		"condition", run_condition_json(&w->v->condition[l->condition]),
		"ring", l->ring->name, "ring_label", l->ring->label, "rival",
		l->rival->name, "rival_label", l->rival->label, "copies_saved",
		rep_json_number(l->saved), "ns_per_byte", interval(l->measured),
		"copies_ns_per_byte", interval(l->worth), "share",
		interval(l->share), "ratio", interval(l->ratio),
		"ratio_predicted", interval(l->predicted));
}

static json_t *leads_json(const struct why *w, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->leads; i++)
		rep_json_append(list, lead_json(w, &w->lead[i]), broken);
	return list;
}

static json_t *parts_of(const struct why *w, const struct run_cell *c,
			size_t condition)
{
	struct why_parts p = why_parts(w, c);

	return json_pack(
		"{s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:o, s:o}",
		"cell", c->name, "label", c->label, "condition",
		run_condition_json(&w->v->condition[condition]), "slower_side",
		why_slower_names[why_slower(w, c)], "side", why_by_names[p.by],
		"ns_per_byte", rep_json_number(p.ns), "ns_predicted",
		rep_json_number(p.predicted), "copies",
		rep_json_number(p.copies), "copy_ns", rep_json_number(p.copy),
		"calls_per_message", rep_json_number(p.calls), "call_ns",
		rep_json_number(p.call), "channel_ns",
		rep_json_number(p.channel), "memory_ns",
		rep_json_number(p.memory), "contents_ns",
		rep_json_number(p.contents), "switches_per_message",
		rep_json_number(p.switches), "switch_ns",
		rep_json_number(p.wake), "rest_ns", rep_json_number(p.rest));
}

static json_t *parts_json(const struct why *w, bool *broken)
{
	const struct run *r = w->v->run;
	json_t *list = json_array();

	for (size_t k = 0; k < w->v->conditions; k++)
		for (size_t i = 0; i < r->cells; i++)
			if (why_has_parts(w, r->cell[i], k))
				rep_json_append(list,
						parts_of(w, r->cell[i], k),
						broken);
	return list;
}

static void put_model_text(json_t *list, const struct why *w, bool *broken)
{
	char *text = why_model_sentence(w);

	if (text && *text)
		rep_json_append(list, json_string(text), broken);
	*broken = *broken || !text;
	free(text);
}

static json_t *texts_json(const struct why *w, bool *broken)
{
	json_t *list = json_array();

	for (size_t k = 0; k < w->v->conditions; k++) {
		char *text = why_sentence(w, k);

		if (text && *text)
			rep_json_append(list, json_string(text), broken);
		*broken = *broken || !text;
		free(text);
	}
	put_model_text(list, w, broken);
	return list;
}

static json_t *guess_json(const struct why_parts *g)
{
	return json_pack("{s:s, s:s, s:o, s:o}", "cell", g->cell->name, "label",
			 g->cell->label, "ns_per_byte", rep_json_number(g->ns),
			 "ns_predicted", rep_json_number(g->predicted));
}

static json_t *left_json(const struct why_parts *g)
{
	return json_pack("{s:s, s:s, s:s}", "cell", g->cell->name, "label",
			 g->cell->label, "reason", why_left_names[g->left]);
}

static json_t *model_json(const struct why *w, bool *broken)
{
	struct why_model m = why_model(w);
	json_t *list = json_array(), *left = json_array(), *model;

	for (size_t i = 0; i < m.n; i++)
		rep_json_append(list, guess_json(&m.guess[i]), broken);
	for (size_t i = m.n; i < m.all; i++)
		rep_json_append(left, left_json(&m.guess[i]), broken);
	model = json_pack("{s:o, s:o, s:o, s:o}", "r_squared",
			  rep_json_number(m.r_squared), "median_error",
			  rep_json_number(m.error), "cells", list, "left_out",
			  left);
	free(m.guess);
	return model;
}

json_t *why_json(const struct why *w, bool *broken)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "texts",
			 texts_json(w, broken), "prices",
			 prices_json(w, broken), "leads", leads_json(w, broken),
			 "parts", parts_json(w, broken), "model",
			 model_json(w, broken));
}
