/* A run read from its folder: the manifest, and the cells it names. */
#include "judge/run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/run_rows.h"

char *rep_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

/* --- what a cell is ------------------------------------------------------- */

bool rep_is_control(const struct rep_cell *c)
{
	static const char *const controls[] = { "null", "memcpy", "cp",
						"copy-file-range", NULL };

	for (int i = 0; controls[i]; i++)
		if (!strcmp(c->mechanism, controls[i]))
			return true;
	return false;
}

bool rep_is_ring(const struct rep_cell *c)
{
	return !strcmp(c->mechanism, "shm");
}

bool rep_is_believed(const struct rep_cell *c)
{
	return c->rounds > 0 && !c->over_ceiling && !rep_is_control(c);
}

const char *rep_setting(const struct rep_cell *c, const char *key, char *buf,
			size_t size, const char *fallback)
{
	const char *at = strchr(c->spec, ':');
	size_t len = strlen(key);

	for (; at; at = strchr(at, ',')) {
		at++;
		if (strncmp(at, key, len) || at[len] != '=')
			continue;
		snprintf(buf, size, "%.*s", (int)strcspn(at + len + 1, ","),
			 at + len + 1);
		return buf;
	}
	return fallback;
}

/* --- the manifest --------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static double number_of(const json_t *object, const char *key, double fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : fallback;
}

/* A seed has 64 bits, and may be written as text for those who have fewer. */
static uint64_t seed_of(const json_t *manifest)
{
	const json_t *seed = json_object_get(manifest, "seed");

	if (json_is_string(seed))
		return strtoull(json_string_value(seed), NULL, 10);
	return (uint64_t)json_integer_value(seed);
}

static void take_terms(struct rep_run *r)
{
	const json_t *plan = json_object_get(r->manifest, "plan");

	r->level = number_of(plan, "level", 0.95);
	r->alpha = number_of(plan, "alpha", 0.05);
	r->margin = number_of(plan, "margin", 0.03);
	r->seed = seed_of(r->manifest);
}

static int take_cell(struct rep_run *r, const json_t *from, struct err *e)
{
	struct rep_cell *c;

	if (!*text_of(from, "cell") || rows_find(r, text_of(from, "cell")))
		return err_say(e, EINVAL,
			       "manifest.json has a cell without a name of its "
			       "own");
	c = rows_new_cell(r, text_of(from, "cell"));
	if (!c)
		return err_code(e, ENOMEM, "the run");
	c->mechanism = text_of(from, "mechanism");
	c->label = text_of(from, "label");
	c->workload = text_of(from, "workload");
	c->sink = text_of(from, "sink");
	c->cache = text_of(from, "cache");
	c->depth = text_of(from, "depth");
	c->wait = text_of(from, "wait");
	c->place = text_of(from, "place");
	c->size_bytes = (uint64_t)number_of(from, "size_bytes", 0);
	c->pairs = (int)number_of(from, "pairs", 1);
	c->skipped = !strcmp(text_of(from, "status"), "skipped");
	c->reason = text_of(from, "reason");
	c->stopped = text_of(from, "stopped");
	return 0;
}

int rep_run_plan(struct rep_run *r, json_t *manifest, struct err *e)
{
	const json_t *cells = json_object_get(manifest, "cells");
	int rc = 0;

	*r = (struct rep_run){ .dir = "", .manifest = json_incref(manifest) };
	take_terms(r);
	for (size_t i = 0; rc == 0 && i < json_array_size(cells); i++)
		rc = take_cell(r, json_array_get(cells, i), e);
	return rc;
}

static int read_manifest(struct rep_run *r, struct err *e)
{
	char *path = rep_path(r->dir, "manifest.json");
	const char *dir = r->dir;
	json_error_t why;
	json_t *manifest;
	int rc;

	if (!path)
		return err_code(e, ENOMEM, "%s", r->dir);
	manifest = json_load_file(path, 0, &why);
	free(path);
	if (!manifest && json_error_code(&why) == json_error_cannot_open_file)
		return err_say(e, EINVAL,
			       "%s is no run: there is no manifest.json that "
			       "can be read",
			       r->dir);
	if (!json_is_object(manifest)) {
		json_decref(manifest);
		return err_say(e, EINVAL, "%s/manifest.json, line %d: %s",
			       r->dir, manifest ? 1 : why.line,
			       manifest ? "not an object" : why.text);
	}
	rc = rep_run_plan(r, manifest, e);
	r->dir = dir;
	json_decref(manifest);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

static int read_table(const struct rep_run *r, const char *name,
		      struct csv *csv, struct err *e)
{
	char *path = rep_path(r->dir, name);
	int rc = path ? csv_read(csv, path, e)
		      : err_code(e, ENOMEM, "%s", r->dir);

	free(path);
	return rc;
}

int rep_run_read(struct rep_run *r, const char *dir, struct err *e)
{
	int rc;

	*r = (struct rep_run){ .dir = dir };
	rc = read_manifest(r, e);
	if (rc == 0)
		rc = read_table(r, "samples.csv", &r->samples, e);
	if (rc == -ENOENT && !e->code)
		return err_say(e, EINVAL,
			       "%s is no run: samples.csv is missing", dir);
	if (rc == 0)
		rc = rows_take(r, e);
	if (rc == 0)
		rc = read_table(r, "copies.csv", &r->copies, e);
	if (rc == -ENOENT && !e->code)
		rc = 0;
	if (rc == 0)
		rep_sum_up(r);
	return rc;
}

void rep_run_free(struct rep_run *r)
{
	for (size_t i = 0; i < r->cells; i++) {
		free(r->cell[i]->spec);
		free(r->cell[i]->row);
		free(r->cell[i]->round);
		free(r->cell[i]);
	}
	free(r->cell);
	free(r->index);
	csv_free(&r->samples);
	csv_free(&r->copies);
	json_decref(r->manifest);
	*r = (struct rep_run){ 0 };
}
