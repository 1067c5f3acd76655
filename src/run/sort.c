/* Sorts samples into cells, and the samples of a cell into groups. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "run/run.h"

#define GIB (1024.0 * 1024 * 1024)

/*
 * Computes the values of a good sample. False: the sample makes no sense. A
 * sample without bytes makes sense only for a mechanism that carries nothing;
 * such a sample has a time but no speed.
 */
static bool find_values(struct run_sample *s, const json_t *manifest)
{
	double done = run_is_pingpong(&s->at) ? s->messages : s->bytes;
	double *value = s->value;

	value[RUN_SPEED] = done > 0 ? done / s->wall_ns * 1e9 : NAN;
	value[RUN_WALL] = s->wall_ns;
	value[RUN_CPU] = (s->server_user_ns + s->server_sys_ns +
			  s->client_user_ns + s->client_sys_ns) /
			 1e9 / s->bytes * GIB;
	value[RUN_SWITCHES] = (s->server_voluntary + s->server_involuntary +
			       s->client_voluntary + s->client_involuntary) /
			      s->messages;
	value[RUN_FAULTS] =
		(s->server_faults + s->client_faults) / s->bytes * GIB;
	for (int i = 0; i <= RUN_MAX - RUN_P50; i++)
		value[RUN_P50 + i] = s->trip_ns[i];
	return s->wall_ns > 0 &&
	       (done > 0 ||
		run_mechanism(manifest, s->mechanism).carries_nothing);
}

static bool makes_sense(struct run_sample *s, const json_t *manifest)
{
	for (int i = 0; i < RUN_VALUES; i++)
		s->value[i] = NAN;
	s->ok = !strcmp(s->status, "ok");
	s->timed = !strcmp(s->phase, "timed") && s->round > 0;
	return s->ok ? find_values(s, manifest) : !strcmp(s->status, "failed");
}

/*
 * Copies into a sample the condition and the mechanism of the sample's cell.
 * False: the run has no such cell.
 */
static bool complete(const struct run *r, struct run_sample *s)
{
	const struct run_cell *c = run_find(r, s->cell);

	if (!c)
		return false;
	s->mechanism = c->mechanism;
	s->label = c->label;
	s->at = c->at;
	return true;
}

/* --- into cells ----------------------------------------------------------- */

static bool note_sample(struct run_cell *c, struct run_sample *s)
{
	struct run_sample **larger;

	if (!c)
		return false;
	larger = array_grow(c->sample, c->samples, &c->room, sizeof(*larger));
	if (!larger)
		return false;
	c->sample = larger;
	c->sample[c->samples++] = s;
	return true;
}

/* --- into groups ---------------------------------------------------------- */

/*
 * The group of a sample is its generation, since the same processes make all
 * samples of a cell in a generation.
 */
static int group_of(const struct run_sample *s)
{
	return s->generation;
}

static int by_group(const void *a, const void *b)
{
	const struct run_sample *x = *(struct run_sample *const *)a;
	const struct run_sample *y = *(struct run_sample *const *)b;

	if (group_of(x) != group_of(y))
		return group_of(x) < group_of(y) ? -1 : 1;
	/* samples of one group stay in the order of the file */
	return x < y ? -1 : x > y;
}

/*
 * The time of the set-up, plus the time by which the first transfer took longer
 * than the median of the timed transfers; NaN: not known.
 */
static double startup_of(const struct run_group *g,
			 struct run_sample *const *sample)
{
	for (size_t i = 0; i < g->all; i++) {
		const struct run_sample *s = sample[i];

		if (s->ok && s->setup_ns > 0)
			return fmax(0, s->setup_ns + s->wall_ns -
					       g->value[RUN_WALL]);
	}
	return NAN;
}

/*
 * The median of each kind of value over the good timed samples. False: there
 * are too few of them.
 */
static bool sum_up(struct run_group *g, struct run_sample *const *sample,
		   double *work)
{
	size_t n = 0;

	for (int k = 0; k < RUN_VALUES; k++) {
		bool all = true;

		n = 0;
		for (size_t i = 0; i < g->all; i++) {
			if (!sample[i]->ok || !sample[i]->timed)
				continue;
			work[n] = sample[i]->value[k];
			all = all && isfinite(work[n]);
			n++;
		}
		g->value[k] = n && all ? stats_median(work, n) : NAN;
	}
	g->value[RUN_STARTUP] = startup_of(g, sample);
	return n >= RUN_ROUNDS_LEAST;
}

static void fill_groups(struct run_cell *c, double *work)
{
	for (size_t i = 0, end; i < c->samples; i = end) {
		struct run_group *g = &c->group[c->groups];

		for (end = i;
		     end < c->samples &&
		     group_of(c->sample[end]) == group_of(c->sample[i]);
		     end++) {
			if (c->sample[end]->ok)
				continue;
			if (c->failures++ == 0)
				c->reason = c->sample[end]->reason;
		}
		*g = (struct run_group){ .number = group_of(c->sample[i]),
					 .first = i,
					 .all = end - i };
		c->groups += sum_up(g, c->sample + i, work);
	}
}

static bool make_groups(struct run_cell *c)
{
	double *work = malloc((c->samples + 1) * sizeof(*work));

	c->group = malloc((c->samples + 1) * sizeof(*c->group));
	if (work && c->group) {
		if (c->samples)
			qsort(c->sample, c->samples,
			      sizeof(struct run_sample *), by_group);
		fill_groups(c, work);
	}
	free(work);
	return work && c->group;
}

/* --- all of them ---------------------------------------------------------- */

static void note_flaw(struct run *r, const struct err *why)
{
	if (r->strange++ == 0)
		snprintf(r->flaw, sizeof(r->flaw), "%s", why->text);
}

static int take_sample(const struct run *r, size_t row, struct run_sample *s,
		       struct err *why)
{
	const struct run_table *t = &r->samples_csv;
	size_t line = csv_line(&t->csv, row);
	int rc = run_row_read(t, row, s, why);

	if (rc == 0 && !complete(r, s))
		rc = err_say(
			why, EINVAL,
			"samples.csv, line %zu: the manifest does not have the "
			"cell of this line",
			line);
	if (rc == 0 && !makes_sense(s, r->manifest))
		rc = err_say(
			why, EINVAL,
			"samples.csv, line %zu: the line is neither a failure "
			"nor a transfer that took time and moved bytes",
			line);
	return rc;
}

int run_take_samples(struct run *r, struct err *e)
{
	const struct run_table *t = &r->samples_csv;

	r->sample = calloc(t->csv.rows + 1, sizeof(*r->sample));
	if (!r->sample)
		return err_code(e, ENOMEM, "cannot read the run");
	if (t->csv.odd) {
		snprintf(r->flaw, sizeof(r->flaw),
			 "samples.csv, line %zu: the line has more or fewer "
			 "fields than the first line names",
			 t->csv.first_odd);
		r->strange = t->csv.odd;
	}
	for (size_t row = 0; row < t->csv.rows; row++) {
		struct run_sample *s = &r->sample[r->samples];
		struct err why = { 0 };

		if (take_sample(r, row, s, &why) < 0)
			note_flaw(r, &why);
		else
			r->samples++;
	}
	return 0;
}

int run_sort_samples(struct run *r, struct err *e)
{
	bool ready = true;

	for (size_t i = 0; ready && i < r->samples; i++)
		ready = (r->until && r->sample[i].generation > r->until) ||
			note_sample(run_find(r, r->sample[i].cell),
				    &r->sample[i]);
	for (size_t i = 0; ready && i < r->cells; i++)
		ready = make_groups(r->cell[i]);
	return ready ? 0 : err_code(e, ENOMEM, "cannot read the run");
}
