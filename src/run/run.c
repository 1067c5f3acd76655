/* Reads a run from its folder: the manifest, the tables, and the cells. */
#include "run/run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* The format of manifest.json that this version writes. */
#define FORMAT 2

/* Larger values, and smaller shares, are taken for errors. */
#define SIZE_MOST   9e15
#define PAIRS_MOST  1e9
#define SHARE_LEAST 1e-12
#define SHARE_MOST  (1 - SHARE_LEAST)

/* --- JSON ----------------------------------------------------------------- */

int run_read_json(const char *dir, const char *name, json_t **to, struct err *e)
{
	char *path = run_path(dir, name);
	json_error_t why;
	FILE *from;
	int rc;

	if (!path)
		return err_code(e, ENOMEM, "cannot read %s", dir);
	rc = csv_open(path, &from, e);
	if (rc == 0) {
		*to = json_loadf(from, 0, &why);
		fclose(from);
		if (!json_is_object(*to))
			rc = err_say(e, EINVAL, "%s, line %d: %s", path,
				     *to ? 1 : why.line,
				     *to ? "the file is not a JSON object"
					 : why.text);
	}
	free(path);
	return rc;
}

/* --- the manifest --------------------------------------------------------- */

/* A number; `fallback` if it is missing or impossible, such as a size of -1. */
static double number_within(const json_t *object, const char *key, double least,
			    double most, double fallback)
{
	double x = json_number_in(object, key);

	return x >= least && x <= most ? x : fallback;
}

/*
 * A seed has 64 bits. It may be a text, for programs whose numbers have fewer
 * bits.
 */
static uint64_t seed_of(const json_t *manifest)
{
	const json_t *seed = json_object_get(manifest, "seed");

	if (json_is_string(seed))
		return strtoull(json_string_value(seed), NULL, 10);
	return (uint64_t)json_integer_value(seed);
}

struct run_terms run_terms_of(const json_t *from)
{
	return (struct run_terms){
		number_within(from, "level", SHARE_LEAST, SHARE_MOST, 0.95),
		number_within(from, "alpha", SHARE_LEAST, SHARE_MOST, 0.05),
		number_within(from, "margin", 0, SHARE_MOST, 0.03),
	};
}

static void take_terms(struct run *r)
{
	struct run_terms terms =
		run_terms_of(json_object_get(r->manifest, "plan"));

	r->level = terms.level;
	r->alpha = terms.alpha;
	r->margin = terms.margin;
	r->seed = seed_of(r->manifest);
}

static int take_cell(struct run *r, const json_t *from, struct err *e)
{
	struct run_cell *c;

	if (!*json_text_in(from, "cell") ||
	    run_find(r, json_text_in(from, "cell")))
		return err_say(e, EINVAL,
			       "a cell in manifest.json has no name, or has "
			       "the name of another cell");
	c = run_new_cell(r, json_text_in(from, "cell"));
	if (!c)
		return err_code(e, ENOMEM, "cannot read the run");
	c->mechanism = json_text_in(from, "mechanism");
	c->label = json_text_in(from, "label");
	c->via = json_text_in(from, "via");
	c->at = (struct run_condition){
		.workload = json_text_in(from, "workload"),
		.sink = json_text_in(from, "sink"),
		.cache = json_text_in(from, "cache"),
		.depth = json_text_in(from, "depth"),
		.wait = json_text_in(from, "wait"),
		.place = json_text_in(from, "place"),
		.size_bytes = (uint64_t)number_within(from, "size_bytes", 1,
						      SIZE_MOST, 0),
		.pairs = (int)number_within(from, "pairs", 1, PAIRS_MOST, 1),
	};
	c->skipped = !strcmp(json_text_in(from, "status"), "skipped");
	c->reason = json_text_in(from, "reason");
	c->stopped = json_text_in(from, "stopped");
	return 0;
}

static int take_manifest(struct run *r, struct err *e)
{
	const json_t *cells = json_object_get(r->manifest, "cells");
	int rc = 0;

	take_terms(r);
	for (size_t i = 0; rc == 0 && i < json_array_size(cells); i++)
		rc = take_cell(r, json_array_get(cells, i), e);
	run_know_mechanisms(r);
	return rc;
}

int run_plan(struct run *r, json_t *manifest, struct err *e)
{
	*r = (struct run){ .manifest = json_incref(manifest) };
	return take_manifest(r, e);
}

/* --- the tables ----------------------------------------------------------- */

/* True if reading failed because there is no such file. */
static bool is_missing(int rc, const struct err *e)
{
	return rc == -ENOENT && !e->code;
}

static int read_samples(struct run *r, struct err *e)
{
	return run_table_read(&r->samples_csv, &run_file_samples, r->dir, e);
}

static int read_copies(struct run *r, struct err *e)
{
	struct run_table *t = &r->copies_csv;
	int rc = run_table_read(t, &run_file_copies, r->dir, e);

	if (is_missing(rc, e))
		return 0;
	if (rc == 0)
		r->copies = calloc(t->csv.rows + 1, sizeof(*r->copies));
	if (rc == 0 && !r->copies)
		rc = err_code(e, ENOMEM, "cannot read the run");
	for (size_t i = 0; rc == 0 && i < t->csv.rows; i++)
		rc = run_row_read(t, i, &r->copies[r->mechanisms++], e);
	return rc;
}

/*
 * Adds a cell from its line in summary.csv. Keeps the spec and the dose that
 * run_new_cell took from the name.
 */
static int take_summed_cell(struct run *r, size_t row, struct err *e)
{
	struct run_cell from = { .name = "" }, *c;
	int rc = run_row_read(&r->summary_csv, row, &from, e);

	if (rc < 0)
		return rc;
	if (run_find(r, from.name))
		return err_say(e, EINVAL,
			       "summary.csv, line %zu: an earlier line has the "
			       "cell %.80s already",
			       csv_line(&r->summary_csv.csv, row), from.name);
	c = run_new_cell(r, from.name);
	if (!c)
		return err_code(e, ENOMEM, "cannot read the run");
	from.spec = c->spec;
	from.dose = c->dose;
	from.dosed = c->dosed;
	*c = from;
	return 0;
}

static int read_summary(struct run *r, struct err *e)
{
	struct run_table *t = &r->summary_csv;
	int rc = run_table_read(t, &run_file_summary, r->dir, e);

	for (size_t i = 0; rc == 0 && i < t->csv.rows; i++)
		rc = take_summed_cell(r, i, e);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

static int begin(struct run *r, const char *dir, struct err *e)
{
	*r = (struct run){ .dir = strdup(dir) };
	return r->dir ? 0 : err_code(e, ENOMEM, "cannot read %s", dir);
}

/* Refuses runs of format 1, which have no generations and cannot be read. */
static int check_format(const struct run *r, struct err *e)
{
	/* a manifest that names no format is treated as one of this format */
	if (!(json_number_in(r->manifest, "format") < FORMAT))
		return 0;
	return err_say(
		e, EINVAL,
		"the run %s was measured by an older version of ipcopy, with "
		"samples of another kind; measure it again with: ipcopy bench",
		r->dir);
}

int run_read_until(struct run *r, const char *dir, int generation,
		   struct err *e)
{
	int rc = begin(r, dir, e);

	r->until = generation;
	if (rc == 0)
		rc = run_read_json(dir, "manifest.json", &r->manifest, e);
	if (is_missing(rc, e))
		return err_say(e, EINVAL,
			       "%s is not a run: manifest.json is missing; a "
			       "run is a folder that ipcopy bench makes",
			       dir);
	if (rc == 0)
		rc = check_format(r, e);
	if (rc == 0)
		rc = take_manifest(r, e);
	if (rc == 0)
		rc = read_samples(r, e);
	if (is_missing(rc, e))
		return err_say(e, EINVAL,
			       "%s is not a run: samples.csv is missing", dir);
	if (rc == 0)
		rc = run_take_samples(r, e);
	if (rc == 0)
		rc = run_sort_samples(r, e);
	run_know_mechanisms(r);
	return rc < 0 ? rc : read_copies(r, e);
}

int run_read(struct run *r, const char *dir, struct err *e)
{
	return run_read_until(r, dir, 0, e);
}

static int read_other(struct run *r, const char *name, json_t **to,
		      struct err *e)
{
	int rc = run_read_json(r->dir, name, to, e);

	return is_missing(rc, e) ? 0 : rc;
}

int run_read_made(struct run *r, const char *dir, struct err *e)
{
	const char *name = run_file_samples.name;
	int rc = begin(r, dir, e);

	if (rc == 0)
		rc = read_samples(r, e);
	if (rc == 0) {
		name = run_file_summary.name;
		rc = read_summary(r, e);
	}
	if (is_missing(rc, e))
		return err_say(e, ENOENT,
			       "%s/%s is missing; a run has samples.csv, and "
			       "`ipcopy verdict RUN` makes summary.csv from it",
			       dir, name);
	if (rc == 0)
		rc = run_take_samples(r, e);
	if (rc == 0)
		rc = read_other(r, "verdict.json", &r->verdict, e);
	if (rc == 0)
		rc = read_other(r, "manifest.json", &r->manifest, e);
	run_know_mechanisms(r);
	return rc < 0 ? rc : read_copies(r, e);
}

void run_free(struct run *r)
{
	for (size_t i = 0; i < r->cells; i++) {
		free(r->cell[i]->spec);
		free(r->cell[i]->sample);
		free(r->cell[i]->group);
		free(r->cell[i]);
	}
	free(r->cell);
	free(r->index);
	free(r->sample);
	free(r->copies);
	run_table_free(&r->samples_csv);
	run_table_free(&r->summary_csv);
	run_table_free(&r->copies_csv);
	json_decref(r->manifest);
	json_decref(r->verdict);
	free(r->dir);
	*r = (struct run){ 0 };
}
