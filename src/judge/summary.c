/* What is made of a cell's rounds, and summary.csv. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/run.h"
#include "text/table.h"

/* --- copies, as they were predicted and counted --------------------------- */

/* Settings of the channel's shape: they move bytes no other way. */
static bool is_shape(const char *setting)
{
	static const char *const keys[] = {
		"size=",     "depth=",  "wait=", "spin=",
		"capacity=", "buffer=", NULL,
	};

	for (int i = 0; keys[i]; i++)
		if (!strncmp(setting, keys[i], strlen(keys[i])))
			return true;
	return false;
}

/* A spec without the settings of its shape, for comparing. */
static char *nature_of(const char *spec)
{
	char *nature = malloc(strlen(spec) + 2);
	size_t used = strcspn(spec, ":");
	const char *at = spec + used;

	if (!nature)
		return NULL;
	memcpy(nature, spec, used);
	while (*at) {
		size_t len = strcspn(++at, ",");

		if (!is_shape(at)) {
			nature[used++] = ',';
			memcpy(nature + used, at, len);
			used += len;
		}
		at += len;
	}
	nature[used] = '\0';
	return nature;
}

struct counts {
	int spec, predicted[2], counted, resolved, calls;
	char **nature; /* of each line */
};

static bool counts_init(struct counts *k, const struct csv *csv)
{
	bool ready;

	*k = (struct counts){
		.spec = csv_column(csv, "spec"),
		.predicted = { csv_column(csv, "predicted_kernel"),
			       csv_column(csv, "predicted_user") },
		.counted = csv_column(csv, "counted"),
		.resolved = csv_column(csv, "resolved"),
		.calls = csv_column(csv, "calls_per_message"),
		.nature = calloc(csv->rows + 1, sizeof(*k->nature)),
	};
	ready = k->nature != NULL;
	for (size_t i = 0; ready && i < csv->rows; i++) {
		k->nature[i] = nature_of(csv_at(csv, i, k->spec));
		ready = k->nature[i] != NULL;
	}
	return ready;
}

static void counts_free(struct counts *k, const struct csv *csv)
{
	for (size_t i = 0; k->nature && i < csv->rows; i++)
		free(k->nature[i]);
	free(k->nature);
}

static void take_counts(struct rep_cell *c, const struct counts *k,
			const struct csv *csv)
{
	char *nature = nature_of(c->spec);

	c->copies_predicted = c->copies_counted = c->calls_per_message = NAN;
	for (size_t i = 0; nature && i < csv->rows; i++) {
		bool same = !strcmp(csv_at(csv, i, k->spec), c->spec);

		if (!same && strcmp(k->nature[i], nature) != 0)
			continue;
		c->copies_predicted = csv_number(csv, i, k->predicted[0]) +
				      csv_number(csv, i, k->predicted[1]);
		if (!strcmp(csv_at(csv, i, k->resolved), "true"))
			c->copies_counted = csv_number(csv, i, k->counted);
		c->calls_per_message = csv_number(csv, i, k->calls);
		if (same)
			break;
	}
	free(nature);
}

/* --- the machine's own copy ----------------------------------------------- */

/* Copies that happen within the timed part: the ends are files, or are not. */
static double copies_timed(const struct rep_cell *c)
{
	double copies = isnan(c->copies_counted) ? c->copies_predicted
						 : c->copies_counted;

	if (!strcmp(c->workload, "stream"))
		return copies - 2;
	return strcmp(c->sink, "null") ? copies : copies - 1;
}

/* How fast one CPU copies memory, by the control; NaN if it was not asked. */
static double ceiling_for(const struct rep_run *r, const struct rep_cell *c)
{
	double most = NAN;

	for (size_t i = 0; i < r->cells; i++) {
		const struct rep_cell *k = r->cell[i];
		double high =
			isnan(k->speed.high) ? k->speed.value : k->speed.high;

		if (!strcmp(k->mechanism, "memcpy") && k->rounds > 0 &&
		    !strcmp(k->workload, c->workload) &&
		    !strcmp(k->cache, c->cache))
			most = fmax(most, high);
	}
	return most;
}

/*
 * Only what copies can be held against a copy: where pages are passed on, or
 * both sides use the same memory, more may well be true.
 */
static bool is_over(const struct rep_run *r, const struct rep_cell *c)
{
	double low = isnan(c->speed.low) ? c->speed.value : c->speed.low;
	double most = ceiling_for(r, c) * c->pairs;

	if (rep_is_control(c) || !strcmp(c->workload, "pingpong") ||
	    copies_timed(c) < 1)
		return false;
	return low > most * (1 + r->margin);
}

/* --- cells ---------------------------------------------------------------- */

static void describe_speeds(struct rep_cell *c, const double *speed,
			    signed char *label)
{
	c->outliers = 0;
	stats_tukey(speed, c->rounds, label);
	for (size_t i = 0; i < c->rounds; i++)
		c->outliers += label[i] != 0;
	c->autocorrelation = stats_autocorrelation(speed, c->rounds, 1);
	c->bimodal = stats_modes(speed, c->rounds).two;
}

/* The rounds' values of one kind. False: not all of them have one. */
static bool values_of(const struct rep_cell *c, enum rep_value kind, double *to)
{
	bool all = c->rounds > 0;

	for (size_t i = 0; i < c->rounds; i++) {
		to[i] = c->round[i].value[kind];
		all = all && isfinite(to[i]);
	}
	return all;
}

static void sum_up_cell(const struct rep_run *r, struct rep_cell *c,
			struct stats_drawer *drawer, double *value,
			signed char *label)
{
	for (int k = 0; k < REP_VALUES; k++)
		c->middle[k] = values_of(c, (enum rep_value)k, value)
				       ? stats_median(value, c->rounds)
				       : NAN;
	c->speed = (struct stats_interval){ NAN, NAN, NAN };
	c->autocorrelation = NAN;
	if (!values_of(c, REP_SPEED, value))
		return;
	c->speed = stats_median_drawn(value, c->rounds,
				      stats_drawn(drawer, c->rounds),
				      STATS_PERCENTILE, r->level);
	describe_speeds(c, value, label);
}

void rep_sum_up(struct rep_run *r)
{
	size_t most = 1;
	struct counts k;
	bool counted = counts_init(&k, &r->copies);
	struct stats_drawer *drawer = stats_drawer_new(r->seed);
	signed char *label;
	double *value;

	for (size_t i = 0; i < r->cells; i++)
		if (r->cell[i]->rounds > most)
			most = r->cell[i]->rounds;
	value = malloc(most * sizeof(*value));
	label = malloc(most);
	for (size_t i = 0; value && label && i < r->cells; i++) {
		sum_up_cell(r, r->cell[i], drawer, value, label);
		if (counted)
			take_counts(r->cell[i], &k, &r->copies);
	}
	for (size_t i = 0; i < r->cells; i++)
		r->cell[i]->over_ceiling = is_over(r, r->cell[i]);
	free(value);
	free(label);
	stats_drawer_free(drawer);
	counts_free(&k, &r->copies);
}

/* --- summary.csv ---------------------------------------------------------- */

double rep_round_off(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.9g", value);
	return strtod(text, NULL);
}

enum {
	S_CELL,
	S_MECHANISM,
	S_LABEL,
	S_WORKLOAD,
	S_SINK,
	S_CACHE,
	S_SIZE,
	S_DEPTH,
	S_WAIT,
	S_PLACE,
	S_PAIRS,
	S_STATUS,
	S_REASON,
	S_STOPPED,
	S_ROUNDS,
	S_FAILURES,
	S_SPEED,
	S_LOW,
	S_HIGH,
	S_UNIT,
	S_WALL,
	S_CPU,
	S_SWITCHES,
	S_CALLS,
	S_FAULTS,
	S_P50,
	S_P90,
	S_P99,
	S_P999,
	S_MAX,
	S_PREDICTED,
	S_COUNTED,
	S_OUTLIERS,
	S_AUTOCORRELATION,
	S_BIMODAL,
	S_OVER,
	S_END
};

static const struct table_column columns[S_END] = {
	[S_CELL] = { .key = "cell" },
	[S_MECHANISM] = { .key = "mechanism" },
	[S_LABEL] = { .key = "label" },
	[S_WORKLOAD] = { .key = "workload" },
	[S_SINK] = { .key = "sink" },
	[S_CACHE] = { .key = "cache" },
	[S_SIZE] = { .key = "size_bytes" },
	[S_DEPTH] = { .key = "depth" },
	[S_WAIT] = { .key = "wait" },
	[S_PLACE] = { .key = "place" },
	[S_PAIRS] = { .key = "pairs" },
	[S_STATUS] = { .key = "status" },
	[S_REASON] = { .key = "reason" },
	[S_STOPPED] = { .key = "stopped" },
	[S_ROUNDS] = { .key = "rounds" },
	[S_FAILURES] = { .key = "failures" },
	[S_SPEED] = { .key = "speed" },
	[S_LOW] = { .key = "speed_low" },
	[S_HIGH] = { .key = "speed_high" },
	[S_UNIT] = { .key = "unit" },
	[S_WALL] = { .key = "wall_ns" },
	[S_CPU] = { .key = "cpu_s_per_gib" },
	[S_SWITCHES] = { .key = "switches_per_message" },
	[S_CALLS] = { .key = "calls_per_message" },
	[S_FAULTS] = { .key = "faults_per_gib" },
	[S_P50] = { .key = "p50_ns" },
	[S_P90] = { .key = "p90_ns" },
	[S_P99] = { .key = "p99_ns" },
	[S_P999] = { .key = "p999_ns" },
	[S_MAX] = { .key = "max_ns" },
	[S_PREDICTED] = { .key = "copies_predicted" },
	[S_COUNTED] = { .key = "copies_counted" },
	[S_OUTLIERS] = { .key = "outliers" },
	[S_AUTOCORRELATION] = { .key = "autocorrelation" },
	[S_BIMODAL] = { .key = "bimodal" },
	[S_OVER] = { .key = "over_ceiling" },
};

/* A field is left empty where there is nothing to say. */
static void put_word(struct table *t, int column, const char *word)
{
	if (*word)
		table_text(t, column, word);
}

static void put_number(struct table *t, int column, double value)
{
	if (!isnan(value))
		table_real(t, column, rep_round_off(value), 0);
}

static void put_what(struct table *t, const struct rep_cell *c)
{
	table_text(t, S_CELL, c->name);
	table_text(t, S_MECHANISM, c->mechanism);
	table_text(t, S_LABEL, c->label);
	table_text(t, S_WORKLOAD, c->workload);
	table_text(t, S_SINK, c->sink);
	table_text(t, S_CACHE, c->cache);
	table_int(t, S_SIZE, (int64_t)c->size_bytes);
	table_text(t, S_DEPTH, c->depth);
	table_text(t, S_WAIT, c->wait);
	table_text(t, S_PLACE, c->place);
	table_int(t, S_PAIRS, c->pairs);
}

static const char *status_of(const struct rep_cell *c)
{
	if (c->rounds > 0)
		return "ok";
	if (c->skipped)
		return "skipped";
	return "failed";
}

static void put_end(struct table *t, const struct rep_cell *c)
{
	bool missed = c->rounds == 0 && c->failures == 0 && !c->skipped;

	table_text(t, S_STATUS, status_of(c));
	put_word(t, S_REASON, missed ? "never measured" : c->reason);
	put_word(t, S_STOPPED, c->stopped);
	table_int(t, S_ROUNDS, (int64_t)c->rounds);
	table_int(t, S_FAILURES, (int64_t)c->failures);
	put_number(t, S_PREDICTED, c->copies_predicted);
	put_number(t, S_COUNTED, c->copies_counted);
	put_number(t, S_CALLS, c->calls_per_message);
}

static void put_values(struct table *t, const struct rep_cell *c)
{
	bool trips = !strcmp(c->workload, "pingpong");

	put_number(t, S_SPEED, c->speed.value);
	put_number(t, S_LOW, c->speed.low);
	put_number(t, S_HIGH, c->speed.high);
	table_text(t, S_UNIT, trips ? "trips_per_s" : "bytes_per_s");
	put_number(t, S_WALL, c->middle[REP_WALL]);
	put_number(t, S_CPU, c->middle[REP_CPU]);
	put_number(t, S_SWITCHES, c->middle[REP_SWITCHES]);
	put_number(t, S_FAULTS, c->middle[REP_FAULTS]);
	for (int i = 0; i <= REP_MAX - REP_P50; i++)
		put_number(t, S_P50 + i, c->middle[REP_P50 + i]);
	table_int(t, S_OUTLIERS, (int64_t)c->outliers);
	put_number(t, S_AUTOCORRELATION, c->autocorrelation);
	table_bool(t, S_BIMODAL, c->bimodal);
	table_bool(t, S_OVER, c->over_ceiling);
}

char *rep_summary(const struct rep_run *r)
{
	struct table *t = table_new(columns, S_END);
	char *text;

	for (size_t i = 0; i < r->cells; i++) {
		table_row(t);
		put_what(t, r->cell[i]);
		put_end(t, r->cell[i]);
		if (r->cell[i]->rounds > 0)
			put_values(t, r->cell[i]);
	}
	text = table_render(t, TABLE_CSV);
	table_free(t);
	return text;
}
