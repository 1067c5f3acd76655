/* manifest.json: what was measured, by which program, on which machine. */
#include <errno.h>
#include <gsl/gsl_version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "measure/bench_inside.h"
#include "measure/find.h"
#include "measure/machine.h"
#include "measure/revision.h"

#ifdef HAVE_HWLOC
#include <hwloc.h>
#endif

#define NAME "manifest.json"

/* --- the program ---------------------------------------------------------- */

/*
 * The command line. Words with blanks or special characters are in quotes. The
 * text is for people: a quote within a word is not escaped.
 */
static json_t *command_line(void)
{
	char *text = NULL, word[4096];
	size_t len, used = 0;
	FILE *from = fopen("/proc/self/cmdline", "re");
	FILE *to = from ? open_memstream(&text, &len) : NULL;
	json_t *command;
	int c;

	while (to && (c = getc(from)) != EOF) {
		if (c && used + 1 < sizeof(word)) {
			word[used++] = (char)c;
			continue;
		}
		word[used] = '\0';
		used = 0;
		fprintf(to,
			strpbrk(word, " '\"$&|;<>()*?") || !*word ? "%s'%s'"
								  : "%s%s",
			ftell(to) > 0 ? " " : "", word);
	}
	if (from)
		fclose(from);
	if (to)
		fclose(to);
	command = text ? json_string(text) : NULL;
	free(text);
	return command ? command : json_null();
}

static json_t *libraries(void)
{
	json_t *list =
		json_pack("{s:s, s:s, s:i}", "gsl", gsl_version, "jansson",
			  JANSSON_VERSION, "xxhash", (int)XXH_versionNumber());

#ifdef HAVE_HWLOC
	json_object_set_new(list, "hwloc",
			    json_integer(hwloc_get_api_version()));
#else
	json_object_set_new(list, "hwloc", json_null());
#endif
#ifdef BENCHMARK_VERSION
	json_object_set_new(list, "benchmark", json_string(BENCHMARK_VERSION));
#else
	json_object_set_new(list, "benchmark", json_null());
#endif
	return list;
}

static json_t *program(const struct meas_bench *b)
{
	const char *revision = BUILD_REVISION;
	json_t *top = json_pack(
		"{s:s, s:s, s:s, s:s, s:s}", "version", PACKAGE_VERSION,
		"compiler", BUILD_CC " " __VERSION__, "cflags", BUILD_CFLAGS,
		"cell_program", b->program, "name", "ipcopy");

	json_object_set_new(top, "revision",
			    *revision ? json_string(revision) : json_null());
	json_object_set_new(top, "libraries", libraries());
	return top;
}

/* --- plan and cells ------------------------------------------------------- */

static json_t *plan_json(const struct meas_plan *p)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:f, "
			 "s:I, s:O}",
			 "name", p->name, "about", p->about, "generations_min",
			 p->generations_min, "generations_max",
			 p->generations_max, "rounds", p->rounds, "transfer_ms",
			 p->transfer_ms, "precision", p->precision, "margin",
			 p->margin, "level", p->level, "alpha", p->alpha,
			 "budget_ms", (json_int_t)p->budget_ms, "json",
			 p->json);
}

static void put_known(json_t *to, const char *key, bool known, uint64_t n)
{
	json_object_set_new(to, key,
			    known ? json_integer((json_int_t)n) : json_null());
}

/* The facts about a mechanism that a reader of the run needs. */
static json_t *mechanism_json(const struct transport *ops)
{
	json_t *to = json_pack("{s:s, s:s, s:s, s:i, s:s, s:b}", "kind",
			       tr_kind_names[ops->kind], "channel",
			       tr_channel_names[ops->channel], "family",
			       tr_family_names[ops->family], "nth_of_family",
			       tr_nth_of_family(ops), "claim",
			       tr_claim_names[ops->claim], "carries_nothing",
			       (int)ops->carries_nothing);

	put_known(to, "message_max_bytes", ops->message_max,
		  ops->message_max ? ops->message_max() : 0);
	return to;
}

static json_t *mechanisms_json(const struct meas_plan *p)
{
	json_t *all = json_object();

	for (size_t i = 0; i < p->cells; i++) {
		const struct transport *ops = p->cell[i].spec.ops;

		if (!json_object_get(all, ops->name))
			json_object_set_new(all, ops->name,
					    mechanism_json(ops));
	}
	return all;
}

static json_t *cpus_json(const struct meas_cell *c)
{
	json_t *list = json_array();

	if (c->place != RUN_FREE && c->placed && !*c->reason)
		for (int i = 0; i < c->pairs; i++)
			json_array_append_new(
				list,
				json_pack("[i,i]", c->cpu[i][0], c->cpu[i][1]));
	return list;
}

static void put_text_or_null(json_t *to, const char *key, const char *text)
{
	json_object_set_new(to, key, *text ? json_string(text) : json_null());
}

/* If several conditions have the cell, the last of them decides. */
static enum meas_stop stop_of_cell(const struct meas_bench *b, size_t cell)
{
	enum meas_stop stop = MEAS_GOES_ON;

	for (size_t k = 0; k < b->conditions; k++)
		for (size_t i = 0; i < b->condition[k].cells; i++)
			if (b->condition[k].cell[i] == cell)
				stop = b->condition[k].stop;
	return stop;
}

static json_t *cell_json(const struct meas_bench *b, size_t i)
{
	const struct meas_cell *p = &b->plan->cell[i];
	const struct bench_cell *c = &b->cell[i];
	char dose[DOSE_TEXT_MAX];
	json_t *cell = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:o, "
		"s:s, s:s}",
		"cell", p->name, "mechanism", p->spec.ops->name, "label",
		p->label, "workload", copy_workload_names[p->workload], "sink",
		run_sink_word(p->sink), "cache", run_cache_names[p->cache],
		"size_bytes", (json_int_t)p->size_bytes, "depth", p->depth,
		"wait", p->wait, "place", run_place_names[p->place], "pairs",
		p->pairs, "cpus", cpus_json(p), "via", p->via, "status",
		*p->reason ? "skipped" : "ok");

	if (!dose_is_none(&p->dose))
		put_text_or_null(cell, "dose",
				 dose_text(&p->dose, dose, sizeof(dose)));
	if (p->lag_percent)
		put_known(cell, "lag_percent", true, (uint64_t)p->lag_percent);
	if (p->candidates)
		bench_pilot_put(b, i, cell);
	put_text_or_null(cell, "reason", p->reason);
	put_text_or_null(cell, "stopped", meas_stop_names[stop_of_cell(b, i)]);
	put_known(cell, "generations", true, (uint64_t)c->generations);
	put_known(cell, "failures", true, (uint64_t)c->failures);
	return cell;
}

static json_t *condition_json(const struct meas_bench *b,
			      const struct bench_condition *k)
{
	json_t *cells = json_array(), *condition;

	for (size_t i = 0; i < k->cells; i++)
		json_array_append_new(
			cells, json_string(b->plan->cell[k->cell[i]].name));
	condition = json_pack("{s:s, s:o}", "words", k->words, "cells", cells);
	put_known(condition, "bytes", k->sized, k->bytes);
	put_known(condition, "messages", k->sized && k->messages, k->messages);
	put_known(condition, "generations", true, (uint64_t)k->generations);
	put_text_or_null(condition, "stopped", meas_stop_names[k->stop]);
	return condition;
}

static json_t *conditions_json(const struct meas_bench *b)
{
	json_t *list = json_array();

	for (size_t k = 0; k < b->conditions; k++)
		json_array_append_new(list,
				      condition_json(b, &b->condition[k]));
	return list;
}

static json_t *cells_json(const struct meas_bench *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->plan->cells; i++)
		json_array_append_new(list, cell_json(b, i));
	return list;
}

/* --- the whole ------------------------------------------------------------ */

int bench_manifest_new(struct meas_bench *b, struct err *e)
{
	json_t *top = json_object();

	b->manifest = top;
	if (!top)
		return err_say(e, ENOMEM, "out of memory");
	json_object_set_new(top, "format", json_integer(2));
	json_object_set_new(top, "program", program(b));
	json_object_set_new(top, "command", command_line());
	json_object_set_new(top, "seed", json_integer((json_int_t)b->seed));
	json_object_set_new(top, "started", meas_now());
	json_object_set_new(top, "ended", json_null());
	json_object_set_new(top, "outcome", json_null());
	json_object_set_new(top, "reason", json_null());
	json_object_set_new(top, "resumed", json_array());
	json_object_set_new(top, "plan", plan_json(b->plan));
	json_object_set_new(top, "pilot_ms",
			    json_integer(b->pilot_ns / MS_IN_NS));
	json_object_set_new(top, "job", meas_job());
	json_object_set_new(top, "machine", meas_machine(b->dir));
	json_object_set_new(top, "before", meas_moment());
	json_object_set_new(top, "after", json_null());
	json_object_set_new(top, "cells", cells_json(b));
	return bench_conditions_find(b, e);
}

int bench_manifest_put(struct meas_bench *b, const char *outcome,
		       const char *reason, struct err *e)
{
	json_t *top = b->manifest;

	json_object_set_new(top, "cells", cells_json(b));
	json_object_set_new(top, "conditions", conditions_json(b));
	json_object_set_new(top, "plan", plan_json(b->plan));
	json_object_set_new(top, "mechanisms", mechanisms_json(b->plan));
	json_object_set_new(top, "outcome",
			    outcome ? json_string(outcome) : json_null());
	json_object_set_new(top, "reason",
			    reason ? json_string(reason) : json_null());
	json_object_set_new(top, "ended", outcome ? meas_now() : json_null());
	if (outcome)
		json_object_set_new(top, "after", meas_moment());
	return meas_folder_put_json(&b->run, NAME, top, e);
}

void bench_manifest_resumed(struct meas_bench *b, int64_t samples)
{
	json_array_append_new(json_object_get(b->manifest, "resumed"),
			      json_pack("{s:o, s:I, s:o, s:o}", "at",
					meas_now(), "samples",
					(json_int_t)samples, "command",
					command_line(), "job", meas_job()));
}

/* --- resuming a run ------------------------------------------------------- */

static const char *text_at(const json_t *top, const char *group,
			   const char *key)
{
	return json_string_value(
		json_object_get(json_object_get(top, group), key));
}

/*
 * Refuses to resume a run on another machine or with another program, since the
 * new samples could not be compared with the old ones.
 */
static int check_same(const struct meas_bench *b, const json_t *now,
		      const char *group, const char *key, struct err *e)
{
	const char *then = text_at(b->manifest, group, key);
	const char *here = text_at(now, group, key);

	if (!then || !here || !strcmp(then, here))
		return 0;
	return err_say(e, EINVAL,
		       "the run was begun with another %s: it was %.80s then, "
		       "and is %.80s now; begin a new run",
		       key, then, here);
}

static int check_machine(const struct meas_bench *b, struct err *e)
{
	static const char *const keys[][2] = {
		{ "machine", "kernel" },   { "machine", "cpu" },
		{ "machine", "host" },     { "program", "version" },
		{ "program", "revision" }, { "program", "cflags" }
	};
	json_t *now = json_pack("{s:o, s:o}", "machine", meas_machine(b->dir),
				"program", program(b));
	int rc = now ? 0 : err_say(e, ENOMEM, "out of memory");

	for (size_t i = 0; i < 6 && rc == 0; i++)
		rc = check_same(b, now, keys[i][0], keys[i][1], e);
	json_decref(now);
	return rc;
}

static int read_plan(struct meas_bench *b, struct err *e)
{
	json_t *plan = json_object_get(b->manifest, "plan");
	json_t *json = json_object_get(plan, "json"), *pilot;
	char *text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
	json_int_t budget_ms;
	int rc;

	if (!text)
		return err_say(e, EINVAL, "%.200s/" NAME " has no plan",
			       b->run.dir);
	rc = meas_plan_parse("the plan in " NAME, text, b->plan, e);
	free(text);
	if (rc < 0)
		return rc;
	snprintf(b->plan->name, sizeof(b->plan->name), "%s",
		 text_at(b->manifest, "plan", "name")
			 ? text_at(b->manifest, "plan", "name")
			 : "plan");
	budget_ms = json_integer_value(json_object_get(plan, "budget_ms"));
	if (budget_ms > 0 && budget_ms <= INT_MAX)
		b->plan->budget_ms = budget_ms;
	pilot = json_object_get(b->manifest, "pilot_ms");
	b->pilot_ns =
		MS_IN_NS * (json_is_integer(pilot) ? json_integer_value(pilot)
						   : b->plan->budget_ms / 2);
	b->cell = calloc(b->plan->cells + 1, sizeof(*b->cell));
	return b->cell ? bench_pilot_begin(b, e)
		       : err_say(e, ENOMEM, "out of memory");
}

static int read_cell(struct meas_bench *b, size_t i, const json_t *cell,
		     struct err *e)
{
	struct meas_cell *p = &b->plan->cell[i];
	const char *name = json_string_value(json_object_get(cell, "cell"));
	const char *status = json_string_value(json_object_get(cell, "status"));
	const char *reason = json_string_value(json_object_get(cell, "reason"));

	if (!name || !status || strcmp(name, p->name) != 0 ||
	    (*p->reason && !strcmp(status, "ok")))
		return err_say(e, EINVAL,
			       "on this machine the plan of the run now gives "
			       "other cells than the run has, beginning with "
			       "the cell %.100s; begin a new run",
			       p->name);
	if (!strcmp(status, "skipped"))
		snprintf(p->reason, sizeof(p->reason), "%s",
			 reason && *reason ? reason
					   : "it was skipped before "
					     "the run was resumed");
	return 0;
}

static int read_cells(struct meas_bench *b, struct err *e)
{
	json_t *cells = json_object_get(b->manifest, "cells"), *cell;
	size_t i;
	int rc = 0;

	if (json_array_size(cells) != b->plan->cells)
		return err_say(e, EINVAL,
			       "the run has %zu cells, but on this machine its "
			       "plan now gives %zu; begin a new run",
			       json_array_size(cells), b->plan->cells);
	json_array_foreach(cells, i, cell)
	{
		rc = read_cell(b, i, cell, e);
		if (rc < 0)
			break;
	}
	return rc;
}

int bench_manifest_load(struct meas_bench *b, struct err *e)
{
	char *text = meas_folder_get(&b->run, NAME, e);
	json_error_t error;
	int rc;

	if (!text)
		return -e->code;
	b->manifest = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	free(text);
	if (!b->manifest)
		return err_say(e, EINVAL, "%.200s/" NAME ":%d: %s", b->run.dir,
			       error.line, error.text);
	b->seed = (uint64_t)json_integer_value(
		json_object_get(b->manifest, "seed"));
	if (!b->dir)
		b->dir = json_string_value(json_object_get(
			json_object_get(json_object_get(b->manifest, "machine"),
					"file_system"),
			"directory"));
	rc = find_cell(b->program, sizeof(b->program), e);
	if (rc == 0)
		rc = check_machine(b, e);
	if (rc == 0)
		rc = read_plan(b, e);
	if (rc == 0)
		rc = read_cells(b, e);
	return rc < 0 ? rc : bench_conditions_load(b, e);
}
