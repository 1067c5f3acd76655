/*
 * Where the time goes: bytes, calls, wake-ups, pages and the rest.
 *
 * A run knows how often each happened in every cell, not how long each took.
 * Costs of one copy of a byte, one call, one switch and one fault are fitted
 * to all cells that copy files, by least squares of relative errors with no
 * cost below zero; what they leave unexplained is shown as the rest.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

enum { BYTES, CALLS, SWITCHES, FAULTS, PARTS };

static const struct {
	const char *name;
	unsigned fill, text;
} parts[PARTS + 1] = {
	[BYTES] = { "copying bytes", 0x08406a, 0xffffff },
	[CALLS] = { "system calls", 0xc4552a, 0xffffff },
	[SWITCHES] = { "switches", 0xe8914d, 0x2b1600 },
	[FAULTS] = { "page faults", 0xf6cf9f, 0x4a2b00 },
	[PARTS] = { "what is left over", 0xe0e0e0, 0x444444 },
};

/* All per MiB moved. */
struct row {
	const struct run_cell *cell;
	double count[PARTS]; /* how often */
	double ns, low, high;
	double share[PARTS + 1]; /* ns of each part */
};

struct decomposition {
	struct figure *f;
	struct row *row;
	size_t n, shown;
	const struct run_cell *model; /* the condition shown */
	double cost[PARTS];
	double error; /* median of what is missed, relative */
};

#define MIB 1048576.0

static double known(double x)
{
	return isfinite(x) ? x : 0;
}

static struct row row_of(const struct run_cell *c)
{
	double copies = isfinite(c->copies_counted) ? c->copies_counted
						    : c->copies_predicted;
	double messages = MIB / (double)c->at.size_bytes;

	return (struct row){
		.cell = c,
		.count = {
			[BYTES] = known(copies) * MIB,
			[CALLS] = known(c->calls_per_message) * messages,
			[SWITCHES] = known(c->middle[RUN_SWITCHES]) * messages,
			[FAULTS] = known(c->middle[RUN_FAULTS]) / 1024,
		},
		.ns = MIB / c->speed.value * 1e9,
		.low = MIB / c->speed.high * 1e9,
		.high = MIB / c->speed.low * 1e9,
	};
}

static int gather(struct decomposition *d, struct err *e)
{
	const struct run *r = d->f->wish->run;

	d->row = calloc(r->cells + 1, sizeof(*d->row));
	if (!d->row)
		return err_code(e, ENOMEM, "a figure");
	for (size_t i = 0; i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];

		if (run_is_believed(c) && run_moves(&c->at, COPY_FILE) &&
		    run_is_cache(&c->at, RUN_HOT) && c->at.pairs == 1)
			d->row[d->n++] = row_of(c);
	}
	return d->n >= PARTS + 1
		       ? 0
		       : err_say(e, ENODATA,
				 "the run copies files in %zu cells, which "
				 "is too few to tell costs from",
				 d->n);
}

/* --- the fit -------------------------------------------------------------- */

/* The best cost of one part, others as they are: never below zero. */
static double best_cost(const struct decomposition *d, int part)
{
	double above = 0, below = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct row *r = &d->row[i];
		double x = r->count[part] / r->ns, left = 1;

		for (int p = 0; p < PARTS; p++)
			if (p != part)
				left -= d->cost[p] * r->count[p] / r->ns;
		above += x * left;
		below += x * x;
	}
	return below > 0 ? fmax(0, above / below) : 0;
}

static int by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void fit(struct decomposition *d)
{
	double *miss = calloc(d->n, sizeof(*miss));

	for (int round = 0; round < 3000; round++)
		for (int p = 0; p < PARTS; p++)
			d->cost[p] = best_cost(d, p);
	for (size_t i = 0; i < d->n; i++) {
		struct row *r = &d->row[i];
		double sum = 0;

		for (int p = 0; p < PARTS; p++)
			sum += r->share[p] = d->cost[p] * r->count[p];
		r->share[PARTS] = fmax(0, r->ns - sum);
		if (miss)
			miss[i] = fabs(r->ns - sum) / r->ns;
	}
	if (miss) {
		qsort(miss, d->n, sizeof(*miss), by_double);
		d->error = miss[d->n / 2];
	}
	free(miss);
}

/* --- which condition ------------------------------------------------------ */

static bool in_condition(const struct run_cell *model, const struct run_cell *c)
{
	return figure_same_condition(&model->at, &c->at,
				     RUN_TELL_SIZE | RUN_TELL_DEPTH);
}

static size_t kin(const struct decomposition *d, const struct run_cell *model)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += in_condition(model, d->row[i].cell);
	return n;
}

/* That with the most cells, near to 64 KiB messages, and deep if there is. */
static void choose(struct decomposition *d)
{
	double most = -INFINITY;

	for (size_t i = 0; i < d->n; i++) {
		const struct run_cell *c = d->row[i].cell;
		double away = fabs(log2((double)c->at.size_bytes / 65536));
		double score = (double)kin(d, c) - away +
			       (strcmp(c->at.depth, "deep") ? 0 : 6);

		if (score <= most ||
		    !figure_stands_for(d->f->wish->run, c,
				       RUN_TELL_SIZE | RUN_TELL_DEPTH |
					       RUN_TELL_PAIRS))
			continue;
		most = score;
		d->model = c;
	}
	if (!d->model)
		d->model = d->row[0].cell;
}

static int by_time(const void *l, const void *r)
{
	const struct row *a = l, *b = r;

	return a->ns < b->ns ? -1 : a->ns > b->ns;
}

/* What is shown comes first, the fastest before all. */
static void keep_shown(struct decomposition *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (in_condition(d->model, d->row[i].cell))
			d->row[d->shown++] = d->row[i];
	qsort(d->row, d->shown, sizeof(*d->row), by_time);
}

/* --- drawing -------------------------------------------------------------- */

enum { LABELS = 112, VALUES = 134, ROW = 22 };

static void put_key(struct decomposition *d, double y)
{
	struct figure_type type = { 'l', false, 8.5, FIGURE_INK };
	double x = 12;

	for (int p = 0; p <= PARTS; p++) {
		double width = figure_text_width(parts[p].name, 8.5, false);

		if (x + width + 20 > d->f->width) {
			x = 12;
			y += 15;
		}
		figure_box(d->f, x, y, x + 11, y + 9, parts[p].fill);
		figure_text(d->f, x + 15, y + 5, type, "%s", parts[p].name);
		x += width + 30;
	}
}

static double key_height(const struct decomposition *d)
{
	return d->f->wish->column ? 34 : 20;
}

static void put_bar(struct decomposition *d, const struct row *r,
		    const struct figure_axis *axis, double y)
{
	double from = 0, at = figure_at(axis, r->ns);
	char text[40];

	for (int p = 0; p <= PARTS; p++) {
		struct figure_type type = { 'c', false, 8, parts[p].text };
		double x0 = figure_at(axis, from);
		double x1 = figure_at(axis, from + r->share[p]);

		from += r->share[p];
		if (x1 - x0 < 0.3)
			continue;
		figure_box(d->f, x0, y - 7.5, x1 - 0.6, y + 7.5, parts[p].fill);
		snprintf(text, sizeof(text), "%.0f", r->share[p] / 1000);
		if (p < PARTS && fabs((x0 + x1) / 2 - at) > 16 &&
		    figure_text_width(text, 8, false) < x1 - x0 - 3)
			figure_text(d->f, (x0 + x1) / 2, y, type, "%s", text);
	}
}

static void put_total(struct decomposition *d, const struct row *r,
		      const struct figure_axis *axis, double y)
{
	struct figure_type type = { 'l', true, 8.5, FIGURE_INK };
	double low = figure_at(axis, r->low), high = figure_at(axis, r->high);
	double sum = 0, x;
	char rate[40], text[40];

	for (int p = 0; p <= PARTS; p++)
		sum += r->share[p];
	figure_line(d->f, low, y, high, y, 1, FIGURE_INK, 1);
	figure_line(d->f, low, y - 3.5, low, y + 3.5, 1, FIGURE_INK, 1);
	figure_line(d->f, high, y - 3.5, high, y + 3.5, 1, FIGURE_INK, 1);
	x = fmax(high, figure_at(axis, sum)) + 8;
	figure_time_words(r->ns, text, sizeof(text));
	figure_text(d->f, x, y, type, "%s", text);
	x += figure_text_width(text, 8.5, true) + 5;
	type = (struct figure_type){ 'l', false, 8, FIGURE_MUTE };
	figure_text(d->f, x, y, type, "%s",
		    figure_rate(r->cell->speed.value, rate, sizeof(rate)));
}

static void put_rows(struct decomposition *d, double y)
{
	struct figure_axis axis = { .x0 = LABELS,
				    .x1 = d->f->width - VALUES,
				    .words = figure_time_words };
	double bottom = y + ROW * (double)d->shown;
	char cut[100];

	for (size_t i = 0; i < d->shown; i++) {
		double sum = 0;

		for (int p = 0; p <= PARTS; p++)
			sum += d->row[i].share[p];
		axis.high = fmax(axis.high, fmax(sum, d->row[i].high));
	}
	axis.high *= 1.02;
	figure_axis_put(d->f, &axis, y, bottom, 60);
	for (size_t i = 0; i < d->shown; i++) {
		const struct run_cell *c = d->row[i].cell;
		struct look look = look_of(c);
		struct figure_type type = { 'r', false, 9, look.text };
		double middle = y + ROW * ((double)i + 0.5);

		figure_text(d->f, LABELS - 8, middle, type, "%s",
			    figure_text_cut(cut, sizeof(cut), c->label, 9,
					    LABELS - 12));
		put_bar(d, &d->row[i], &axis, middle);
		put_total(d, &d->row[i], &axis, middle);
	}
	d->f->height = bottom + 22;
}

/* --- words ---------------------------------------------------------------- */

static void say_finding(struct decomposition *d)
{
	struct figure *f = d->f;
	const struct row *a = &d->row[0], *z = &d->row[d->shown - 1];
	char where[200];
	int most = 0;

	for (int p = 1; p <= PARTS; p++)
		if (z->share[p] - a->share[p] > z->share[most] - a->share[most])
			most = p;
	run_condition_phrase(&d->model->at, RUN_TELL_SIZE | RUN_TELL_DEPTH,
			     where, sizeof(where));
	if (d->shown < 2)
		snprintf(f->headline, sizeof(f->headline),
			 "%s spends %.0f %% of its time on copying bytes",
			 a->cell->label, 100 * a->share[BYTES] / a->ns);
	else
		snprintf(f->headline, sizeof(f->headline),
			 "What %s needs more than %s is mostly for %s",
			 z->cell->label, a->cell->label, parts[most].name);
	snprintf(f->about, sizeof(f->about),
		 "Time to move 1 MiB (in bars: µs): %s; whisker = 95 %% "
		 "interval of what was "
		 "measured. Parts are a model's: %.3f ns for a copy of a byte, "
		 "%.2f µs for a call, %.2f µs for a switch, %.2f µs for a "
		 "fault, fitted to %zu cells; half of them are met within "
		 "%.0f %%. A bar beyond its whisker is explained too well.",
		 where, d->cost[BYTES], d->cost[CALLS] / 1000,
		 d->cost[SWITCHES] / 1000, d->cost[FAULTS] / 1000, d->n,
		 d->error * 100);
}

int figure_time(struct figure *f, struct err *e)
{
	struct decomposition d = { .f = f };
	int rc = gather(&d, e);

	if (rc == 0) {
		double y;
		size_t cells = d.n;

		fit(&d);
		choose(&d);
		keep_shown(&d);
		d.n = cells;
		say_finding(&d);
		y = figure_top(f);
		put_key(&d, y);
		put_rows(&d, y + key_height(&d) + 4);
	}
	free(d.row);
	return rc;
}
