/* A verdict for programs: verdict.json, as doc/RUN says. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "judge/words.h"

#define FORMAT 1

static json_t *number(double value)
{
	return isfinite(value) ? json_real(rep_round_off(value)) : json_null();
}

static json_t *condition_json(const struct run_condition *k)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:i}", "workload",
			 k->workload, "sink", k->sink, "cache", k->cache,
			 "size_bytes", (json_int_t)k->size_bytes, "depth",
			 k->depth, "wait", k->wait, "place", k->place, "pairs",
			 k->pairs);
}

/* Appends, and notes where memory ran out. */
static void append(json_t *list, json_t *item, bool *broken)
{
	if (json_array_append_new(list, item) < 0)
		*broken = true;
}

/* --- comparisons ---------------------------------------------------------- */

static json_t *comparison_json(const struct rep_verdict *v,
			       const struct rep_comparison *c)
{
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, "
			 "s:o, s:o, s:I, s:s}",
			 "family", rep_family_names[c->family], "condition",
			 condition_json(&v->condition[c->condition]), "a",
			 c->a->name, "b", c->b->name, "a_label", c->a->label,
			 "b_label", c->b->label, "ratio",
			 number(c->ratio.value), "low", number(c->ratio.low),
			 "high", number(c->ratio.high), "p", number(c->p),
			 "p_holm", number(c->p_holm), "cliff", number(c->cliff),
			 "generations", (json_int_t)c->generations, "outcome",
			 stats_verdict_names[c->outcome]);
}

static json_t *comparisons_json(const struct rep_verdict *v, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->comparisons; i++)
		append(list, comparison_json(v, &v->comparison[i]), broken);
	return list;
}

static json_t *claim_json(const struct rep_verdict *v)
{
	json_int_t outcome[4] = { 0 }, fates[REP_FATES] = { 0 };
	const struct rep_comparison *worst;
	enum rep_fate fate;

	for (size_t i = 0; i < v->comparisons; i++)
		if (v->comparison[i].family == REP_CLAIM)
			outcome[v->comparison[i].outcome]++;
	for (size_t k = 0; k < v->conditions; k++)
		if (rep_fate(v, k, &fate, &worst))
			fates[fate]++;
	return json_pack("{s:I, s:I, s:I, s:I, s:{s:I, s:I, s:I, s:I}}",
			 "holds", outcome[STATS_FASTER], "fails",
			 outcome[STATS_SLOWER], "ties",
			 outcome[STATS_EQUIVALENT], "undecided",
			 outcome[STATS_UNDECIDED], "conditions", "holds",
			 fates[REP_HOLDS], "fails", fates[REP_FAILS], "ties",
			 fates[REP_TIES], "undecided", fates[REP_OPEN]);
}

/* --- the map -------------------------------------------------------------- */

static json_t *label_or_null(const struct run_cell *c)
{
	return c ? json_string(c->label) : json_null();
}

static json_t *spot_json(const struct rep_verdict *v, const struct rep_spot *s,
			 bool *broken)
{
	json_t *best = json_array();
	bool both = s->ring && s->other;

	for (size_t i = 0; i < s->bests; i++)
		append(best, json_string(s->best[i]->label), broken);
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o}",
		"condition", condition_json(&v->condition[s->condition]),
		"best", best, "ratio", number(s->ratio.value), "low",
		number(s->ratio.low), "high", number(s->ratio.high), "ring",
		label_or_null(s->ring), "other", label_or_null(s->other),
		"outcome",
		both ? json_string(stats_verdict_names[s->outcome])
		     : json_null(),
		"measured", (json_int_t)s->measured, "starter",
		label_or_null(s->starter), "pays_from_bytes",
		number(s->pays_from_bytes));
}

static json_t *map_json(const struct rep_verdict *v, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->spots; i++)
		append(list, spot_json(v, &v->map[i], broken), broken);
	return list;
}

/* --- words ---------------------------------------------------------------- */

static json_t *facts_json(const struct run_cell *c)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "label",
			 c->label, "speed", number(c->speed.value),
			 "copies_predicted", number(c->copies_predicted),
			 "copies_counted", number(c->copies_counted),
			 "calls_per_message", number(c->calls_per_message),
			 "switches_per_message",
			 number(c->middle[RUN_SWITCHES]), "cpu_s_per_gib",
			 number(c->middle[RUN_CPU]), "faults_per_gib",
			 number(c->middle[RUN_FAULTS]));
}

static json_t *explanations_json(const struct rep_verdict *v, bool *broken)
{
	json_t *list = json_array();

	for (size_t k = 0; k < v->conditions; k++) {
		const struct rep_comparison *c;
		enum rep_fate fate;
		char *text;

		if (!rep_fate(v, k, &fate, &c))
			continue;
		text = rep_explain(v, c);
		append(list,
		       json_pack("{s:o, s:s, s:{s:o, s:o}}", "condition",
				 condition_json(&v->condition[k]), "text",
				 text ? text : "", "facts", "a",
				 facts_json(c->a), "b", facts_json(c->b)),
		       broken);
		*broken = *broken || !text;
		free(text);
	}
	return list;
}

static json_t *findings_json(const struct rep_verdict *v, bool *broken)
{
	struct rep_lines l = { 0 };
	json_t *list = json_array();

	rep_findings(v, &l);
	for (size_t i = 0; i < l.lines; i++)
		append(list, json_string(l.line[i]), broken);
	*broken = *broken || l.broken;
	rep_lines_free(&l);
	return list;
}

char *rep_verdict_json(const struct rep_verdict *v)
{
	char *sentence = rep_sentence(v), *text = NULL;
	bool broken = v->broken || !sentence;
	json_t *all = NULL;

	if (!broken)
		all = json_pack("{s:i, s:s, s:f, s:f, s:f, s:I, s:o, s:o, s:o, "
				"s:o, s:o}",
				"format", FORMAT, "sentence", sentence, "level",
				v->run->level, "alpha", v->run->alpha, "margin",
				v->run->margin, "seed",
				(json_int_t)v->run->seed, "claim",
				claim_json(v), "comparisons",
				comparisons_json(v, &broken), "map",
				map_json(v, &broken), "explanations",
				explanations_json(v, &broken), "findings",
				findings_json(v, &broken));
	if (all && !broken)
		text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	json_decref(all);
	free(sentence);
	return text;
}
