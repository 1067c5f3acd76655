/*
 * Where the time goes: how long each side runs in user space, runs in the
 * kernel, and waits. The CPU times are measured, and waiting is the rest of the
 * measured time: nothing comes from a model.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

enum { SERVER, CLIENT, SIDES };
enum { USER, SYSTEM, WAITING, PARTS };

static const struct {
	const char *name;
	unsigned fill;
} parts[PARTS] = {
	[USER] = { "in user space", 0x08406a },
	[SYSTEM] = { "in the kernel", 0x5fa8d3 },
	[WAITING] = { "waiting", 0xe0e0e0 },
};

struct row {
	const struct run_cell *cell;
	double ns, low, high;        /* the time for a MiB, its interval */
	double cpu_ns[SIDES][PARTS]; /* of all transfers; WAITING is unused */
	double wall_ns;
};

struct decomposition {
	struct figure *f;
	struct row *row;
	size_t n;
	const struct run_cell *model; /* the condition shown */
	struct figure_axis axis;
};

#define MIB 1048576.0

/* --- numbers -------------------------------------------------------------- */

static bool takes_file(const struct run_cell *c)
{
	return run_is_believed(c) && run_moves(&c->at, COPY_FILE) &&
	       c->at.pairs == 1;
}

static void add_sample(struct row *r, const struct run_sample *s)
{
	double user[] = { s->server_user_ns, s->client_user_ns };
	double system[] = { s->server_sys_ns, s->client_sys_ns };

	r->wall_ns += s->wall_ns;
	for (int i = 0; i < SIDES; i++) {
		r->cpu_ns[i][USER] += user[i];
		r->cpu_ns[i][SYSTEM] += system[i];
	}
}

static struct row row_of(const struct run *r, const struct run_cell *c)
{
	struct row row = {
		.cell = c,
		.ns = MIB / c->speed.value * 1e9,
		.low = MIB / c->speed.high * 1e9,
		.high = MIB / c->speed.low * 1e9,
	};

	if (!isfinite(row.low) || !isfinite(row.high))
		row.low = row.high = row.ns;
	for (size_t i = 0; i < r->samples; i++)
		if (r->sample[i].ok && r->sample[i].timed &&
		    !strcmp(r->sample[i].cell, c->name))
			add_sample(&row, &r->sample[i]);
	return row;
}

static bool is_known(const struct row *r)
{
	double sum = 0;

	for (int i = 0; i < SIDES; i++)
		sum += r->cpu_ns[i][USER] + r->cpu_ns[i][SYSTEM];
	return r->wall_ns > 0 && isfinite(sum);
}

/*
 * A share of the time of a transfer. The CPU times, from other clocks, can add
 * up to a little more than this time.
 */
static double share_of(const struct row *r, int side, int part)
{
	double user = r->cpu_ns[side][USER] / r->wall_ns;
	double busy = user + r->cpu_ns[side][SYSTEM] / r->wall_ns;
	double cut = busy > 1 ? 1 / busy : 1;

	if (part == WAITING)
		return 1 - busy * cut;
	return cut * (part == USER ? user : busy - user);
}

static int by_time(const void *l, const void *r)
{
	const struct row *a = l, *b = r;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return strcmp(a->cell->label, b->cell->label);
}

static int gather_times(struct decomposition *d, struct err *e)
{
	const struct run *r = d->f->wish->run;

	d->model = figure_model(r, takes_file);
	d->row = calloc(r->cells + 1, sizeof(*d->row));
	if (!d->row)
		return err_code(e, ENOMEM, "cannot draw the figure");
	for (size_t i = 0; d->model && i < r->cells; i++) {
		if (!takes_file(r->cell[i]) ||
		    !figure_shares(d->model, r->cell[i]))
			continue;
		d->row[d->n] = row_of(r, r->cell[i]);
		d->n += is_known(&d->row[d->n]);
	}
	qsort(d->row, d->n, sizeof(*d->row), by_time);
	return d->n ? 0
		    : err_say(e, ENODATA,
			      "the run copies no file by a single pair, or its "
			      "samples have no CPU times");
}

/* --- drawing -------------------------------------------------------------- */

enum { LABELS = 112, ROW = 22, BAR = 7, FACT = 50 };

/* Counts beside the bars, if there is room. */
static const char *const facts[] = { "copies", "calls", "switches", "faults" };

#define FACTS (sizeof(facts) / sizeof(*facts))

static double fact_of(const struct run_cell *c, size_t which)
{
	const double value[FACTS] = {
		c->copies_counted,
		c->calls_per_message,
		c->middle[RUN_SWITCHES],
		c->middle[RUN_FAULTS] * (double)c->at.size_bytes / 1024 / MIB,
	};

	return value[which];
}

static double values_width(const struct decomposition *d)
{
	return d->f->wish->column ? 56 : 132 + FACT * FACTS;
}

static void put_facts(struct decomposition *d, const struct run_cell *c,
		      double y)
{
	struct figure_type type = { 'r', false, 8, FIGURE_MUTE };
	double x = d->f->width - 10 - FACT * (FACTS - 1);

	for (size_t i = 0; i < FACTS && !d->f->wish->column; i++) {
		if (!c)
			figure_text(d->f, x + FACT * (double)i, y, type, "%s",
				    facts[i]);
		else if (isfinite(fact_of(c, i)))
			figure_text(d->f, x + FACT * (double)i, y, type, "%.2g",
				    fact_of(c, i));
	}
}

static double put_time_key(struct decomposition *d, double y)
{
	double x = 12;

	for (int p = 0; p < PARTS; p++)
		x = figure_key_box(d->f, x, y, parts[p].fill, parts[p].name);
	put_facts(d, NULL, y + 5);
	return y + 18;
}

static void put_bars(struct decomposition *d, const struct row *r, double y)
{
	for (int side = 0; side < SIDES; side++) {
		double top = side == SERVER ? y - BAR - 1.5 : y + 1.5;
		double from = 0;

		for (int p = 0; p < PARTS; p++) {
			double to = from + share_of(r, side, p);

			figure_box(d->f, figure_at(&d->axis, from * r->ns), top,
				   figure_at(&d->axis, to * r->ns), top + BAR,
				   parts[p].fill);
			from = to;
		}
	}
}

static void put_total(struct decomposition *d, const struct row *r, double y)
{
	struct figure_type type = { 'l', true, 8.5, FIGURE_INK };
	double low = figure_at(&d->axis, r->low);
	double high = figure_at(&d->axis, r->high), x = d->axis.x1 + 8;
	char text[40];

	figure_line(d->f, low, y, high, y,
		    (struct figure_stroke){ 1, FIGURE_INK, 1 });
	figure_line(d->f, low, y - 3, low, y + 3,
		    (struct figure_stroke){ 1, FIGURE_INK, 1 });
	figure_line(d->f, high, y - 3, high, y + 3,
		    (struct figure_stroke){ 1, FIGURE_INK, 1 });
	figure_text(d->f, x, y, type, "%s",
		    figure_time_words(r->ns, text, sizeof(text)));
	if (d->f->wish->column)
		return;
	type = (struct figure_type){ 'l', false, 8, FIGURE_MUTE };
	figure_text(d->f, x + 52, y, type, "%s",
		    figure_rate(r->cell->speed.value, text, sizeof(text)));
	put_facts(d, r->cell, y);
}

static void put_time_rows(struct decomposition *d, double y)
{
	double bottom = y + ROW * (double)d->n;

	d->axis = (struct figure_axis){ .x0 = LABELS,
					.x1 = d->f->width - values_width(d),
					.words = figure_time_words };
	for (size_t i = 0; i < d->n; i++)
		d->axis.high =
			fmax(d->axis.high, fmax(d->row[i].ns, d->row[i].high));
	d->axis.high *= 1.02;
	figure_axis_put(d->f, &d->axis, y, bottom, 56);
	for (size_t i = 0; i < d->n; i++) {
		const struct run_cell *c = d->row[i].cell;
		struct figure_type type = { 'r', false, 9,
					    figure_style_of(c).text };
		double middle = y + ROW * ((double)i + 0.5);

		figure_text_within(d->f, LABELS - 8, middle, type, LABELS - 12,
				   c->label);
		put_bars(d, &d->row[i], middle);
		put_total(d, &d->row[i], middle);
	}
	d->f->height = bottom + 22;
}

/* --- words ---------------------------------------------------------------- */

static void say_time_finding(struct decomposition *d)
{
	const struct row *first = &d->row[0];
	char where[200], time[40];

	run_condition_words(&d->model->at, where, sizeof(where));
	snprintf(d->f->headline, sizeof(d->f->headline),
		 "%s takes %s for 1 MiB; its server waits for %.0f %% of that, "
		 "its client for %.0f %%",
		 first->cell->label,
		 figure_time_words(first->ns, time, sizeof(time)),
		 100 * share_of(first, SERVER, WAITING),
		 100 * share_of(first, CLIENT, WAITING));
	snprintf(d->f->about, sizeof(d->f->about),
		 "Time for 1 MiB: %s. Upper bar: the server, lower bar: the "
		 "client, by the CPU time that each was measured to use; "
		 "whisker = 95 %% interval of the whole.%s",
		 where,
		 d->f->wish->column
			 ? ""
			 : " Right: copies of a byte; calls and switches for a "
			   "message; page faults for a message.");
}

int figure_time(struct figure *f, struct err *e)
{
	struct decomposition d = { .f = f };
	int rc = gather_times(&d, e);

	if (rc == 0) {
		say_time_finding(&d);
		put_time_rows(&d, put_time_key(&d, figure_top(f)));
	}
	free(d.row);
	return rc;
}
