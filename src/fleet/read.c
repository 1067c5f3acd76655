/* Reads a run, and keeps only the part of it that the fleet needs. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/json.h"
#include "fleet/fleet.h"

/* --- the stored verdict, or a new one ------------------------------------- */

/*
 * True if the verdict is about the present samples. Compares the contents of
 * files, not their times, since copying a run changes the times.
 */
static bool is_current(const char *dir, const json_t *verdict)
{
	const json_t *samples = json_object_get(verdict, "samples");
	struct run_print print;

	return json_is_object(samples) && run_print_samples(dir, &print) &&
	       (json_int_t)print.bytes ==
		       json_integer_value(json_object_get(samples, "bytes")) &&
	       !strcmp(print.hash, json_text_in(samples, "xxh3"));
}

static int read_verdict(const struct fleet *f, const char *dir,
			json_t **verdict, struct err *e)
{
	struct err unused = { 0 };

	if (run_read_json(dir, "verdict.json", verdict, &unused) == 0 &&
	    is_current(dir, *verdict))
		return 0;
	json_decref(*verdict);
	*verdict = NULL;
	return f->judge(dir, verdict, e);
}

/* --- words and their numbers ---------------------------------------------- */

static int number_of_word(struct fleet *f, struct fleet_names *names,
			  const char *word)
{
	int i = fleet_name(names, word);

	f->broken = f->broken || i < 0;
	return i;
}

static bool new_condition(struct fleet *f, const char *key,
			  const json_t *condition)
{
	struct fleet_condition *c;
	char words[160], depth[24];
	struct run_condition k = run_condition_of_json(condition, depth);

	if (!array_reach(&f->condition, &f->conditions, f->conditions + 1,
			 sizeof(*c)))
		return false;
	c = &f->condition[f->conditions - 1];
	c->key = strdup(key);
	c->words = strdup(run_condition_words(&k, words, sizeof(words)));
	return c->key && c->words;
}

static int condition_number(struct fleet *f, const json_t *condition)
{
	char *key = json_dumps(condition, JSON_COMPACT | JSON_SORT_KEYS);
	int i = key ? number_of_word(f, &f->keys, key) : -1;

	if (i >= 0 && (size_t)i == f->conditions &&
	    !new_condition(f, key, condition))
		i = -1;
	f->broken = f->broken || i < 0;
	free(key);
	return i;
}

static bool new_pair(struct fleet *f, const json_t *from, size_t condition)
{
	struct fleet_pair *p;

	if (!array_reach(&f->pair, &f->pairs, f->pairs + 1, sizeof(*p)))
		return false;
	p = &f->pair[f->pairs - 1];
	p->condition = condition;
	p->family = !strcmp(json_text_in(from, "family"),
			    rep_family_names[REP_CLAIM])
			    ? REP_CLAIM
			    : REP_ALL;
	p->a = strdup(json_text_in(from, "a_label"));
	p->b = strdup(json_text_in(from, "b_label"));
	return p->a && p->b;
}

static int pair_number(struct fleet *f, const json_t *from)
{
	int condition = condition_number(f, json_object_get(from, "condition"));
	char *key = NULL;
	int i = -1;

	if (condition >= 0 &&
	    asprintf(&key, "%s %d %s / %s", json_text_in(from, "family"),
		     condition, json_text_in(from, "a_label"),
		     json_text_in(from, "b_label")) >= 0)
		i = number_of_word(f, &f->pair_keys, key);
	if (i >= 0 && (size_t)i == f->pairs &&
	    !new_pair(f, from, (size_t)condition))
		i = -1;
	f->broken = f->broken || i < 0;
	free(key);
	return i;
}

/* --- what a host has ------------------------------------------------------ */

/* Leaves out labels after the first FLEET_LABELS; no plan has so many. */
static void take_labels(struct fleet *f, const json_t *list,
			struct fleet_labels *to)
{
	const json_t *label;
	size_t i;

	json_array_foreach((json_t *)list, i, label)
	{
		const char *word = json_string_value(label);
		int n = number_of_word(f, &f->label, word ? word : "?");

		if (n >= 0 && n < FLEET_LABELS)
			to->bit[n / 64] |= 1ULL << n % 64;
	}
}

static void take_speeds(struct fleet *f, struct fleet_host *h,
			const json_t *ranks)
{
	const json_t *rank;
	size_t i;

	json_array_foreach((json_t *)ranks, i, rank)
	{
		int n = number_of_word(f, &f->cell, json_text_in(rank, "cell"));
		size_t before = h->speeds;

		if (n < 0 || !array_reach(&h->speed, &h->speeds, (size_t)n + 1,
					  sizeof(*h->speed))) {
			f->broken = true;
			return;
		}
		for (size_t k = before; k < h->speeds; k++)
			h->speed[k] = NAN;
		h->speed[n] = log(json_number_in(rank, "speed"));
	}
}

static void take_spot(struct fleet *f, struct fleet_host *h, const json_t *from)
{
	const json_t *ranks = json_object_get(from, "ranks");
	const json_t *first = json_array_get(ranks, 0);
	int k = condition_number(f, json_object_get(from, "condition"));
	struct fleet_spot *s;
	size_t before = h->spots;

	if (k < 0 || !array_reach(&h->spot, &h->spots, (size_t)k + 1,
				  sizeof(*h->spot))) {
		f->broken = true;
		return;
	}
	for (size_t i = before; i < h->spots; i++)
		h->spot[i].first = -1;
	s = &h->spot[k];
	if (first)
		s->first = number_of_word(f, &f->label,
					  json_text_in(first, "label"));
	take_labels(f, json_object_get(from, "best"), &s->best);
	s->may = s->best;
	take_labels(f, json_object_get(from, "undecided"), &s->may);
	take_speeds(f, h, ranks);
}

static enum stats_verdict outcome_of(const char *word)
{
	for (int i = 0; stats_verdict_names[i]; i++)
		if (!strcmp(stats_verdict_names[i], word))
			return (enum stats_verdict)i;
	return STATS_UNDECIDED;
}

static void take_ratio(struct fleet *f, struct fleet_host *h,
		       const json_t *from)
{
	int n = pair_number(f, from);
	size_t before = h->ratios;

	if (n < 0 || !array_reach(&h->ratio, &h->ratios, (size_t)n + 1,
				  sizeof(*h->ratio))) {
		f->broken = true;
		return;
	}
	for (size_t i = before; i < h->ratios; i++)
		h->ratio[i] = (struct fleet_ratio){ NAN, NAN, STATS_UNDECIDED };
	h->ratio[n] = (struct fleet_ratio){
		.log = log(json_number_in(from, "ratio")),
		.error = json_number_in(from, "log_error"),
		.outcome = outcome_of(json_text_in(from, "outcome")),
	};
}

static void take_fates(const json_t *verdict, const char *of,
		       size_t fate[REP_FATES])
{
	const json_t *from =
		json_object_get(json_object_get(verdict, of), "conditions");

	for (int i = 0; i < REP_FATES; i++) {
		json_int_t n = json_integer_value(
			json_object_get(from, rep_fate_names[i]));

		fate[i] = n > 0 ? (size_t)n : 0;
	}
}

static void take_verdict(struct fleet *f, struct fleet_host *h,
			 const json_t *verdict)
{
	const json_t *line;
	size_t i;

	h->sentence = strdup(json_text_in(verdict, "sentence"));
	f->broken = f->broken || !h->sentence;
	take_fates(verdict, "claim", h->claim);
	take_fates(verdict, "ring", h->ring);
	json_array_foreach(json_object_get(verdict, "map"), i, line)
		take_spot(f, h, line);
	json_array_foreach(json_object_get(verdict, "comparisons"), i, line)
		take_ratio(f, h, line);
}

/* --- the run -------------------------------------------------------------- */

static void take_terms(struct fleet *f, const json_t *manifest,
		       const json_t *verdict)
{
	struct run_terms terms = run_terms_of(verdict);

	f->plan = json_incref(json_object_get(manifest, "plan"));
	f->program = json_incref(json_object_get(manifest, "program"));
	f->level = terms.level;
	f->alpha = terms.alpha;
	f->margin = terms.margin;
}

static void take_run(struct fleet *f, const char *dir, const char *name,
		     const json_t *manifest, const json_t *verdict)
{
	struct fleet_host *h;

	if (!array_reach(&f->host, &f->hosts, f->hosts + 1, sizeof(*h))) {
		f->broken = true;
		return;
	}
	if (f->hosts == 1)
		take_terms(f, manifest, verdict);
	h = &f->host[f->hosts - 1];
	h->name = strdup(name);
	h->dir = strdup(dir);
	h->identity = fleet_identity(manifest);
	h->hardware = fleet_hardware(manifest);
	f->broken = f->broken || !h->name || !h->dir || !h->identity ||
		    !h->hardware;
	take_verdict(f, h, verdict);
	fleet_take_facts(f, h, manifest);
}

/* Leaves the run out for the reason `why`, which fleet_free() frees. */
static void set_apart(struct fleet *f, const char *dir, char *why)
{
	struct fleet_apart *a;

	if (!array_reach(&f->apart, &f->aparts, f->aparts + 1, sizeof(*a))) {
		f->broken = true;
		free(why);
		return;
	}
	a = &f->apart[f->aparts - 1];
	a->dir = strdup(dir);
	a->why = why;
	f->broken = f->broken || !a->dir || !a->why;
}

static const char *host_of(const json_t *manifest, const char *dir)
{
	const char *host =
		json_text_in(json_object_get(manifest, "machine"), "host");
	const char *slash = strrchr(dir, '/');

	if (*host)
		return host;
	return slash && slash[1] ? slash + 1 : dir;
}

static void add(struct fleet *f, const char *dir, const char *name)
{
	json_t *manifest = NULL, *verdict = NULL;
	struct err e = { 0 };
	int rc = run_read_json(dir, "manifest.json", &manifest, &e);
	char *why;

	if (rc == -ENOENT && !e.code)
		err_say(&e, EINVAL,
			"it is not a run: manifest.json is missing");
	if (rc == 0 && !name)
		name = host_of(manifest, dir);
	why = rc == 0 ? fleet_refuse(f, dir, name, manifest) : strdup(e.text);
	if (!why && rc == 0) {
		rc = read_verdict(f, dir, &verdict, &e);
		why = rc < 0 ? strdup(e.text) : NULL;
	}
	if (rc == 0 && !why)
		take_run(f, dir, name, manifest, verdict);
	else
		set_apart(f, dir, why);
	json_decref(manifest);
	json_decref(verdict);
}

void fleet_add(struct fleet *f, const char *word)
{
	const char *equals = strchr(word, '=');
	char *name;

	if (!equals || equals == word || access(word, F_OK) == 0) {
		add(f, word, NULL);
		return;
	}
	name = strndup(word, (size_t)(equals - word));
	if (name)
		add(f, equals + 1, name);
	else
		f->broken = true;
	free(name);
}
