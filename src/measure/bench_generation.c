/*
 * Runs a generation, which is one process, and stores the lines that it writes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/append.h"
#include "base/json.h"
#include "measure/bench_inside.h"
#include "measure/child.h"
#include "measure/sample.h"

/* The exit codes of the measuring program are those of ipcopy. */
#define CELL_USAGE  2
#define CELL_CANNOT 4

/*
 * Added to the longest time that a child should need. A child that takes even
 * longer is stopped.
 */
#define CHILD_SLACK_MS 30000

/* --- the process and the cells in it -------------------------------------- */

struct runner {
	size_t cell; /* the number of the cell in the plan */
	size_t candidate;
	/* the setting that a pilot tries; NULL: this is not a pilot */
	const char *setting;
};

struct generation {
	struct meas_bench *b;
	struct bench_condition *k;
	struct bench_words words;
	struct runner runner[MEAS_CELLS_TOGETHER];
	size_t runners;
	struct bench_tally tally;
	struct child_result result;
	/* for the process: numbers of the settings that it is to leave out */
	char answer[4 * MEAS_CELLS_TOGETHER + 2];
	struct err err; /* why a sample could not be stored */
};

static void add_runner(struct generation *g, struct runner r)
{
	const struct meas_cell *p = &g->b->plan->cell[r.cell];

	if (g->runners == MEAS_CELLS_TOGETHER)
		return;
	bench_add(&g->words, "--via");
	bench_add(&g->words, "%s", r.setting ? r.setting : p->via);
	bench_add_number(&g->words, "--lag", (uint64_t)p->lag_percent);
	bench_add_dose(&g->words, &p->dose);
	g->runner[g->runners++] = r;
}

/* Adds the cells that still take part; cells with a dose only if `dosed`. */
static void add_cells(struct generation *g, bool dosed)
{
	for (size_t i = 0; i < g->k->cells; i++) {
		size_t n = g->k->cell[i];

		if (bench_takes_part(g->b, g->k, i) &&
		    (dosed || dose_is_none(&g->b->plan->cell[n].dose)))
			add_runner(g, (struct runner){ .cell = n });
	}
}

static void add_settings(struct generation *g, size_t cell)
{
	const struct meas_plan *plan = g->b->plan;
	const struct meas_cell *p = &plan->cell[cell];

	for (size_t i = 0; i < p->candidates; i++)
		if (!bench_pilot_is_out(g->b, cell, i))
			add_runner(
				g,
				(struct runner){
					.cell = cell,
					.candidate = i,
					.setting = plan->setting[p->candidate +
								 i] });
}

/*
 * Adds the cells of this stage, each with all settings that it can still pick.
 * Except for the first cell, a cell is left out if there is no room for all its
 * settings.
 */
static void add_candidates(struct generation *g, int stage)
{
	for (size_t i = 0; i < g->k->cells; i++) {
		size_t cell = g->k->cell[i];

		if (bench_pilot_due(g->b, g->k, i, stage) &&
		    (!g->runners ||
		     g->runners + g->b->cell[cell].left <= MEAS_CELLS_TOGETHER))
			add_settings(g, cell);
	}
}

static void add_trial(struct generation *g, int stage)
{
	bench_add(&g->words, "--trial");
	add_candidates(g, stage);
}

static int run_child(struct generation *g, child_line *line, int env_bytes,
		     struct err *e)
{
	const struct meas_plan *plan = g->b->plan;
	const struct meas_cell *p = bench_first_cell(g->b, g->k);
	int64_t long_ms = 8LL * (plan->rounds + 20) * p->transfer_ms *
			  (int64_t)g->runners;
	struct child_job job = {
		.argv = g->words.argv,
		.env_bytes = env_bytes,
		.timeout_ms =
			(int)(3 * p->timeout_ms + long_ms + CHILD_SLACK_MS),
		.line = line,
		.arg = g,
		.answer = g->answer,
	};

	return child_run(&job, &g->result, e);
}

/*
 * The whole process failed. The reason counts for each of its cells, except for
 * a cell that had failed before and so has its own reason.
 */
static void blame_all(struct generation *g)
{
	char why[300];

	child_words(&g->result, why, sizeof(why));
	for (size_t i = 0; i < g->runners; i++) {
		size_t n = g->runner[i].cell;

		if (!g->tally.failed || !g->tally.failed[n])
			snprintf(g->b->cell[n].why, sizeof(g->b->cell[n].why),
				 "%s",
				 *why ? why
				      : "the measuring program gave no reason");
	}
}

/* The runner that a line belongs to; NULL: none. */
static const struct runner *runner_of(const struct generation *g,
				      const json_t *line)
{
	const json_t *n = json_object_get(line, "runner");

	if (!json_is_integer(n) || json_integer_value(n) < 0 ||
	    json_integer_value(n) >= (json_int_t)g->runners)
		return NULL;
	return &g->runner[json_integer_value(n)];
}

/* --- how much fills a transfer -------------------------------------------- */

static int take_size(void *arg, const char *text)
{
	struct generation *g = arg;
	json_t *line = json_loads(text, 0, NULL);
	const struct runner *r = runner_of(g, line);

	if (r) {
		struct meas_cell *p = &g->b->plan->cell[r->cell];

		snprintf(p->reason, sizeof(p->reason), "%s",
			 json_text_in(line, "reason"));
	} else if (json_count_in(line, "bytes")) {
		g->k->bytes = json_count_in(line, "bytes");
		g->k->messages = json_count_in(line, "messages");
		g->k->sized = true;
	}
	json_decref(line);
	return 0;
}

/* True if the plan gives the size of a transfer, so that it is not searched. */
static bool is_given(const struct meas_cell *p, struct bench_condition *k)
{
	if (p->workload == COPY_FILE || (!p->bytes && !p->messages))
		return false;
	k->bytes = p->bytes;
	k->messages = p->messages;
	return k->sized = true;
}

/*
 * No size was found. If the exit code says that no cell can run here, the last
 * line of the program's errors is the reason.
 */
static void skip_all(struct generation *g)
{
	int code = WIFEXITED(g->result.status) ? WEXITSTATUS(g->result.status)
					       : -1;

	blame_all(g);
	for (size_t i = 0; i < g->runners; i++) {
		size_t n = g->runner[i].cell;
		struct meas_cell *p = &g->b->plan->cell[n];

		if ((code == CELL_USAGE || code == CELL_CANNOT) && !*p->reason)
			snprintf(p->reason, sizeof(p->reason), "%s",
				 g->b->cell[n].why);
	}
}

int bench_size(struct meas_bench *b, struct bench_condition *k, struct err *e)
{
	struct generation *g = calloc(1, sizeof(*g));
	const struct meas_cell *p = bench_first_cell(b, k);
	int rc;

	if (!g)
		return err_say(e, ENOMEM, "out of memory");
	g->b = b;
	g->k = k;
	bench_add_condition(&g->words, b, k);
	/*
	 * without the cells that have a dose: the extra work takes time, so the
	 * size found would be smaller
	 */
	add_cells(g, false);
	rc = 0;
	if (g->runners > 0 && !is_given(p, k)) {
		bench_add_number(&g->words, "--bytes", p->bytes);
		bench_add_number(&g->words, "--calibrate",
				 (uint64_t)p->transfer_ms);
		rc = run_child(g, take_size, 0, e);
		if (rc == 0 && !k->sized)
			skip_all(g);
	}
	free(g);
	return rc;
}

/* --- samples -------------------------------------------------------------- */

static void put_int(json_t *row, const char *key, int64_t n)
{
	json_object_set_new(row, key, json_integer(n));
}

static void put_text(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, json_string(text));
}

/* Adds the number of messages of a file, if the mechanism moves messages. */
static void put_messages(json_t *line, const struct meas_cell *p)
{
	uint64_t bytes = json_count_in(line, "bytes");

	if (p->workload == COPY_FILE && bytes &&
	    tr_has_message_form(p->spec.ops))
		put_int(line, "messages",
			(int64_t)((bytes + p->size_bytes - 1) / p->size_bytes));
}

static int append_line(struct generation *g, json_t *line, size_t cell)
{
	struct meas_bench *b = g->b;
	char dose[DOSE_TEXT_MAX], *text;
	int rc;

	put_int(line, "sweep", b->sweep);
	put_int(line, "generation", b->generation);
	put_int(line, "condition", g->k - b->condition + 1);
	put_text(line, "cell", b->plan->cell[cell].name);
	put_text(line, "dose",
		 dose_text(&b->plan->cell[cell].dose, dose, sizeof(dose)));
	put_int(line, "witness_ns", b->witness_ns);
	put_messages(line, &b->plan->cell[cell]);
	text = meas_sample_line(line);
	rc = text ? meas_folder_append(&b->run, text, &g->err)
		  : err_say(&g->err, ENOMEM, "out of memory");
	free(text);
	return rc;
}

/* Marks a transfer of a pilot, which takes part in no comparison. */
static void mark_pilot(const struct runner *r, json_t *line, bool timed)
{
	if (!r->setting)
		return;
	put_text(line, "setting", r->setting);
	if (timed)
		put_text(line, "phase", RUN_PILOT);
}

static int note(struct generation *g, json_t *line, const struct runner *r)
{
	int64_t at_ns = meas_bench_ns(g->b);
	struct bench_line counted = {
		.sweep = g->b->sweep,
		.generation = g->b->generation,
		.condition = (size_t)(g->k - g->b->condition),
		.cell = r->cell,
		.timed = !strcmp(json_text_in(line, "phase"), "timed"),
		.failed = strcmp(json_text_in(line, "status"), "ok") != 0,
		.reason = json_text_in(line, "reason"),
		.setting = r->setting ? r->setting : "",
		.wall_ns = json_number_value(json_object_get(line, "wall_ns")),
		.bytes = json_number_value(json_object_get(line, "bytes")),
		.at_ns = (double)at_ns,
	};

	bench_tally_line(g->b, &g->tally, &counted);
	mark_pilot(r, line, counted.timed);
	put_int(line, "at_ns", at_ns);
	return append_line(g, line, r->cell);
}

/*
 * Makes the answer to the process: which of its settings the pilot has dropped.
 */
static void answer(struct generation *g)
{
	g->answer[0] = '\0';
	for (size_t i = 0; i < g->runners; i++) {
		const struct runner *r = &g->runner[i];

		if (r->setting &&
		    bench_pilot_is_out(g->b, r->cell, r->candidate))
			text_append(g->answer, sizeof(g->answer), "%zu ", i);
	}
	text_append(g->answer, sizeof(g->answer), "\n");
}

static int take_line(void *arg, const char *text)
{
	struct generation *g = arg;
	json_t *line = json_loads(text, 0, NULL);
	const struct runner *r = runner_of(g, line);
	int rc;

	if (r)
		rc = note(g, line, r);
	else
		rc = err_say(&g->err, EPROTO,
			     "the measuring program wrote a line that is not a "
			     "sample: %.60s",
			     text);
	json_decref(line);
	answer(g);
	return rc;
}

static bool has_enough(const struct generation *g, const struct runner *r)
{
	if (r->setting)
		return bench_pilot_has(g->b, r->cell, r->candidate);
	return g->tally.rounds[r->cell] >= RUN_ROUNDS_LEAST ||
	       g->tally.failed[r->cell];
}

/*
 * The process has failed: adds a failed sample for each cell, or setting of a
 * pilot, that lacks rounds.
 */
static int note_missing(struct generation *g)
{
	int rc = 0;

	for (size_t i = 0; i < g->runners && rc == 0; i++) {
		const struct runner *r = &g->runner[i];
		json_t *line;

		if (has_enough(g, r))
			continue;
		line = json_object();
		put_text(line, "status", "failed");
		put_text(line, "reason", g->b->cell[r->cell].why);
		rc = note(g, line, r);
		json_decref(line);
	}
	return rc;
}

static int measure(struct generation *g, struct err *e)
{
	struct meas_bench *b = g->b;
	struct bench_condition *k = g->k;
	bool by_bytes =
		bench_first_cell(b, k)->workload == COPY_FILE || !k->messages;
	uint64_t seed = meas_generation_seed(b->seed, b->generation);
	int stage = bench_pilot_stage(b, k), rc;

	bench_add_condition(&g->words, b, k);
	bench_add_number(&g->words, by_bytes ? "--bytes" : "--messages",
			 by_bytes ? k->bytes : k->messages);
	bench_add_number(&g->words, "--rounds", (uint64_t)b->plan->rounds);
	bench_add_number(&g->words, "--seed", seed);
	bench_add(&g->words, "--samples");
	bench_add(&g->words, "--acknowledged");
	if (stage < 0)
		add_cells(g, true);
	else
		add_trial(g, stage);
	rc = run_child(g, take_line, meas_env_bytes(b->seed, b->generation), e);
	if (g->err.code) {
		*e = g->err;
		return -e->code;
	}
	if (rc == 0 && (g->result.status || g->result.late)) {
		blame_all(g);
		rc = note_missing(g);
		if (rc < 0)
			*e = g->err;
	}
	return rc;
}

int bench_measure(struct meas_bench *b, struct bench_condition *k,
		  struct err *e)
{
	struct generation *g = calloc(1, sizeof(*g));
	int rc = g ? bench_tally_begin(b, &g->tally) : -ENOMEM;

	if (rc < 0) {
		free(g);
		return err_say(e, ENOMEM, "out of memory");
	}
	g->b = b;
	g->k = k;
	answer(g);
	rc = measure(g, e);
	k->took_ns = g->result.took_ns;
	if (rc == 0)
		bench_tally_end(b, &g->tally);
	bench_tally_free(&g->tally);
	free(g);
	return rc;
}
