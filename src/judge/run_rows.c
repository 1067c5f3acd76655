/* The lines of samples.csv, sorted into cells and rounds. */
#include "judge/run_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GIB (1024.0 * 1024 * 1024)

/* --- cells by name -------------------------------------------------------- */

static size_t hash(const char *name)
{
	size_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* Where a name is in the index, or the free place where it would be. */
static size_t place_of(const struct rep_run *r, const char *name)
{
	size_t at = hash(name) & (r->places - 1);

	while (r->index[at] && strcmp(r->index[at]->name, name) != 0)
		at = (at + 1) & (r->places - 1);
	return at;
}

struct rep_cell *rows_find(const struct rep_run *r, const char *name)
{
	return r->places ? r->index[place_of(r, name)] : NULL;
}

/* Twice as many places as cells, at least: a search always finds a free one. */
static bool make_room(struct rep_run *r)
{
	size_t places = r->places ? 2 * r->places : 64;
	struct rep_cell **larger, **index;

	if (2 * (r->cells + 1) <= r->places)
		return true;
	larger = realloc(r->cell, places / 2 * sizeof(*larger));
	if (!larger)
		return false;
	r->cell = larger;
	index = calloc(places, sizeof(*index));
	if (!index)
		return false;
	free(r->index);
	r->index = index;
	r->places = places;
	for (size_t i = 0; i < r->cells; i++)
		r->index[place_of(r, r->cell[i]->name)] = r->cell[i];
	return true;
}

struct rep_cell *rows_new_cell(struct rep_run *r, const char *name)
{
	struct rep_cell *c;

	if (!make_room(r))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->name = name;
	c->reason = c->stopped = "";
	c->spec = strndup(name, strcspn(name, "|"));
	if (!c->spec) {
		free(c);
		return NULL;
	}
	r->index[place_of(r, name)] = c;
	r->cell[r->cells++] = c;
	return c;
}

/* --- lines ---------------------------------------------------------------- */

enum {
	C_ROUND,
	C_CELL,
	C_MECHANISM,
	C_LABEL,
	C_WORKLOAD,
	C_SINK,
	C_CACHE,
	C_SIZE,
	C_DEPTH,
	C_WAIT,
	C_PLACE,
	C_PAIRS,
	C_STATUS,
	C_REASON,
	C_WALL,
	C_BYTES,
	C_MESSAGES,
	C_CPU, /* four of them */
	C_SWITCHES = C_CPU + 4,
	C_FAULTS = C_SWITCHES + 4,
	C_P50 = C_FAULTS + 2,
	C_P90,
	C_P99,
	C_P999,
	C_MAX,
	C_END
};

static const char *const column_names[C_END] = {
	[C_ROUND] = "round",
	[C_CELL] = "cell",
	[C_MECHANISM] = "mechanism",
	[C_LABEL] = "label",
	[C_WORKLOAD] = "workload",
	[C_SINK] = "sink",
	[C_CACHE] = "cache",
	[C_SIZE] = "size_bytes",
	[C_DEPTH] = "depth",
	[C_WAIT] = "wait",
	[C_PLACE] = "place",
	[C_PAIRS] = "pairs",
	[C_STATUS] = "status",
	[C_REASON] = "reason",
	[C_WALL] = "wall_ns",
	[C_BYTES] = "bytes",
	[C_MESSAGES] = "messages",
	[C_CPU] = "server_user_ns",
	[C_CPU + 1] = "server_sys_ns",
	[C_CPU + 2] = "client_user_ns",
	[C_CPU + 3] = "client_sys_ns",
	[C_SWITCHES] = "server_voluntary",
	[C_SWITCHES + 1] = "server_involuntary",
	[C_SWITCHES + 2] = "client_voluntary",
	[C_SWITCHES + 3] = "client_involuntary",
	[C_FAULTS] = "server_faults",
	[C_FAULTS + 1] = "client_faults",
	[C_P50] = "p50_ns",
	[C_P90] = "p90_ns",
	[C_P99] = "p99_ns",
	[C_P999] = "p999_ns",
	[C_MAX] = "max_ns",
};

static int find_columns(const struct csv *csv, int *column, struct err *e)
{
	for (int i = 0; i < C_END; i++) {
		column[i] = csv_column(csv, column_names[i]);
		if (column[i] < 0 && i < C_CPU)
			return err_say(e, EINVAL,
				       "samples.csv has no column %s",
				       column_names[i]);
	}
	return 0;
}

static double sum(const struct csv *csv, size_t row, const int *column, int n)
{
	double all = 0;

	for (int i = 0; i < n; i++)
		all += csv_number(csv, row, column[i]);
	return all;
}

static bool carries_nothing(const struct csv *csv, size_t row,
			    const int *column)
{
	return !strcmp(csv_at(csv, row, column[C_MECHANISM]), "null");
}

/*
 * What one good line says. False: it does not make sense. Nothing delivered
 * makes sense for `null` alone, which then has a time and no speed.
 */
static bool values_of(const struct csv *csv, size_t row, const int *column,
		      bool trips, double *value)
{
	double wall = csv_number(csv, row, column[C_WALL]);
	double bytes = csv_number(csv, row, column[C_BYTES]);
	double messages = csv_number(csv, row, column[C_MESSAGES]);
	double done = trips ? messages : bytes;

	value[REP_SPEED] = done / wall * 1e9;
	value[REP_WALL] = wall;
	value[REP_CPU] = sum(csv, row, column + C_CPU, 4) / 1e9 / bytes * GIB;
	value[REP_SWITCHES] = sum(csv, row, column + C_SWITCHES, 4) / messages;
	value[REP_FAULTS] = sum(csv, row, column + C_FAULTS, 2) / bytes * GIB;
	for (int i = 0; i <= REP_MAX - REP_P50; i++)
		value[REP_P50 + i] = csv_number(csv, row, column[C_P50 + i]);
	if (done <= 0)
		value[REP_SPEED] = NAN;
	return wall > 0 && (done > 0 || carries_nothing(csv, row, column));
}

static bool is_good(const struct csv *csv, size_t row, const int *column)
{
	return !strcmp(csv_at(csv, row, column[C_STATUS]), "ok");
}

static struct rep_cell *cell_of(struct rep_run *r, size_t row,
				const int *column)
{
	const struct csv *csv = &r->samples;
	const char *name = csv_at(csv, row, column[C_CELL]);
	struct rep_cell *c = rows_find(r, name);

	if (c)
		return c;
	c = rows_new_cell(r, name);
	if (!c)
		return NULL;
	c->mechanism = csv_at(csv, row, column[C_MECHANISM]);
	c->label = csv_at(csv, row, column[C_LABEL]);
	c->workload = csv_at(csv, row, column[C_WORKLOAD]);
	c->sink = csv_at(csv, row, column[C_SINK]);
	c->cache = csv_at(csv, row, column[C_CACHE]);
	c->depth = csv_at(csv, row, column[C_DEPTH]);
	c->wait = csv_at(csv, row, column[C_WAIT]);
	c->place = csv_at(csv, row, column[C_PLACE]);
	c->size_bytes = (uint64_t)fmax(0, csv_number(csv, row, column[C_SIZE]));
	c->pairs = (int)fmax(1, csv_number(csv, row, column[C_PAIRS]));
	return c;
}

static bool note_row(struct rep_cell *c, size_t row)
{
	if (c->rows == c->room) {
		size_t more = c->room ? 2 * c->room : 32;
		size_t *larger = realloc(c->row, more * sizeof(*larger));

		if (!larger)
			return false;
		c->row = larger;
		c->room = more;
	}
	c->row[c->rows++] = row;
	return true;
}

static bool makes_sense(const struct csv *csv, size_t row, const int *column)
{
	double round = csv_number(csv, row, column[C_ROUND]);
	double value[REP_VALUES];
	bool trips = !strcmp(csv_at(csv, row, column[C_WORKLOAD]), "pingpong");

	if (!*csv_at(csv, row, column[C_CELL]) || !(round >= 1 && round <= 1e9))
		return false;
	if (is_good(csv, row, column))
		return values_of(csv, row, column, trips, value);
	return !strcmp(csv_at(csv, row, column[C_STATUS]), "failed");
}

/* --- rounds --------------------------------------------------------------- */

struct place {
	double round;
	size_t row;
};

static int by_round(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->round < y->round || x->round > y->round)
		return x->round < y->round ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* The medians of n lines of one round, as value[kind][line]. */
static void close_round(struct rep_cell *c, double round, size_t n,
			double *const *value)
{
	struct rep_round *to = &c->round[c->rounds];

	if (n == 0)
		return;
	to->round = (int)round;
	for (int k = 0; k < REP_VALUES; k++) {
		bool all = true;

		for (size_t i = 0; i < n; i++)
			all = all && isfinite(value[k][i]);
		to->value[k] = all ? stats_median(value[k], n) : NAN;
	}
	c->rounds++;
}

static void fill_rounds(struct rep_run *r, struct rep_cell *c,
			const int *column, struct place *order,
			double *const *value)
{
	const struct csv *csv = &r->samples;
	bool trips = !strcmp(c->workload, "pingpong");
	double one[REP_VALUES];
	size_t n = 0;

	for (size_t i = 0; i < c->rows; i++)
		order[i] = (struct place){
			csv_number(csv, c->row[i], column[C_ROUND]), c->row[i]
		};
	qsort(order, c->rows, sizeof(*order), by_round);
	for (size_t i = 0; i < c->rows; i++) {
		size_t row = order[i].row;

		if (is_good(csv, row, column)) {
			values_of(csv, row, column, trips, one);
			for (int k = 0; k < REP_VALUES; k++)
				value[k][n] = one[k];
			n++;
		} else if (c->failures++ == 0) {
			c->reason = csv_at(csv, row, column[C_REASON]);
		}
		if (i + 1 < c->rows && !(order[i + 1].round > order[i].round))
			continue;
		close_round(c, order[i].round, n, value);
		n = 0;
	}
}

static bool make_rounds(struct rep_run *r, struct rep_cell *c,
			const int *column)
{
	size_t n = c->rows + 1;
	struct place *order = malloc(n * sizeof(*order));
	double *all = malloc(n * REP_VALUES * sizeof(*all));
	double *value[REP_VALUES];

	c->round = malloc(n * sizeof(*c->round));
	if (!order || !all || !c->round) {
		free(order);
		free(all);
		return false;
	}
	for (size_t k = 0; k < REP_VALUES; k++)
		value[k] = all + k * n;
	fill_rounds(r, c, column, order, value);
	free(order);
	free(all);
	return true;
}

int rows_take(struct rep_run *r, struct err *e)
{
	int column[C_END], rc;
	bool ready = true;

	if (r->samples.columns == 0) /* nothing was written yet */
		return 0;
	rc = find_columns(&r->samples, column, e);
	if (rc < 0)
		return rc;
	r->strange = r->samples.odd;
	for (size_t row = 0; ready && row < r->samples.rows; row++) {
		struct rep_cell *c;

		if (!makes_sense(&r->samples, row, column)) {
			r->strange++;
			continue;
		}
		c = cell_of(r, row, column);
		ready = c && note_row(c, row);
	}
	for (size_t i = 0; ready && i < r->cells; i++)
		ready = make_rounds(r, r->cell[i], column);
	return ready ? 0 : err_code(e, ENOMEM, "the run");
}
