/* Summarises the groups of each cell, and writes summary.csv. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "judge/judge.h"

/* --- copies, as they were predicted and counted --------------------------- */

/*
 * True for settings such as size and depth, which do not change how bytes move.
 */
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

/* The spec without the settings that is_shape() knows. */
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

/* True if a count has the workload and the sink of the cell. */
static bool is_of(const struct run_copies *k, const struct run_cell *c)
{
	bool nowhere = !strcmp(k->sink, run_sink_word(COPY_NOWHERE));
	/* older runs counted only files, and did not say so */
	const char *workload =
		*k->workload ? k->workload : copy_workload_names[COPY_FILE];

	return !strcmp(workload, c->at.workload) &&
	       nowhere == run_goes(&c->at, COPY_NOWHERE);
}

/*
 * The counted copies of the cell's spec, or else of a spec with the same nature
 * (see nature_of).
 */
static const struct run_copies *
copies_of(const struct run *r, const struct run_cell *c, char *const *natures)
{
	char *nature = nature_of(c->spec);
	const struct run_copies *found = NULL;

	for (size_t i = 0; nature && i < r->mechanisms; i++) {
		if (!is_of(&r->copies[i], c))
			continue;
		if (!strcmp(r->copies[i].spec, c->spec)) {
			found = &r->copies[i];
			break;
		}
		if (natures[i] && !strcmp(natures[i], nature))
			found = &r->copies[i];
	}
	free(nature);
	return found;
}

/*
 * Adds the dose's copies by memcpy to the predicted copies, and its calls and
 * its copies by the kernel to the counted calls, which are those of the cell
 * without a dose. No copies were counted with the dose.
 */
static void add_dose(struct run_cell *c)
{
	for (int role = 0; role < COPY_ROLES; role++) {
		c->copies_predicted += c->dosed.times[DOSE_COPIES][role];
		c->calls_per_message +=
			c->dosed.times[DOSE_CALLS][role] +
			c->dosed.times[DOSE_KERNEL_COPIES][role];
	}
	c->copies_counted = NAN;
}

static void take_copies(struct run_cell *c, const struct run_copies *k)
{
	c->copies_predicted = c->copies_counted = c->calls_per_message =
		c->steady_calls = NAN;
	if (!k)
		return;
	c->copies_predicted = k->predicted_kernel + k->predicted_user;
	if (k->resolved == RUN_YES)
		c->copies_counted = k->counted;
	c->calls_per_message = k->calls_per_message;
	c->steady_calls = k->steady_calls_per_message;
	if (run_is_dosed(c))
		add_dose(c);
}

static void take_all_copies(struct run *r)
{
	char **nature = calloc(r->mechanisms + 1, sizeof(*nature));

	for (size_t i = 0; nature && i < r->mechanisms; i++)
		nature[i] = nature_of(r->copies[i].spec);
	for (size_t i = 0; nature && i < r->cells; i++)
		take_copies(r->cell[i], copies_of(r, r->cell[i], nature));
	for (size_t i = 0; nature && i < r->mechanisms; i++)
		free(nature[i]);
	free(nature);
}

/* --- the machine's own copy ----------------------------------------------- */

/* If the number of copies is unknown, a ring counts as making none. */
static bool copies_at_all(const struct run_cell *c)
{
	double copies = isnan(c->copies_counted) ? c->copies_predicted
						 : c->copies_counted;

	return isnan(copies) ? !run_is_ring(c) : copies >= 1;
}

/*
 * True if a cell is impossibly fast. Only a mechanism that copies can be
 * compared with a memory copy. If pages are passed on, or both sides use the
 * same memory, it may really be faster.
 */
static bool is_over(const struct run *r, const struct run_cell *c)
{
	double low = isnan(c->speed.low) ? c->speed.value : c->speed.low;
	double most = run_ceiling(r, &c->at).high * c->at.pairs;

	if (run_is_control(c) || run_is_pingpong(&c->at) || !copies_at_all(c))
		return false;
	return low > most * (1 + r->margin);
}

/* --- cells ---------------------------------------------------------------- */

static void describe_speeds(struct run_cell *c, const double *speed,
			    signed char *label)
{
	c->outliers = 0;
	stats_tukey(speed, c->groups, label);
	for (size_t i = 0; i < c->groups; i++)
		c->outliers += label[i] != 0;
	c->autocorrelation = stats_autocorrelation(speed, c->groups, 1);
	c->bimodal = stats_modes(speed, c->groups).two ? RUN_YES : RUN_NO;
}

/*
 * Writes this value of each group into `to`. False: a group lacks this value,
 * or there is no group.
 */
static bool values_of(const struct run_cell *c, enum run_value kind, double *to)
{
	bool all = c->groups > 0;

	for (size_t i = 0; i < c->groups; i++) {
		to[i] = c->group[i].value[kind];
		all = all && isfinite(to[i]);
	}
	return all;
}

static const struct stats_interval unknown = { NAN, NAN, NAN };

/* Finds the cost of starting, from the generations in which it is known. */
static void sum_up_startup(const struct run *r, struct run_cell *c,
			   struct stats_resampler *resampler, double *value)
{
	size_t n = 0;

	for (size_t i = 0; i < c->groups; i++)
		if (isfinite(c->group[i].value[RUN_STARTUP]))
			value[n++] = c->group[i].value[RUN_STARTUP];
	c->startup = unknown;
	if (n > 0)
		c->startup = stats_median_resampled(
			value, n, stats_resamples_of(resampler, n),
			STATS_PERCENTILE, r->level);
}

/*
 * Drops a percentile if there are too few trips for it. Only the trips of good
 * timed transfers, in generations that count, are looked at.
 */
static void leave_out_percentiles(struct run_cell *c)
{
	double trips = 0, transfers = 0;

	for (size_t i = 0; i < c->groups; i++)
		for (size_t k = 0; k < c->group[i].all; k++) {
			const struct run_sample *s =
				c->sample[c->group[i].first + k];

			if (!s->ok || !s->timed)
				continue;
			transfers++;
			trips += s->messages;
		}
	for (int v = RUN_P50; v <= RUN_P999; v++)
		if (!run_holds_percentile((enum run_value)v,
					  trips / (double)c->groups,
					  trips / transfers))
			c->middle[v] = NAN;
}

static void sum_up_cell(const struct run *r, struct run_cell *c,
			struct stats_resampler *resampler, double *value,
			signed char *label)
{
	for (int k = 0; k < RUN_VALUES; k++)
		c->middle[k] = values_of(c, (enum run_value)k, value)
				       ? stats_median(value, c->groups)
				       : NAN;
	leave_out_percentiles(c);
	c->status = "ok";
	c->unit = run_is_pingpong(&c->at) ? "trips_per_s" : "bytes_per_s";
	c->speed = unknown;
	c->autocorrelation = NAN;
	c->bimodal = RUN_NO;
	sum_up_startup(r, c, resampler, value);
	if (!values_of(c, RUN_SPEED, value))
		return;
	c->speed = stats_median_resampled(
		value, c->groups, stats_resamples_of(resampler, c->groups),
		STATS_PERCENTILE, r->level);
	describe_speeds(c, value, label);
}

/* A cell that was not measured has none of these values. */
static void sum_up_nothing(struct run_cell *c)
{
	for (int k = 0; k < RUN_VALUES; k++)
		c->middle[k] = NAN;
	c->speed = c->startup = unknown;
	c->outliers = c->autocorrelation = NAN;
	c->status = c->skipped ? "skipped" : "failed";
	if (c->failures == 0 && !c->skipped)
		c->reason = "never measured";
}

static void judge_ceilings(struct run *r)
{
	for (size_t i = 0; i < r->cells; i++)
		if (r->cell[i]->groups > 0)
			r->cell[i]->over_ceiling =
				is_over(r, r->cell[i]) ? RUN_YES : RUN_NO;
}

static void sum_up(struct run *r)
{
	struct stats_resampler *resampler = stats_resampler_new(r->seed);
	size_t most = rep_most_generations(r);
	signed char *label;
	double *value;

	value = malloc(most * sizeof(*value));
	label = malloc(most);
	for (size_t i = 0; value && label && i < r->cells; i++) {
		if (r->cell[i]->groups)
			sum_up_cell(r, r->cell[i], resampler, value, label);
		else
			sum_up_nothing(r->cell[i]);
	}
	free(value);
	free(label);
	stats_resampler_free(resampler);
	take_all_copies(r);
	judge_ceilings(r);
}

int rep_read(struct run *r, const char *dir, struct err *e)
{
	return rep_read_until(r, dir, 0, e);
}

int rep_read_until(struct run *r, const char *dir, int generation,
		   struct err *e)
{
	int rc = run_read_until(r, dir, generation, e);

	if (rc == 0)
		sum_up(r);
	return rc;
}

/* --- summary.csv ---------------------------------------------------------- */

double rep_round_off(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.9g", value);
	return strtod(text, NULL);
}

char *rep_summary(const struct run *r)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	run_header_put(to, &run_file_summary);
	for (size_t i = 0; i < r->cells; i++)
		run_row_put(to, &run_file_summary, r->cell[i]);
	return memstream_end(to, &text, true);
}
