/* A fleet for programs: JSON, as doc/RUN says. */
#include <math.h>
#include <stdlib.h>

#include "fleet/fleet.h"
#include "judge/json.h"

#define FORMAT 1

/* --- hosts ---------------------------------------------------------------- */

/* Only the facts that differ between hosts; the manifests have all facts. */
static json_t *facts_json(const struct fleet *f, size_t host)
{
	json_t *facts = json_object();

	for (size_t i = 0; i < f->facts; i++) {
		int value = fleet_fact_of(f, host, i);

		if (f->fact[i].value.names > 1)
			json_object_set_new(
				facts, f->fact[i].name,
				value < 0
					? json_null()
					: json_string(
						  f->fact[i]
							  .value.name[value]));
	}
	return facts;
}

static json_t *hosts_json(const struct fleet *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->hosts; i++) {
		const struct fleet_host *h = &f->host[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:I, "
				  "s:o}",
				  "host", h->name, "run", h->dir, "sentence",
				  h->sentence, "claim",
				  rep_fates_json(h->claim), "ring",
				  rep_fates_json(h->ring), "pace",
				  rep_json_number(h->pace), "odd", (int)h->odd,
				  "differs", (json_int_t)h->differs, "facts",
				  facts_json(f, i)));
	}
	return list;
}

static json_t *apart_json(const struct fleet *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->aparts; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "run",
						      f->apart[i].dir, "reason",
						      f->apart[i].why));
	return list;
}

/* --- conditions ----------------------------------------------------------- */

static json_t *label_json(const struct fleet *f, int label)
{
	return label < 0 ? json_null() : json_string(f->label.name[label]);
}

static json_t *answers_json(const struct fleet *f,
			    const struct fleet_condition *c)
{
	json_t *list = json_array();

	for (size_t a = 0; a < c->answers; a++) {
		json_t *hosts = json_array();

		for (size_t i = 0; i < f->hosts; i++)
			if (c->of_host[i] == (int)a)
				json_array_append_new(
					hosts, json_string(f->host[i].name));
		json_array_append_new(
			list, json_pack("{s:o, s:o}", "label",
					label_json(f, c->answer[a].label),
					"hosts", hosts));
	}
	return list;
}

static json_t *map_json(const struct fleet *f)
{
	json_t *list = json_array();

	for (size_t k = 0; k < f->conditions; k++) {
		const struct fleet_condition *c = &f->condition[k];

		json_array_append_new(
			list, json_pack("{s:o, s:s, s:s, s:o}", "condition",
					json_loads(c->key, 0, NULL), "words",
					c->words, "hosts",
					fleet_agreement_names[c->agreement],
					"answers", answers_json(f, c)));
	}
	return list;
}

static json_t *ties_json(const struct fleet *f,
			 const struct fleet_difference *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->ties; i++)
		json_array_append_new(
			list,
			json_pack("{s:s, s:I}", "fact",
				  f->fact[d->tie[i].fact].name, "exceptions",
				  (json_int_t)d->tie[i].exceptions));
	return list;
}

static json_t *differences_json(const struct fleet *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->differences; i++) {
		const struct fleet_difference *d = &f->difference[i];
		json_t *where = json_array();

		for (size_t k = 0; k < d->conditions; k++)
			json_array_append_new(
				where,
				json_string(
					f->condition[d->condition[k]].words));
		json_array_append_new(list,
				      json_pack("{s:o, s:o}", "where", where,
						"goes_with", ties_json(f, d)));
	}
	return list;
}

/* --- ratios --------------------------------------------------------------- */

static json_t *pairs_json(const struct fleet *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->pairs; i++) {
		const struct fleet_pair *p = &f->pair[i];
		const struct stats_between *b = &p->over;

		json_array_append_new(
			list,
			json_pack(
				"{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, "
				"s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}",
				"family", rep_family_names[p->family], "words",
				f->condition[p->condition].words, "a_label",
				p->a, "b_label", p->b, "hosts",
				(json_int_t)b->hosts, "ratio",
				rep_json_number(exp(b->mean.value)), "low",
				rep_json_number(exp(b->mean.low)), "high",
				rep_json_number(exp(b->mean.high)), "next_low",
				rep_json_number(exp(b->next.low)), "next_high",
				rep_json_number(exp(b->next.high)), "tau",
				rep_json_number(b->tau.value), "tau_low",
				rep_json_number(b->tau.low), "tau_high",
				rep_json_number(b->tau.high), "i_squared",
				rep_json_number(b->share), "p",
				rep_json_number(b->p), "p_holm",
				rep_json_number(p->p_holm), "outcome",
				stats_verdict_names[p->outcome]));
	}
	return list;
}

static json_t *findings_json(const struct fleet *f, bool *broken)
{
	struct rep_lines l = { 0 };

	fleet_findings(f, &l);
	return rep_json_lines(&l, broken);
}

char *fleet_json(const struct fleet *f)
{
	const json_t *plan = json_object_get(f->plan, "name");
	const json_t *version = json_object_get(f->program, "version");
	char *sentence = fleet_sentence(f), *text = NULL;
	json_t *all = NULL;
	bool broken = !sentence;

	if (sentence)
		all = json_pack(
			"{s:i, s:s, s:s?, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, "
			"s:o, s:o, s:o}",
			"format", FORMAT, "sentence", sentence, "plan",
			json_string_value(plan), "version",
			json_string_value(version), "level",
			rep_json_number(f->level), "alpha",
			rep_json_number(f->alpha), "margin",
			rep_json_number(f->margin), "hosts", hosts_json(f),
			"left_out", apart_json(f), "map", map_json(f),
			"differences", differences_json(f), "comparisons",
			pairs_json(f), "findings", findings_json(f, &broken));
	if (all && !broken)
		text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	json_decref(all);
	free(sentence);
	return text;
}
