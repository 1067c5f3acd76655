/* A verdict for programs: verdict.json, as described in doc/RUN. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/json.h"
#include "judge/why.h"
#include "judge/words.h"

#define FORMAT 1

/* --- comparisons ---------------------------------------------------------- */

static json_t *comparison_json(const struct rep_verdict *v,
			       const struct rep_comparison *c)
{
	return json_pack(
		"{s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:I, s:s}",
		"family", rep_family_names[c->family], "condition",
		run_condition_json(&v->condition[c->condition]), "a",
		c->a->name, "b", c->b->name, "a_label", c->a->label, "b_label",
		c->b->label, "ratio", rep_json_number(c->ratio.value), "low",
		rep_json_number(c->ratio.low), "high",
		rep_json_number(c->ratio.high), "p", rep_json_number(c->p),
		"p_holm", rep_json_number(c->p_holm), "cliff",
		rep_json_number(c->cliff), "log_error",
		rep_json_number(c->log_error), "generations",
		(json_int_t)c->generations, "outcome",
		stats_verdict_names[c->outcome]);
}

static json_t *comparisons_json(const struct rep_verdict *v, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->comparisons; i++)
		rep_json_append(list, comparison_json(v, &v->comparison[i]),
				broken);
	return list;
}

/* Counts the fates of the claim, by comparison and by condition. */
static json_t *claim_fates_json(const struct rep_verdict *v)
{
	size_t n[REP_FATES] = { 0 };
	struct rep_tally t;
	json_t *all;

	for (size_t i = 0; i < v->comparisons; i++)
		if (v->comparison[i].family == REP_CLAIM)
			n[rep_fate_of[v->comparison[i].outcome]]++;
	rep_tally_claim(v, &t);
	all = rep_fates_json(n);
	json_object_set_new(all, "conditions", rep_fates_json(t.fate));
	return all;
}

static json_t *ring_json(const struct rep_verdict *v)
{
	struct rep_tally t;

	rep_tally_ring(v, &t);
	return json_pack("{s:o}", "conditions", rep_fates_json(t.fate));
}

/* --- the map -------------------------------------------------------------- */

static json_t *label_or_null(const struct run_cell *c)
{
	return c ? json_string(c->label) : json_null();
}

static json_t *rank_json(const struct rep_rank *r)
{
	const struct run_cell *c = r->cell;
	char via[200];

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:o, s:o, s:s}",
			 "cell", c->name, "label", c->label, "via",
			 rep_via(c, via, sizeof(via)), "speed",
			 rep_json_number(c->speed.value), "speed_low",
			 rep_json_number(c->speed.low), "speed_high",
			 rep_json_number(c->speed.high), "p50_ns",
			 rep_json_number(c->middle[RUN_P50]), "p99_ns",
			 rep_json_number(c->middle[RUN_P99]), "cpu_s_per_gib",
			 rep_json_number(c->middle[RUN_CPU]), "startup_ns",
			 rep_json_number(c->startup.value), "ratio",
			 rep_json_number(r->ratio.value), "low",
			 rep_json_number(r->ratio.low), "high",
			 rep_json_number(r->ratio.high), "outcome",
			 stats_verdict_names[r->outcome]);
}

static json_t *ranks_json(const struct rep_spot *s, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->measured; i++)
		rep_json_append(list, rank_json(&s->rank[i]), broken);
	return list;
}

/*
 * The labels of the mechanisms against which the fastest one has this outcome.
 * The list begins at rank `from`: from 0, the fastest itself is in the list;
 * from 1, it is not.
 */
static json_t *labels_json(const struct rep_spot *s, enum stats_verdict outcome,
			   size_t from, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = from; i < s->measured; i++)
		if (s->rank[i].outcome == outcome)
			rep_json_append(list,
					json_string(s->rank[i].cell->label),
					broken);
	return list;
}

static json_t *command_json(const struct rep_spot *s, bool *broken)
{
	char *text = s->measured ? rep_command(s->rank[0].cell) : strdup("");
	json_t *command = text && *text ? json_string(text) : json_null();

	*broken = *broken || !text;
	free(text);
	return command;
}

/* How the best ring fares at a spot; null if it is not known. */
static json_t *outcome_json(const struct rep_spot *s)
{
	enum rep_fate fate;

	return rep_spot_fate(s, &fate)
		       ? json_string(stats_verdict_names[s->outcome])
		       : json_null();
}

static json_t *spot_json(const struct rep_verdict *v, const struct rep_spot *s,
			 bool *broken)
{
	const struct run_condition *k = &v->condition[s->condition];
	const struct rep_rank *next = rep_next(s);
	char words[160];

	return json_pack(
		"{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:b, s:I, s:o, s:o, s:o}",
		"condition", run_condition_json(k), "words",
		run_condition_words(k, words, sizeof(words)), "best",
		labels_json(s, STATS_EQUIVALENT, 0, broken), "undecided",
		labels_json(s, STATS_UNDECIDED, 1, broken), "next",
		label_or_null(next ? next->cell : NULL), "command",
		command_json(s, broken), "ratio",
		rep_json_number(s->ratio.value), "low",
		rep_json_number(s->ratio.low), "high",
		rep_json_number(s->ratio.high), "ring", label_or_null(s->ring),
		"other", label_or_null(s->other), "outcome", outcome_json(s),
		"too_few_generations", (int)rep_is_too_few(v, s->decisive),
		"measured", (json_int_t)s->measured, "starter",
		label_or_null(s->starter), "pays_from_bytes",
		rep_json_number(s->pays_from_bytes), "ranks",
		ranks_json(s, broken));
}

static json_t *map_json(const struct rep_verdict *v, bool *broken)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->spots; i++)
		rep_json_append(list, spot_json(v, &v->map[i], broken), broken);
	return list;
}

/* --- words ---------------------------------------------------------------- */

static json_t *facts_json(const struct run_cell *c)
{
	return json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "label", c->label,
		"speed", rep_json_number(c->speed.value), "copies_predicted",
		rep_json_number(c->copies_predicted), "copies_counted",
		rep_json_number(c->copies_counted), "calls_per_message",
		rep_json_number(c->calls_per_message), "switches_per_message",
		rep_json_number(c->middle[RUN_SWITCHES]), "cpu_s_per_gib",
		rep_json_number(c->middle[RUN_CPU]), "faults_per_gib",
		rep_json_number(c->middle[RUN_FAULTS]));
}

static json_t *explanations_json(const struct rep_verdict *v, bool *broken)
{
	json_t *list = json_array();

	for (size_t k = 0; k < v->spots; k++) {
		const struct rep_comparison *c = rep_deciding(v, k);
		char *text;

		if (!c)
			continue;
		text = rep_explain(v, c);
		rep_json_append(
			list,
			json_pack("{s:o, s:s, s:{s:o, s:o}}", "condition",
				  run_condition_json(&v->condition[k]), "text",
				  text ? text : "", "facts", "a",
				  facts_json(c->a), "b", facts_json(c->b)),
			broken);
		*broken = *broken || !text;
		free(text);
	}
	return list;
}

static json_t *verdict_findings_json(const struct rep_verdict *v, bool *broken)
{
	struct rep_lines l = { 0 };

	rep_findings(v, &l);
	return rep_json_lines(&l, broken);
}

/*
 * Identifies samples.csv, so that a reader can check whether a file is the one
 * that was judged.
 */
static json_t *samples_json(const struct rep_verdict *v)
{
	struct run_print print;

	if (!run_print_samples(v->run->dir, &print))
		return json_null();
	return json_pack("{s:I, s:s}", "bytes", (json_int_t)print.bytes, "xxh3",
			 print.hash);
}

static json_t *answers_json(const struct rep_verdict *v, bool *broken)
{
	enum rep_question order[REP_QUESTIONS];
	json_t *list = json_array();

	rep_questions(v, order);
	for (int i = 0; i < REP_QUESTIONS; i++) {
		char *text = rep_answer(v, order[i]);

		if (text && *text)
			rep_json_append(list,
					json_pack("{s:s, s:s}", "question",
						  rep_question_names[order[i]],
						  "text", text),
					broken);
		*broken = *broken || !text;
		free(text);
	}
	return list;
}

/* Adds "why" if there are prices: the run's own, or those of prices.json. */
static void put_why(json_t *all, const struct why *w, bool *broken)
{
	*broken = *broken || w->broken;
	if (w->rates > 0 &&
	    json_object_set_new(all, "why", why_json(w, broken)) < 0)
		*broken = true;
}

char *rep_verdict_json(const struct rep_verdict *v, const struct why *w)
{
	char *sentence = rep_sentence(v), *text = NULL;
	bool broken = v->broken || !sentence;
	json_t *all = NULL;

	if (!broken)
		all = json_pack(
			"{s:i, s:s, s:o, s:f, s:f, s:f, s:I, s:o, s:o, s:o, "
			"s:o, s:o, s:o, s:o}",
			"format", FORMAT, "sentence", sentence, "answers",
			answers_json(v, &broken), "level", v->run->level,
			"alpha", v->run->alpha, "margin", v->run->margin,
			"seed", (json_int_t)v->run->seed, "samples",
			samples_json(v), "claim", claim_fates_json(v), "ring",
			ring_json(v), "comparisons",
			comparisons_json(v, &broken), "map",
			map_json(v, &broken), "explanations",
			explanations_json(v, &broken), "findings",
			verdict_findings_json(v, &broken));
	if (all)
		put_why(all, w, &broken);
	if (all && !broken)
		text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	json_decref(all);
	free(sentence);
	return text;
}
