/* One cell, one process: its command line, what it wrote, its samples. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "measure/bench.h"
#include "measure/child.h"
#include "measure/sample.h"

/* How the measuring program ends: as ipcopy does. */
#define CELL_USAGE  2
#define CELL_CANNOT 4

/* What a child may take at most, beside what it gives up on by itself. */
#define CHILD_SLACK_MS 30000

struct words {
	char text[2400], *argv[48];
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
	if (w->used + (size_t)len >= sizeof(w->text) || w->n == 47)
		return; /* never: 64 pairs of CPUs are 700 letters */
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

static void add_condition(struct words *w, const struct meas_bench *b,
			  const struct meas_cell *p)
{
	add(w, "%s", b->program);
	add(w, "--via");
	add(w, "%s", p->via);
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
	add_number(w, "--lag", (uint64_t)p->lag_percent);
	add(w, "--timeout");
	add(w, "%dms", p->timeout_ms);
}

static int run_child(struct words *w, const struct meas_cell *p, int env_bytes,
		     struct child_result *r, struct err *e)
{
	struct child_job job = {
		.argv = w->argv,
		.env_bytes = env_bytes,
		.timeout_ms =
			3 * p->timeout_ms + 20 * p->sample_ms + CHILD_SLACK_MS,
	};

	return child_run(&job, r, e);
}

/* --- how much fills a sample ---------------------------------------------- */

static uint64_t member(const json_t *line, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(line, key));

	return n > 0 ? (uint64_t)n : 0;
}

static void take_size(struct bench_cell *c, const char *text)
{
	json_t *line = json_loads(text, 0, NULL);

	c->bytes = member(line, "bytes");
	c->messages = member(line, "messages");
	c->iterations = member(line, "iterations");
	c->sized = c->iterations > 0;
	if (!c->sized)
		snprintf(c->why, sizeof(c->why),
			 "the measuring program does "
			 "not say how much fills a sample");
	json_decref(line);
}

/* The plan may say it; then there is nothing to find out. */
static bool is_given(const struct meas_cell *p, struct bench_cell *c)
{
	if (p->workload == COPY_FILE || (!p->bytes && !p->messages))
		return false;
	c->bytes = p->bytes;
	c->messages = p->messages;
	c->iterations = 1;
	return c->sized = true;
}

int bench_size_cell(struct meas_bench *b, size_t i, struct err *e)
{
	struct meas_cell *p = &b->plan->cell[i];
	struct bench_cell *c = &b->cell[i];
	struct words w = { .used = 0 };
	struct child_result r;
	int rc, code;

	if (is_given(p, c))
		return 0;
	add_condition(&w, b, p);
	add_number(&w, "--bytes", p->bytes);
	add_number(&w, "--calibrate", (uint64_t)p->sample_ms);
	rc = run_child(&w, p, 0, &r, e);
	if (rc == 0) {
		code = WIFEXITED(r.status) ? WEXITSTATUS(r.status) : -1;
		child_words(&r, c->why, sizeof(c->why));
		c->took_ns = r.took_ns;
		if (code == CELL_USAGE || code == CELL_CANNOT)
			snprintf(p->reason, sizeof(p->reason), "%s", c->why);
		else if (code == 0 && !r.late)
			take_size(c, r.out);
	}
	free(r.out);
	return rc;
}

/* --- a sample ------------------------------------------------------------- */

static void put_int(json_t *row, const char *key, int64_t n)
{
	json_object_set_new(row, key, json_integer(n));
}

static void put_text(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, json_string(text));
}

/* What the driver knows of every sample of this process. */
static json_t *common(const struct meas_bench *b, size_t i, int64_t at_ns)
{
	const struct meas_cell *p = &b->plan->cell[i];
	json_t *row = json_object();

	if (!row)
		return NULL;
	put_int(row, "round", b->round);
	put_int(row, "order", b->order);
	put_text(row, "cell", p->name);
	put_text(row, "mechanism", p->spec.ops->name);
	put_text(row, "label", p->label);
	put_text(row, "workload", copy_workload_names[p->workload]);
	put_text(row, "sink", run_sink_word(p->sink));
	put_text(row, "cache", run_cache_names[p->cache]);
	put_int(row, "size_bytes", (int64_t)p->size_bytes);
	put_text(row, "depth", p->depth);
	put_text(row, "wait", p->wait);
	put_text(row, "place", run_place_names[p->place]);
	put_int(row, "pairs", p->pairs);
	put_int(row, "at_ns", at_ns);
	put_int(row, "witness_ns", b->witness_ns);
	return row;
}

struct samples {
	json_t *common;
	char *lines; /* for samples.csv */
	size_t len;
	double *speed;
	int good, bad;
	bool pingpong;
	uint64_t file_size; /* of a message, where a file is cut into them */
	char why[300];      /* the last one failed */
};

static int append(struct samples *s, const json_t *row)
{
	char *line = meas_sample_line(row), *more = NULL;
	size_t len = line ? strlen(line) : 0;

	if (line)
		more = realloc(s->lines, s->len + len + 1);
	if (more) {
		memcpy(more + s->len, line, len + 1);
		s->lines = more;
		s->len += len;
	}
	free(line);
	return more ? 0 : -ENOMEM;
}

static int note_failure(struct samples *s, const char *why)
{
	json_t *row = json_copy(s->common);
	int rc;

	put_text(row, "status", "failed");
	put_text(row, "reason", why);
	put_int(row, "iteration", s->good + s->bad + 1);
	rc = append(s, row);
	json_decref(row);
	s->bad++;
	return rc;
}

/* A file has as many as it takes; those who move pages have none. */
static void put_messages(json_t *line, const struct samples *s)
{
	uint64_t bytes = member(line, "bytes");

	if (s->file_size && bytes && !member(line, "messages"))
		put_int(line, "messages",
			(int64_t)((bytes + s->file_size - 1) / s->file_size));
}

static int note_sample(struct samples *s, json_t *line)
{
	const char *status = json_string_value(json_object_get(line, "status"));
	double speed = meas_speed(s->pingpong, (int64_t)member(line, "bytes"),
				  (int64_t)member(line, "messages"),
				  (int64_t)member(line, "wall_ns"));
	const char *why;
	double *more;

	json_object_update(line, s->common);
	put_messages(line, s);
	if (!status || strcmp(status, "ok") != 0 || speed <= 0) {
		s->bad++;
		why = json_string_value(json_object_get(line, "reason"));
		snprintf(s->why, sizeof(s->why), "%s", why ? why : "");
		return append(s, line);
	}
	more = realloc(s->speed, (size_t)(s->good + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	s->speed = more;
	s->speed[s->good++] = speed;
	return append(s, line);
}

/* What the child has written, a sample on each line. */
static int note_output(struct samples *s, char *out)
{
	char *line, *rest = NULL;
	int rc = 0;

	for (line = strtok_r(out, "\n", &rest); line && rc == 0;
	     line = strtok_r(NULL, "\n", &rest)) {
		json_t *object = json_loads(line, 0, NULL);

		if (json_is_object(object))
			rc = note_sample(s, object);
		else
			rc = note_failure(s, "the measuring program wrote what "
					     "is no sample");
		json_decref(object);
	}
	return rc;
}

/* A process of which one sample failed has not measured anything. */
static int fold(struct bench_cell *c, const struct samples *s)
{
	if (s->bad || !s->good) {
		meas_track_fail(&c->track);
		return 0;
	}
	return meas_track_add(&c->track,
			      stats_median(s->speed, (size_t)s->good));
}

static int note_process(struct samples *s, struct bench_cell *c,
			struct child_result *r)
{
	int rc = note_output(s, r->out);

	child_words(r, c->why, sizeof(c->why));
	/* what a sample says of itself is closer to the cause */
	if (*s->why)
		snprintf(c->why, sizeof(c->why), "%s", s->why);
	if (rc == 0 && !s->bad && (r->status || r->late || !s->good))
		rc = note_failure(s, *c->why ? c->why
					     : "the measuring program wrote no "
					       "sample");
	return rc;
}

static int measure(struct meas_bench *b, size_t i, struct samples *s,
		   struct err *e)
{
	struct meas_cell *p = &b->plan->cell[i];
	struct bench_cell *c = &b->cell[i];
	bool by_bytes = p->workload == COPY_FILE || !c->messages;
	struct words w = { .used = 0 };
	struct child_result r;
	int rc;

	add_condition(&w, b, p);
	add_number(&w, by_bytes ? "--bytes" : "--messages",
		   by_bytes ? c->bytes : c->messages);
	add_number(&w, "--iterations", c->iterations);
	add(&w, "--align");
	add(&w, "%d", meas_align_bytes(b->seed, b->round, i));
	add(&w, "--samples");
	rc = run_child(&w, p, meas_env_bytes(b->seed, b->round, i), &r, e);
	if (rc == 0 && note_process(s, c, &r) < 0)
		rc = err_say(e, ENOMEM, "no memory left");
	c->took_ns = r.took_ns;
	free(r.out);
	return rc;
}

int bench_sample_cell(struct meas_bench *b, size_t i, struct err *e)
{
	const struct meas_cell *p = &b->plan->cell[i];
	struct bench_cell *c = &b->cell[i];
	struct samples s = { .pingpong = p->workload == COPY_PINGPONG };
	int rc = c->sized ? 0 : bench_size_cell(b, i, e);

	if (p->workload == COPY_FILE && tr_has_message_form(p->spec.ops))
		s.file_size = p->size_bytes;
	b->order++;
	s.common = common(b, i, meas_bench_ns(b));
	if (rc == 0 && !s.common)
		rc = err_say(e, ENOMEM, "no memory left");
	if (rc == 0 && c->sized)
		rc = measure(b, i, &s, e);
	else if (rc == 0 && note_failure(&s, c->why) < 0)
		rc = err_say(e, ENOMEM, "no memory left");
	if (rc == 0)
		rc = meas_run_append(&b->run, s.lines, e);
	if (rc == 0 && fold(c, &s) < 0)
		rc = err_say(e, ENOMEM, "no memory left");
	json_decref(s.common);
	free(s.lines);
	free(s.speed);
	return rc;
}
