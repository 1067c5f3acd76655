/* A run's files as arrays, for what is drawn and told of it. */
#include "figure/drawn.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *run_path(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* --- what a column is to a field ------------------------------------------ */

enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_TRUTH };

struct field {
	const char *column;
	enum field_kind kind;
	size_t at;
	bool required;
};

#define TEXT_OF(type, column, member)                                    \
	{                                                                \
#column, FIELD_TEXT, offsetof(struct type, member), true \
	}
#define NUMBER_OF(type, column, member)                                    \
	{                                                                  \
#column, FIELD_NUMBER, offsetof(struct type, member), true \
	}
#define EXTRA_OF(type, column, member)                                      \
	{                                                                   \
#column, FIELD_NUMBER, offsetof(struct type, member), false \
	}

static const struct field cell_fields[] = {
	TEXT_OF(run_cell, cell, name),
	TEXT_OF(run_cell, mechanism, mechanism),
	TEXT_OF(run_cell, label, label),
	TEXT_OF(run_cell, workload, workload),
	TEXT_OF(run_cell, sink, sink),
	TEXT_OF(run_cell, cache, cache),
	TEXT_OF(run_cell, depth, depth),
	TEXT_OF(run_cell, wait, wait),
	TEXT_OF(run_cell, place, place),
	NUMBER_OF(run_cell, size_bytes, size_bytes),
	NUMBER_OF(run_cell, pairs, pairs),
	TEXT_OF(run_cell, status, status),
	TEXT_OF(run_cell, reason, reason),
	NUMBER_OF(run_cell, rounds, rounds),
	NUMBER_OF(run_cell, failures, failures),
	NUMBER_OF(run_cell, speed, speed),
	NUMBER_OF(run_cell, speed_low, low),
	NUMBER_OF(run_cell, speed_high, high),
	TEXT_OF(run_cell, unit, unit),
	EXTRA_OF(run_cell, wall_ns, wall_ns),
	EXTRA_OF(run_cell, switches_per_message, switches_per_message),
	EXTRA_OF(run_cell, calls_per_message, calls_per_message),
	EXTRA_OF(run_cell, faults_per_gib, faults_per_gib),
	EXTRA_OF(run_cell, p50_ns, percentile[0]),
	EXTRA_OF(run_cell, p90_ns, percentile[1]),
	EXTRA_OF(run_cell, p99_ns, percentile[2]),
	EXTRA_OF(run_cell, p999_ns, percentile[3]),
	EXTRA_OF(run_cell, max_ns, percentile[4]),
	EXTRA_OF(run_cell, copies_predicted, copies_predicted),
	EXTRA_OF(run_cell, copies_counted, copies_counted),
	{ "over_ceiling", FIELD_TRUTH, offsetof(struct run_cell, over_ceiling),
	  false },
	{ .column = NULL },
};

static const struct field sample_fields[] = {
	TEXT_OF(run_sample, cell, cell),
	TEXT_OF(run_sample, label, label),
	NUMBER_OF(run_sample, round, round),
	NUMBER_OF(run_sample, order, order),
	EXTRA_OF(run_sample, steal_ns, steal_ns),
	EXTRA_OF(run_sample, witness_ns, witness_ns),
	{ .column = NULL },
};

static int check_columns(const struct csv *c, const struct field *f,
			 const char *path, struct err *e)
{
	for (; f->column; f++)
		if (f->required && csv_column(c, f->column) < 0)
			return err_say(e, EINVAL, "%s has no column '%s'", path,
				       f->column);
	return 0;
}

static void take_column(const struct csv *c, const struct field *f, char *to,
			size_t stride)
{
	int column = csv_column(c, f->column);

	for (size_t row = 0; row < c->rows; row++, to += stride) {
		if (f->kind == FIELD_NUMBER)
			*(double *)(to + f->at) = csv_number(c, row, column);
		else if (f->kind == FIELD_TEXT)
			*(const char **)(to + f->at) = csv_at(c, row, column);
		else
			*(bool *)(to + f->at) =
				!strcmp(csv_at(c, row, column), "true");
	}
}

static int read_file(struct csv *c, const char *path, struct err *e)
{
	int rc = csv_read(c, path, e);

	if (rc == -ENOENT)
		return err_say(e, ENOENT,
			       "%s is not there; a run has samples.csv, and "
			       "`ipcopy verdict RUN` makes summary.csv of it",
			       path);
	return rc;
}

/* Makes an array of structs of it, one for each row. */
static int make_rows(const struct csv *c, const struct field *fields,
		     const char *path, size_t stride, void **rows,
		     struct err *e)
{
	int rc = check_columns(c, fields, path, e);

	if (rc < 0)
		return rc;
	*rows = calloc(c->rows + 1, stride);
	if (!*rows)
		return err_code(e, ENOMEM, "%s", path);
	for (; fields->column; fields++)
		take_column(c, fields, *rows, stride);
	return 0;
}

static int read_rows(struct csv *c, const char *folder, const char *name,
		     const struct field *fields, size_t stride, void **rows,
		     struct err *e)
{
	char *path = run_path(folder, name);
	int rc = path ? read_file(c, path, e) : err_code(e, ENOMEM, "%s", name);

	if (rc == 0)
		rc = make_rows(c, fields, path, stride, rows, e);
	free(path);
	return rc;
}

/* --- samples -------------------------------------------------------------- */

/* Bytes, or round trips where that is what was timed, in a second. */
static void find_speeds(struct run *r)
{
	const struct csv *c = &r->samples_csv;
	int workload = csv_column(c, "workload");
	int status = csv_column(c, "status");
	int wall = csv_column(c, "wall_ns");
	int bytes = csv_column(c, "bytes");
	int messages = csv_column(c, "messages");

	for (size_t i = 0; i < c->rows; i++) {
		struct run_sample *s = &r->sample[i];
		bool trips = !strcmp(csv_at(c, i, workload), "pingpong");

		s->failed = strcmp(csv_at(c, i, status), "ok") != 0;
		s->speed = csv_number(c, i, trips ? messages : bytes) /
			   csv_number(c, i, wall) * 1e9;
		if (s->failed || !isfinite(s->speed))
			s->speed = NAN;
	}
}

/* --- the whole ------------------------------------------------------------ */

static int read_verdict(struct run *r, struct err *e)
{
	char *path = run_path(r->folder, "verdict.json");
	json_error_t error;
	int rc = 0;

	if (!path)
		return err_code(e, ENOMEM, "verdict.json");
	if (access(path, F_OK) == 0) {
		r->verdict = json_load_file(path, 0, &error);
		if (!r->verdict)
			rc = err_say(e, EINVAL, "%s: line %d: %s", path,
				     error.line, error.text);
	}
	free(path);
	return rc;
}

int run_read(struct run *r, const char *folder, struct err *e)
{
	void *rows = NULL;
	int rc;

	memset(r, 0, sizeof(*r));
	r->folder = strdup(folder);
	if (!r->folder)
		return err_code(e, ENOMEM, "%s", folder);
	rc = read_rows(&r->samples_csv, folder, "samples.csv", sample_fields,
		       sizeof(*r->sample), &rows, e);
	r->sample = rows;
	if (rc == 0) {
		r->samples = r->samples_csv.rows;
		find_speeds(r);
		rows = NULL;
		rc = read_rows(&r->cells_csv, folder, "summary.csv",
			       cell_fields, sizeof(*r->cell), &rows, e);
		r->cell = rows;
		r->cells = r->cells_csv.rows;
	}
	if (rc == 0)
		rc = read_verdict(r, e);
	if (rc < 0)
		run_free(r);
	return rc;
}

void run_free(struct run *r)
{
	json_decref(r->verdict);
	free(r->cell);
	free(r->sample);
	csv_free(&r->cells_csv);
	csv_free(&r->samples_csv);
	free(r->folder);
	memset(r, 0, sizeof(*r));
}

static bool is_control(const struct run_cell *c)
{
	return !strcmp(c->mechanism, "null") ||
	       !strcmp(c->mechanism, "memcpy") || !strcmp(c->mechanism, "cp") ||
	       !strcmp(c->mechanism, "copy-file-range");
}

bool run_cell_counts(const struct run_cell *c)
{
	return !strcmp(c->status, "ok") && isfinite(c->speed) && c->speed > 0 &&
	       !c->over_ceiling && !is_control(c);
}

const struct run_cell *run_find(const struct run *r, const char *name)
{
	for (size_t i = 0; i < r->cells; i++)
		if (!strcmp(r->cell[i].name, name))
			return &r->cell[i];
	return NULL;
}
