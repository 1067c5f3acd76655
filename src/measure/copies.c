/* copies.csv: how often each mechanism of a plan copies a byte. */
#include "measure/copies.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "count/count_spec.h"
#include "measure/sample.h"

#define HEADER                                                      \
	"spec,mechanism,label,predicted_kernel,predicted_user,"     \
	"counted_kernel,counted_user,counted,resolved,lower_bound," \
	"agrees,reason,calls_per_mib,calls_per_message,"            \
	"blocked_per_message\n"

static void put_real(json_t *row, const char *key, double value)
{
	if (isfinite(value))
		json_object_set_new(row, key, json_real(value));
}

static void put_text(json_t *row, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(row, key, json_string(text));
}

static void put_predicted(json_t *row, const struct tr_spec *spec)
{
	json_int_t copies[2] = { 0, 0 };

	for (const struct hop *h = spec->ops->path(spec); h->from; h++)
		copies[h->by == HOP_USER] += h->copies;
	json_object_set_new(row, "predicted_kernel", json_integer(copies[0]));
	json_object_set_new(row, "predicted_user", json_integer(copies[1]));
}

static void put_counted(json_t *row, const struct count_spec *c)
{
	json_object_set_new(row, "resolved", json_boolean(c->resolved));
	put_text(row, "reason", c->why);
	if (!c->resolved)
		return;
	put_real(row, "counted_kernel", c->copies_kernel);
	put_real(row, "counted_user", c->copies_user);
	put_real(row, "counted", c->copies);
	json_object_set_new(row, "lower_bound", json_boolean(c->lower_bound));
	json_object_set_new(row, "agrees", json_boolean(c->agrees));
	put_real(row, "calls_per_mib", c->calls_per_mib);
	put_real(row, "calls_per_message", c->calls_per_message);
	put_real(row, "blocked_per_message", c->blocked_per_message);
}

/* One mechanism; a count that cannot be had is no failure of the run. */
static json_t *count_one(const struct meas_bench *b, const struct meas_cell *p)
{
	struct count_spec counted;
	struct err e = { 0 };
	struct tr_spec spec;
	json_t *row = json_object();

	if (!row || tr_spec_parse(p->own, &spec, &e) < 0)
		return row;
	put_text(row, "spec", p->own);
	put_text(row, "mechanism", spec.ops->name);
	put_text(row, "label", p->label);
	put_predicted(row, &spec);
	if (spec.ops->carries_nothing) {
		put_text(row, "reason", "it delivers nothing");
	} else if (count_spec(&spec, b->dir, 0, &counted, &e) == 0) {
		put_counted(row, &counted);
		count_spec_free(&counted);
	} else {
		put_text(row, "reason", e.text);
	}
	return row;
}

static bool is_first(const struct meas_plan *plan, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(plan->cell[j].own, plan->cell[i].own))
			return false;
	return true;
}

static int append(char **text, const json_t *row)
{
	char *line = row ? meas_csv_line(HEADER, row) : NULL, *more = NULL;

	if (line)
		more = realloc(*text, strlen(*text) + strlen(line) + 1);
	if (more) {
		strcat(more, line);
		*text = more;
	}
	free(line);
	return more ? 0 : -ENOMEM;
}

int meas_copies(struct meas_bench *b, struct err *e)
{
	char *text = strdup(HEADER);
	int rc = text ? 0 : -ENOMEM;

	for (size_t i = 0; i < b->plan->cells && rc == 0; i++) {
		json_t *row;

		if (!is_first(b->plan, i))
			continue;
		row = count_one(b, &b->plan->cell[i]);
		rc = append(&text, row);
		json_decref(row);
		if (stop_requested())
			rc = -EINTR;
	}
	if (rc == -ENOMEM)
		err_say(e, ENOMEM, "no memory left for copies.csv");
	if (rc == 0)
		rc = meas_run_put(&b->run, "copies.csv", text, e);
	free(text);
	return rc;
}
