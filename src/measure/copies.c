/* copies.csv: how often each mechanism of a plan copies a byte. */
#include "measure/copies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "count/count_spec.h"
#include "run/run.h"

/*
 * The load that is counted for a cell. If the cell copies files, the output is
 * a new file, even if the cell copies over an existing file: the number of
 * copies is the same. Only the sink "nowhere" stays.
 */
static struct count_load load_of(const struct meas_cell *p)
{
	return (struct count_load){
		.workload = p->workload,
		.sink = p->sink == COPY_NOWHERE ? COPY_NOWHERE : COPY_NEW,
	};
}

static void put_predicted(struct run_copies *row, const struct tr_spec *spec,
			  const struct count_load *load)
{
	int kernel, user;

	count_predict(spec, load, &kernel, &user);
	row->predicted_kernel = kernel;
	row->predicted_user = user;
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
	row->steady_calls_per_mib = c->steady_calls_per_mib;
	row->steady_calls_per_message = c->steady_calls_per_message;
}

/* Counts one mechanism. If this fails, the line has the reason. */
static void count_one(FILE *to, const struct meas_bench *b,
		      const struct meas_cell *p)
{
	const struct count_load load = load_of(p);
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
	row.workload = copy_workload_names[load.workload];
	row.sink = load.workload == COPY_FILE ? run_sink_word(load.sink) : "-";
	put_predicted(&row, &spec, &load);
	if (spec.ops->carries_nothing)
		row.reason = "it delivers nothing";
	else if (count_load(&spec, &load, b->dir, 0, &counted, &e) == 0)
		put_counted(&row, &counted);
	else
		row.reason = e.text;
	run_row_put(to, &run_file_copies, &row);
	count_spec_free(&counted);
}

/*
 * True if two cells differ only in size, depth, place and the like: such cells
 * are counted only once.
 */
static bool is_alike(const struct meas_cell *a, const struct meas_cell *b)
{
	struct count_load x = load_of(a), y = load_of(b);

	return !strcmp(a->own, b->own) && x.workload == y.workload &&
	       (x.workload != COPY_FILE || x.sink == y.sink);
}

static bool is_first(const struct meas_plan *plan, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (is_alike(&plan->cell[j], &plan->cell[i]))
			return false;
	return true;
}

/* 0, or -EINTR. */
static int count_all(FILE *to, const struct meas_bench *b)
{
	run_header_put(to, &run_file_copies);
	for (size_t i = 0; i < b->plan->cells; i++) {
		/*
		 * a dose adds only the copies that it names, see tests/dose.t
		 */
		if (!is_first(b->plan, i) ||
		    !dose_is_none(&b->plan->cell[i].dose))
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
		err_say(e, ENOMEM, "out of memory for copies.csv");
	if (rc == 0)
		rc = meas_folder_put(&b->run, "copies.csv", text, e);
	free(text);
	return rc;
}
