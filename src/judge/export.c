/*
 * A run in the formats of programs that watch speeds over time, and as a table.
 */
#include "judge/export.h"
#include "base/memstream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One number of a cell. */
struct metric {
	/* "throughput", a name for Bencher and other programs */
	const char *name;
	const char *family; /* the name for OpenMetrics, with the unit */
	const char *unit;
	const char *about;
	bool bigger;                 /* bigger values are better */
	struct stats_interval value; /* NaN: the cell has no such value */
};

#define METRICS 9

/* --- the numbers ---------------------------------------------------------- */

static struct stats_interval alone(double value)
{
	return (struct stats_interval){ value, NAN, NAN };
}

static struct stats_interval speed_of(const struct run_cell *c, bool trips)
{
	return run_is_pingpong(&c->at) == trips ? c->speed : alone(NAN);
}

/* All metrics, each with its value in this cell. */
static void metrics_of(const struct run_cell *c, struct metric to[METRICS])
{
	const struct metric all[METRICS] = {
		{ "throughput", "throughput_bytes_per_second", "bytes/s",
		  "Bytes delivered in a second, median of the generations",
		  true, speed_of(c, false) },
		{ "round-trips", "round_trips_per_second", "trips/s",
		  "Round trips in a second, median of the generations", true,
		  speed_of(c, true) },
		{ "latency-p50", "latency_p50_seconds", "ns",
		  "Median time of a round trip", false,
		  alone(c->middle[RUN_P50]) },
		{ "latency-p99", "latency_p99_seconds", "ns",
		  "99th percentile of the time of a round trip", false,
		  alone(c->middle[RUN_P99]) },
		{ "cpu-per-gib", "cpu_seconds_per_gib", "s/GiB",
		  "CPU time of both sides for each GiB", false,
		  alone(c->middle[RUN_CPU]) },
		{ "startup", "startup_seconds", "ns",
		  "Time of the set-up plus the extra time of the first "
		  "transfer",
		  false, c->startup },
		{ "switches", "switches_per_message", "switches/message",
		  "Context switches for each message", false,
		  alone(c->middle[RUN_SWITCHES]) },
		{ "calls", "calls_per_message", "calls/message",
		  "System calls for each message, as counted", false,
		  alone(c->calls_per_message) },
		{ "copies", "copies_per_byte", "copies/byte",
		  "Copies of each byte, as counted", false,
		  alone(c->copies_counted) },
	};

	memcpy(to, all, sizeof(all));
	for (size_t i = 0; i < METRICS && !c->groups; i++)
		to[i].value.value = NAN;
}

static bool has_value(const struct metric *m)
{
	return isfinite(m->value.value);
}

static bool has_ends(const struct stats_interval *i)
{
	return isfinite(i->low) && isfinite(i->high);
}

/* --- JSON ----------------------------------------------------------------- */

static char *as_text(json_t *j)
{
	char *text = j ? json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(9))
		       : NULL;
	char *line = NULL;

	json_decref(j);
	if (text && asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	free(text);
	return line;
}

static json_t *bmf_metric(const struct metric *m)
{
	json_t *j = json_pack("{s:f}", "value", m->value.value);

	if (has_ends(&m->value)) {
		json_object_set_new(j, "lower_value", json_real(m->value.low));
		json_object_set_new(j, "upper_value", json_real(m->value.high));
	}
	return j;
}

char *rep_export_bmf(const struct run *r)
{
	json_t *all = json_object();

	for (size_t i = 0; i < r->cells; i++) {
		struct metric m[METRICS];
		json_t *cell = json_object();

		metrics_of(r->cell[i], m);
		for (size_t k = 0; k < METRICS; k++)
			if (has_value(&m[k]))
				json_object_set_new(cell, m[k].name,
						    bmf_metric(&m[k]));
		if (json_object_size(cell))
			json_object_set(all, r->cell[i]->name, cell);
		json_decref(cell);
	}
	return as_text(all);
}

static json_t *github_entry(const struct run_cell *c, const struct metric *m)
{
	char name[600], range[80], extra[80];
	double far = fmax(m->value.high - m->value.value,
			  m->value.value - m->value.low);
	json_t *j;

	snprintf(name, sizeof(name), "%s %s", c->name, m->name);
	/*
	 * the range is in the unit of the value: github-action-benchmark draws
	 * no other range
	 */
	snprintf(range, sizeof(range), "± %.4g", far);
	snprintf(extra, sizeof(extra), "%zu generations", c->groups);
	j = json_pack("{s:s, s:s, s:f, s:s}", "name", name, "unit", m->unit,
		      "value", m->value.value, "extra", extra);
	if (has_ends(&m->value))
		json_object_set_new(j, "range", json_string(range));
	return j;
}

char *rep_export_github(const struct run *r, bool bigger)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->cells; i++) {
		struct metric m[METRICS];

		metrics_of(r->cell[i], m);
		for (size_t k = 0; k < METRICS; k++)
			if (has_value(&m[k]) && m[k].bigger == bigger)
				json_array_append_new(
					all, github_entry(r->cell[i], &m[k]));
	}
	return as_text(all);
}

/* --- OpenMetrics ---------------------------------------------------------- */

static void put_label(FILE *to, const char *before, const char *key,
		      const char *value)
{
	fprintf(to, "%s%s=\"", before, key);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', to);
		if (*value == '\n')
			fputs("\\n", to);
		else
			fputc(*value, to);
	}
	fputc('"', to);
}

static void put_sample(FILE *to, const struct run_cell *c,
		       const struct metric *m, const char *end, double value)
{
	char size[24], pairs[24];

	if (!isfinite(value))
		return;
	snprintf(size, sizeof(size), "%" PRIu64, c->at.size_bytes);
	snprintf(pairs, sizeof(pairs), "%d", c->at.pairs);
	fprintf(to, "ipcopy_%s", m->family);
	put_label(to, "{", "cell", c->name);
	put_label(to, ",", "mechanism", c->mechanism);
	put_label(to, ",", "workload", c->at.workload);
	put_label(to, ",", "size_bytes", size);
	put_label(to, ",", "depth", c->at.depth);
	put_label(to, ",", "place", c->at.place);
	put_label(to, ",", "pairs", pairs);
	put_label(to, ",", "estimate", end);
	/* OpenMetrics asks for base units: seconds, not nanoseconds */
	fprintf(to, "} %.9g\n", strcmp(m->unit, "ns") ? value : value / 1e9);
}

static void put_family(FILE *to, const struct run *r, size_t which)
{
	bool begun = false;

	for (size_t i = 0; i < r->cells; i++) {
		struct metric all[METRICS], *m = &all[which];

		metrics_of(r->cell[i], all);
		if (!has_value(m))
			continue;
		if (!begun)
			fprintf(to,
				"# TYPE ipcopy_%s gauge\n"
				"# HELP ipcopy_%s %s.\n",
				m->family, m->family, m->about);
		begun = true;
		put_sample(to, r->cell[i], m, "value", m->value.value);
		put_sample(to, r->cell[i], m, "low", m->value.low);
		put_sample(to, r->cell[i], m, "high", m->value.high);
	}
}

char *rep_export_openmetrics(const struct run *r)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	for (size_t i = 0; i < METRICS; i++)
		put_family(to, r, i);
	fputs("# EOF\n", to);
	return memstream_end(to, &text, true);
}

/* --- a tidy table --------------------------------------------------------- */

static void put_number(FILE *to, double value)
{
	if (isfinite(value))
		fprintf(to, ",%.9g", value);
	else
		fputc(',', to);
}

static void put_text(FILE *to, const char *text, const char *after)
{
	csv_put(to, text, true);
	fputs(after, to);
}

static void put_rows(FILE *to, const struct run_cell *c)
{
	struct metric m[METRICS];

	metrics_of(c, m);
	for (size_t k = 0; k < METRICS; k++) {
		if (!has_value(&m[k]))
			continue;
		put_text(to, c->name, ",");
		put_text(to, c->mechanism, ",");
		put_text(to, c->label, ",");
		put_text(to, c->at.workload, ",");
		put_text(to, c->at.sink, ",");
		put_text(to, c->at.cache, ",");
		fprintf(to, "%" PRIu64 ",", c->at.size_bytes);
		put_text(to, c->at.depth, ",");
		put_text(to, c->at.wait, ",");
		put_text(to, c->at.place, ",");
		fprintf(to, "%d,%s,%s,%s", c->at.pairs, m[k].name, m[k].unit,
			m[k].bigger ? "bigger" : "smaller");
		put_number(to, m[k].value.value);
		put_number(to, m[k].value.low);
		put_number(to, m[k].value.high);
		fprintf(to, ",%zu\n", c->groups);
	}
}

char *rep_export_csv(const struct run *r)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	fputs("cell,mechanism,label,workload,sink,cache,size_bytes,depth,wait,"
	      "place,pairs,metric,unit,better,value,low,high,generations\n",
	      to);
	for (size_t i = 0; i < r->cells; i++)
		put_rows(to, r->cell[i]);
	return memstream_end(to, &text, true);
}
