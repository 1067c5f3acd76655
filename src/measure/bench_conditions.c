/* The conditions of a plan: which cells take turns with each other. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "judge/judge.h"
#include "judge/words.h"
#include "measure/bench_inside.h"

size_t bench_find_cell(const struct meas_bench *b, const char *name)
{
	size_t i = 0;

	while (i < b->plan->cells && strcmp(b->plan->cell[i].name, name) != 0)
		i++;
	return i;
}

/*
 * True if the cell can run and no condition has it, such as a control in a plan
 * of controls only.
 */
static bool is_left_over(const struct rep_verdict *v, const struct run_cell *c)
{
	for (size_t k = 0; k < v->conditions; k++)
		if (run_takes_part(c, &v->condition[k]))
			return false;
	return !c->skipped;
}

static int make(struct meas_bench *b, struct bench_condition **made,
		struct err *e)
{
	struct bench_condition *k = &b->condition[b->conditions++];

	*made = k;
	*k = (struct bench_condition){
		.cell = calloc(b->plan->cells, sizeof(*k->cell)),
		.beaten = calloc(b->plan->cells, sizeof(*k->beaten)),
		.width = NAN,
		.open = true,
	};
	return k->cell && k->beaten ? 0 : err_say(e, ENOMEM, "out of memory");
}

static int add_condition(struct meas_bench *b, const struct run *r,
			 const struct run_condition *like, struct err *e)
{
	struct bench_condition *k;
	int rc = make(b, &k, e);

	if (rc < 0)
		return rc;
	run_condition_words(like, k->words, sizeof(k->words));
	for (size_t i = 0; i < r->cells; i++)
		if (!r->cell[i]->skipped && run_takes_part(r->cell[i], like))
			k->cell[k->cells++] = i;
	if (k->cells <= MEAS_CELLS_TOGETHER)
		return 0;
	return err_say(e, EINVAL,
		       "the condition %s has %zu cells, but at most %d cells "
		       "can take turns; leave out some of them",
		       k->words, k->cells, MEAS_CELLS_TOGETHER);
}

static bool is_in_one(const struct meas_bench *b, size_t cell, size_t from)
{
	for (size_t k = from; k < b->conditions; k++)
		for (size_t i = 0; i < b->condition[k].cells; i++)
			if (b->condition[k].cell[i] == cell)
				return true;
	return false;
}

static int find(struct meas_bench *b, const struct run *r,
		const struct rep_verdict *v, struct err *e)
{
	int rc = 0;

	b->condition = calloc(r->cells + 1, sizeof(*b->condition));
	if (!b->condition || v->broken)
		return err_say(e, ENOMEM, "out of memory");
	for (size_t k = 0; k < v->conditions && rc == 0; k++)
		rc = add_condition(b, r, &v->condition[k], e);
	for (size_t i = 0; i < r->cells && rc == 0; i++) {
		struct run_condition own = run_condition_of(r->cell[i]);

		if (is_left_over(v, r->cell[i]) &&
		    !is_in_one(b, i, v->conditions))
			rc = add_condition(b, r, &own, e);
	}
	return rc;
}

int bench_conditions_find(struct meas_bench *b, struct err *e)
{
	struct run r;
	struct rep_verdict v;
	int rc = run_plan(&r, b->manifest, e);

	if (rc == 0) {
		rep_declare(&v, &r);
		rc = find(b, &r, &v, e);
		json_object_set_new(b->manifest, "hypotheses",
				    rep_hypotheses(&v));
		rep_verdict_free(&v);
	}
	run_free(&r);
	return rc;
}

/* --- of a run that is resumed --------------------------------------------- */

static int load_cells(struct meas_bench *b, struct bench_condition *k,
		      const json_t *names, struct err *e)
{
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));
		size_t cell = bench_find_cell(b, name ? name : "");

		if (cell == b->plan->cells || k->cells == b->plan->cells)
			return err_say(
				e, EINVAL,
				"a condition in manifest.json has a cell that "
				"the list of all cells lacks: %.100s",
				name ? name : "its name is not a text");
		k->cell[k->cells++] = cell;
	}
	return 0;
}

static int load_one(struct meas_bench *b, const json_t *from, struct err *e)
{
	struct bench_condition *k;
	int rc = make(b, &k, e);

	if (rc < 0)
		return rc;
	snprintf(k->words, sizeof(k->words), "%s", json_text_in(from, "words"));
	/* a resumed run keeps the size of a transfer */
	k->bytes = json_count_in(from, "bytes");
	k->messages = json_count_in(from, "messages");
	k->sized = k->bytes > 0;
	return load_cells(b, k, json_object_get(from, "cells"), e);
}

int bench_conditions_load(struct meas_bench *b, struct err *e)
{
	const json_t *list = json_object_get(b->manifest, "conditions");
	size_t n = json_array_size(list);
	int rc = 0;

	b->condition = calloc(n + 1, sizeof(*b->condition));
	if (!b->condition)
		return err_say(e, ENOMEM, "out of memory");
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = load_one(b, json_array_get(list, i), e);
	return rc;
}

void bench_conditions_free(struct meas_bench *b)
{
	for (size_t k = 0; b->condition && k < b->conditions; k++) {
		free(b->condition[k].cell);
		free(b->condition[k].beaten);
	}
	free(b->condition);
	b->condition = NULL;
	b->conditions = 0;
}

bool bench_cell_can_run(const struct meas_bench *b, size_t cell)
{
	return !*b->plan->cell[cell].reason &&
	       b->cell[cell].failed_in_a_row < BENCH_FAILURES;
}

bool bench_takes_part(const struct meas_bench *b,
		      const struct bench_condition *k, size_t i)
{
	return bench_cell_can_run(b, k->cell[i]) && !k->beaten[i];
}

bool bench_can_run(const struct meas_bench *b, const struct bench_condition *k)
{
	for (size_t i = 0; i < k->cells; i++)
		if (bench_cell_can_run(b, k->cell[i]))
			return true;
	return false;
}

bool bench_is_active(const struct meas_bench *b,
		     const struct bench_condition *k)
{
	return k->stop == MEAS_GOES_ON && bench_can_run(b, k);
}
