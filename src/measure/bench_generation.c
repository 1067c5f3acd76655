/* One generation, one process: its command line, and what it writes. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "measure/bench_inside.h"
#include "measure/child.h"
#include "measure/sample.h"

/* How the measuring program ends: as ipcopy does. */
#define CELL_USAGE  2
#define CELL_CANNOT 4

/* A child may take so much, beside what it gives up on by itself. */
#define CHILD_SLACK_MS 30000
#define WORDS_MAX      512 /* 64 cells, each with a lag, and the condition */

struct words {
	char text[65536], *argv[WORDS_MAX];
	size_t used;
	int n;
};

__attribute__((format(printf, 2, 3))) static void add(struct words *w,
						      const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(w->text + w->used, sizeof(w->text) - w->used, fmt, ap);
	va_end(ap);
	if (w->used + (size_t)len >= sizeof(w->text) || w->n == WORDS_MAX - 1)
		return; /* never: a condition has 64 cells at most */
	w->argv[w->n++] = w->text + w->used;
	w->used += (size_t)len + 1;
}

static void add_cpus(struct words *w, const struct meas_cell *p)
{
	char list[16 * MEAS_PAIRS_MAX] = "";
	size_t used = 0;

	if (p->place == RUN_FREE)
		return;
	for (int i = 0; i < p->pairs; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%d,%d", i ? "," : "", p->cpu[i][0],
					 p->cpu[i][1]);
	add(w, "--cpus");
	add(w, "%s", list);
}

static void add_number(struct words *w, const char *option, uint64_t n)
{
	if (!n)
		return;
	add(w, "%s", option);
	add(w, "%" PRIu64, n);
}

static const struct meas_cell *first_cell(const struct meas_bench *b,
					  const struct bench_condition *k)
{
	return &b->plan->cell[k->cell[0]];
}

static void add_condition(struct words *w, const struct meas_bench *b,
			  const struct bench_condition *k)
{
	const struct meas_cell *p = first_cell(b, k);

	add(w, "%s", b->program);
	add(w, "--workload");
	add(w, "%s", copy_workload_names[p->workload]);
	if (p->sink != COPY_SINKS) {
		add(w, "--sink");
		add(w, "%s", run_sink_word(p->sink));
		add(w, "--dir");
		add(w, "%s", b->dir);
	}
	add(w, "--cache");
	add(w, "%s", run_cache_names[p->cache]);
	add(w, "--pairs");
	add(w, "%d", p->pairs);
	add_cpus(w, p);
	add(w, "--timeout");
	add(w, "%dms", p->timeout_ms);
}

/* --- the process and the cells in it -------------------------------------- */

struct generation {
	struct meas_bench *b;
	struct bench_condition *k;
	struct words words;
	size_t cell[MEAS_CELLS_TOGETHER]; /* of the plan, by its number there */
	size_t cells;
	struct bench_tally tally;
	int64_t begun_ns;
	struct child_result result;
	struct err err; /* why samples can be kept no more */
};

/* Those that can still run there. */
static void add_cells(struct generation *g)
{
	for (size_t i = 0; i < g->k->cells; i++) {
		size_t n = g->k->cell[i];
		const struct meas_cell *p = &g->b->plan->cell[n];

		if (!bench_takes_part(g->b, g->k, i) ||
		    g->cells == MEAS_CELLS_TOGETHER)
			continue;
		add(&g->words, "--via");
		add(&g->words, "%s", p->via);
		add_number(&g->words, "--lag", (uint64_t)p->lag_percent);
		g->cell[g->cells++] = n;
	}
}

static int run_child(struct generation *g, child_line *line, int env_bytes,
		     struct err *e)
{
	const struct meas_plan *plan = g->b->plan;
	const struct meas_cell *p = first_cell(g->b, g->k);
	int64_t long_ms =
		8LL * (plan->rounds + 20) * p->transfer_ms * (int64_t)g->cells;
	struct child_job job = {
		.argv = g->words.argv,
		.env_bytes = env_bytes,
		.timeout_ms =
			(int)(3 * p->timeout_ms + long_ms + CHILD_SLACK_MS),
		.line = line,
		.arg = g,
	};

	g->begun_ns = meas_bench_ns(g->b);
	return child_run(&job, &g->result, e);
}

/* The process failed; a cell that failed by itself has its own reason. */
static void blame_all(struct generation *g)
{
	char why[300];

	child_words(&g->result, why, sizeof(why));
	for (size_t i = 0; i < g->cells; i++)
		if (!g->tally.failed || !g->tally.failed[g->cell[i]])
			snprintf(g->b->cell[g->cell[i]].why,
				 sizeof(g->b->cell[0].why), "%s",
				 *why ? why
				      : "the measuring program said nothing");
}

static const char *text_of(const json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text ? text : "";
}

/* Its cell, or NULL: a line of nobody. */
static const size_t *cell_of(const struct generation *g, const json_t *line)
{
	const json_t *n = json_object_get(line, "runner");

	if (!json_is_integer(n) || json_integer_value(n) < 0 ||
	    json_integer_value(n) >= (json_int_t)g->cells)
		return NULL;
	return &g->cell[json_integer_value(n)];
}

/* --- how much fills a transfer -------------------------------------------- */

static uint64_t member(const json_t *line, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(line, key));

	return n > 0 ? (uint64_t)n : 0;
}

static int take_size(void *arg, const char *text)
{
	struct generation *g = arg;
	json_t *line = json_loads(text, 0, NULL);
	const size_t *cell = cell_of(g, line);

	if (cell) {
		struct meas_cell *p = &g->b->plan->cell[*cell];

		snprintf(p->reason, sizeof(p->reason), "%s",
			 text_of(line, "reason"));
	} else if (member(line, "bytes")) {
		g->k->bytes = member(line, "bytes");
		g->k->messages = member(line, "messages");
		g->k->sized = true;
	}
	json_decref(line);
	return 0;
}

/* The plan may say it; then there is nothing to find out. */
static bool is_given(const struct meas_cell *p, struct bench_condition *k)
{
	if (p->workload == COPY_FILE || (!p->bytes && !p->messages))
		return false;
	k->bytes = p->bytes;
	k->messages = p->messages;
	return k->sized = true;
}

/* None of them can run here: the program's last words are the reason. */
static void skip_all(struct generation *g)
{
	int code = WIFEXITED(g->result.status) ? WEXITSTATUS(g->result.status)
					       : -1;

	blame_all(g);
	for (size_t i = 0; i < g->cells; i++) {
		size_t n = g->cell[i];
		struct meas_cell *p = &g->b->plan->cell[n];

		if ((code == CELL_USAGE || code == CELL_CANNOT) && !*p->reason)
			snprintf(p->reason, sizeof(p->reason), "%s",
				 g->b->cell[n].why);
	}
}

int bench_size(struct meas_bench *b, struct bench_condition *k, struct err *e)
{
	struct generation *g = calloc(1, sizeof(*g));
	const struct meas_cell *p = first_cell(b, k);
	int rc;

	if (!g)
		return err_say(e, ENOMEM, "no memory left");
	g->b = b;
	g->k = k;
	add_condition(&g->words, b, k);
	add_cells(g);
	rc = 0;
	if (g->cells > 0 && !is_given(p, k)) {
		add_number(&g->words, "--bytes", p->bytes);
		add_number(&g->words, "--calibrate", (uint64_t)p->transfer_ms);
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

/* A file has as many messages as it takes; who moves pages has none. */
static void put_messages(json_t *line, const struct meas_cell *p)
{
	uint64_t bytes = member(line, "bytes");

	if (p->workload == COPY_FILE && bytes &&
	    tr_has_message_form(p->spec.ops))
		put_int(line, "messages",
			(int64_t)((bytes + p->size_bytes - 1) / p->size_bytes));
}

static int append(struct generation *g, json_t *line, size_t cell)
{
	struct meas_bench *b = g->b;
	char *text;
	int rc;

	put_int(line, "sweep", b->sweep);
	put_int(line, "generation", b->generation);
	put_int(line, "condition", g->k - b->condition + 1);
	put_text(line, "cell", b->plan->cell[cell].name);
	put_int(line, "at_ns", meas_bench_ns(b));
	put_int(line, "witness_ns", b->witness_ns);
	put_messages(line, &b->plan->cell[cell]);
	text = meas_sample_line(line);
	rc = text ? meas_run_append(&b->run, text, &g->err)
		  : err_say(&g->err, ENOMEM, "no memory left");
	free(text);
	return rc;
}

static int note(struct generation *g, json_t *line, size_t cell)
{
	const char *why = text_of(line, "reason");
	struct bench_line counted = {
		.sweep = g->b->sweep,
		.generation = g->b->generation,
		.condition = (size_t)(g->k - g->b->condition),
		.cell = cell,
		.timed = !strcmp(text_of(line, "phase"), "timed"),
		.failed = strcmp(text_of(line, "status"), "ok") != 0,
		.reason = why,
	};

	bench_tally_line(g->b, &g->tally, &counted);
	return append(g, line, cell);
}

static int take_sample(void *arg, const char *text)
{
	struct generation *g = arg;
	json_t *line = json_loads(text, 0, NULL);
	const size_t *cell = cell_of(g, line);
	int rc;

	if (cell)
		rc = note(g, line, *cell);
	else
		rc = err_say(&g->err, EPROTO,
			     "the measuring program wrote what is no sample: "
			     "%.60s",
			     text);
	json_decref(line);
	return rc;
}

/* A cell of which too little has come has failed with its process. */
static int note_missing(struct generation *g)
{
	int rc = 0;

	for (size_t i = 0; i < g->cells && rc == 0; i++) {
		size_t n = g->cell[i];
		json_t *line;

		if (g->tally.rounds[n] >= RUN_ROUNDS_LEAST ||
		    g->tally.failed[n])
			continue;
		line = json_object();
		put_text(line, "status", "failed");
		put_text(line, "reason", g->b->cell[n].why);
		rc = note(g, line, n);
		json_decref(line);
	}
	return rc;
}

static int measure(struct generation *g, struct err *e)
{
	struct meas_bench *b = g->b;
	struct bench_condition *k = g->k;
	bool by_bytes = first_cell(b, k)->workload == COPY_FILE || !k->messages;
	uint64_t seed = meas_generation_seed(b->seed, b->generation);
	int rc;

	add_condition(&g->words, b, k);
	add_number(&g->words, by_bytes ? "--bytes" : "--messages",
		   by_bytes ? k->bytes : k->messages);
	add_number(&g->words, "--rounds", (uint64_t)b->plan->rounds);
	add_number(&g->words, "--seed", seed);
	add(&g->words, "--samples");
	add(&g->words, "--acknowledged");
	add_cells(g);
	rc = run_child(g, take_sample, meas_env_bytes(b->seed, b->generation),
		       e);
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
		return err_say(e, ENOMEM, "no memory left");
	}
	g->b = b;
	g->k = k;
	rc = measure(g, e);
	k->took_ns = g->result.took_ns;
	if (rc == 0)
		bench_tally_end(b, &g->tally);
	bench_tally_free(&g->tally);
	free(g);
	return rc;
}
