/* copies.csv: how often each mechanism of a plan copies a byte. */
#include "measure/copies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "count/count_spec.h"
#include "run/run.h"

static void put_predicted(struct run_copies *row, const struct tr_spec *spec)
{
	row->predicted_kernel = row->predicted_user = 0;
	for (const struct hop *h = spec->ops->path(spec); h->from; h++)
		*(h->by == HOP_USER ? &row->predicted_user
				    : &row->predicted_kernel) += h->copies;
}

static enum run_truth truth(bool yes)
{
	return yes ? RUN_YES : RUN_NO;
}

static void put_counted(struct run_copies *row, const struct count_spec *c)
{
	row->resolved = truth(c->resolved);
	row->reason = c->why;
	if (!c->resolved)
		return;
	row->counted_kernel = c->copies_kernel;
	row->counted_user = c->copies_user;
	row->counted = c->copies;
	row->lower_bound = truth(c->lower_bound);
	row->agrees = truth(c->agrees);
	row->calls_per_mib = c->calls_per_mib;
	row->calls_per_message = c->calls_per_message;
	row->blocked_per_message = c->blocked_per_message;
}

/* One mechanism; a count that cannot be had is no failure of the run. */
static void count_one(FILE *to, const struct meas_bench *b,
		      const struct meas_cell *p)
{
	struct count_spec counted = { .resolved = false };
	struct run_copies row;
	struct err e = { 0 };
	struct tr_spec spec;

	run_row_of_json(&run_file_copies, NULL, &row); /* all empty */
	if (tr_spec_parse(p->own, &spec, &e) < 0)
		return;
	row.spec = p->own;
	row.mechanism = spec.ops->name;
	row.label = p->label;
	put_predicted(&row, &spec);
	if (spec.ops->carries_nothing)
		row.reason = "it delivers nothing";
	else if (count_spec(&spec, b->dir, 0, &counted, &e) == 0)
		put_counted(&row, &counted);
	else
		row.reason = e.text;
	run_row_put(to, &run_file_copies, &row);
	count_spec_free(&counted);
}

static bool is_first(const struct meas_plan *plan, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(plan->cell[j].own, plan->cell[i].own))
			return false;
	return true;
}

/* 0, or -EINTR. */
static int count_all(FILE *to, const struct meas_bench *b)
{
	run_header_put(to, &run_file_copies);
	for (size_t i = 0; i < b->plan->cells; i++) {
		if (!is_first(b->plan, i))
			continue;
		count_one(to, b, &b->plan->cell[i]);
		if (stop_requested())
			return -EINTR;
	}
	return 0;
}

int meas_copies(struct meas_bench *b, struct err *e)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	int rc = to ? count_all(to, b) : -ENOMEM;

	if (to && fclose(to) != 0)
		rc = -ENOMEM;
	if (rc == -ENOMEM)
		err_say(e, ENOMEM, "no memory left for copies.csv");
	if (rc == 0)
		rc = meas_run_put(&b->run, "copies.csv", text, e);
	free(text);
	return rc;
}
