/* The mechanism to use under each condition, and how much slower another is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "base/size.h"
#include "cli/verdict_show.h"
#include "text/verdict_chart.h"

#define INDENT 2

static int digits_of(double ratio)
{
	return size_decimals(ratio, ratio < 0.1 ? 2 : 3);
}

const char *verdict_interval(struct stats_interval i, char *buf, size_t size)
{
	if (isnan(i.low) || isnan(i.high))
		snprintf(buf, size, "%s", "");
	else
		snprintf(buf, size, "%.*f–%.*f", digits_of(i.low), i.low,
			 digits_of(i.high), i.high);
	return buf;
}

/* --- what to type --------------------------------------------------------- */

/*
 * Writes a command in as few lines as fit, which a shell reads as one. It is
 * broken only before an option.
 */
static void put_command(FILE *to, const char *command)
{
	const char *backslash = " \\";
	size_t room = REP_COLUMNS - strlen(backslash), column = INDENT;

	fprintf(to, "%*s", INDENT, "");
	while (*command) {
		const char *next = strstr(command + 1, " --");
		size_t len = next ? (size_t)(next - command) : strlen(command);

		if (column + len >= room && *command == ' ') {
			fprintf(to, "%s\n%*s", backslash, 2 * INDENT, "");
			column = 2 * INDENT;
			command++;
			len--;
		}
		fprintf(to, "%.*s", (int)len, command);
		column += len;
		command += len;
	}
	fputc('\n', to);
}

/* Writes the command to type. */
static bool put_settings(FILE *to, const struct run_cell *c)
{
	char *command = rep_command(c);

	if (command)
		put_command(to, command);
	free(command);
	return command != NULL;
}

/* --- speed and cost ------------------------------------------------------- */

static void put_time(FILE *to, const char *name, double ns)
{
	if (isfinite(ns))
		fprintf(to, ", %s %.*f us", name, size_decimals(ns / 1000, 3),
			ns / 1000);
}

/* "1.9 GiB/s, CPU 0.61 s/GiB" */
static void put_worth(FILE *to, const struct run_cell *c)
{
	double cpu = c->middle[RUN_CPU];
	char speed[32];

	fputs(rep_speed_words(c, c->speed.value, speed, sizeof(speed)), to);
	put_time(to, "p50", c->middle[RUN_P50]);
	put_time(to, "p99", c->middle[RUN_P99]);
	if (isfinite(cpu))
		fprintf(to, ", CPU %.*f s/GiB", size_decimals(cpu, 3), cpu);
}

/* The most names that are written; further names are only counted. */
#define LABELS_TOLD 4

static void put_labels(FILE *to, const struct rep_spot *s,
		       enum stats_verdict outcome, const char *before)
{
	size_t n = rep_count_ranks(s, outcome), told = 0;

	for (size_t i = 1; i < s->measured && told < LABELS_TOLD; i++) {
		if (s->rank[i].outcome != outcome)
			continue;
		fprintf(to, "%s %s", before, s->rank[i].cell->label);
		before = ",";
		told++;
	}
	if (n > told)
		fprintf(to, " and %zu more", n - told);
}

static void put_first(FILE *to, const struct rep_spot *s)
{
	fprintf(to, "%s: ", s->rank[0].cell->label);
	put_worth(to, s->rank[0].cell);
	put_labels(to, s, STATS_EQUIVALENT, "; as fast:");
	put_labels(to, s, STATS_UNDECIDED, "; undecided against");
}

static void put_next(FILE *to, const struct rep_spot *s)
{
	const struct rep_rank *next = rep_next(s);
	char times[32], interval[64];

	if (!next) {
		if (rep_count_ranks(s, STATS_UNDECIDED) > 0)
			fputs("this mechanism is not shown to beat any other",
			      to);
		return;
	}
	fprintf(to,
		"the nearest that is shown to be slower: %s takes %s as long "
		"(%s): ",
		next->cell->label,
		rep_times(next->ratio.value, times, sizeof(times)),
		verdict_interval(next->ratio, interval, sizeof(interval)));
	put_worth(to, next->cell);
}

/* The settings that the pilot picked for the mechanisms after the first. */
static void put_picked(FILE *to, const struct rep_spot *s)
{
	const char *before = "the trials picked for the others:";
	char via[200];

	for (size_t i = 1; i < s->measured; i++) {
		const struct run_cell *c = s->rank[i].cell;

		if (strcmp(c->at.depth, "best") && strcmp(c->at.wait, "best"))
			continue;
		fprintf(to, "%s %s", before, rep_via(c, via, sizeof(via)));
		before = ",";
	}
}

/* A ratio of speeds so far outside of the interval is explained. */
#define FAR 1.05

/*
 * The ratio compares the two in each round, and a speed is the median of all
 * generations. On a machine whose speed changes they may disagree.
 */
static void put_disagreement(FILE *to, const struct rep_spot *s)
{
	const struct rep_rank *next = rep_next(s);
	double speeds;

	if (!next)
		return;
	speeds = s->rank[0].cell->speed.value / next->cell->speed.value;
	if (speeds < 1 || speeds * FAR < next->ratio.low ||
	    speeds > next->ratio.high * FAR)
		fputs("the two speeds do not agree with this ratio: each is a "
		      "median of the whole run, but the ratio compares the two "
		      "in every round, so trust the ratio",
		      to);
}

static void put_start(FILE *to, const struct rep_spot *s)
{
	const struct run_cell *first = s->rank[0].cell, *starter = s->starter;
	char size[32];

	if (!starter)
		return;
	if (s->pays_from_bytes <= 0)
		fprintf(to,
			"a new pair pays for a file of any size: %s is ready "
			"first",
			first->label);
	else if (isnan(s->pays_from_bytes))
		fprintf(to,
			"from which size on a new pair pays is not known: %s "
			"is ready first",
			starter->label);
	else
		fprintf(to,
			"a new pair pays from %s on; for smaller files use %s",
			size_human(s->pays_from_bytes, size, sizeof(size)),
			starter->label);
	if (!(s->pays_from_bytes <= 0) && first->startup.value >= 0)
		fprintf(to, " (ready after %.2g instead of %.2g ms)",
			starter->startup.value / 1e6,
			first->startup.value / 1e6);
}

/* Writes a line if `put` has anything to write. */
static bool put_line(FILE *to, const struct rep_spot *s,
		     void (*put)(FILE *, const struct rep_spot *))
{
	char *text = NULL;
	size_t len;
	FILE *line = open_memstream(&text, &len);

	if (!line)
		return false;
	put(line, s);
	if (fclose(line) != 0) {
		free(text);
		return false;
	}
	if (*text) {
		fprintf(to, "%*s", INDENT, "");
		columns_wrap(to, text, INDENT, 2 * INDENT);
	}
	free(text);
	return true;
}

static bool put_spot(FILE *to, const struct rep_verdict *v,
		     const struct rep_spot *s)
{
	char where[160];

	fprintf(to, "%s\n",
		run_condition_words(&v->condition[s->condition], where,
				    sizeof(where)));
	return put_settings(to, s->rank[0].cell) &&
	       put_line(to, s, put_first) && put_line(to, s, put_next) &&
	       put_line(to, s, put_disagreement) &&
	       put_line(to, s, put_picked) && put_line(to, s, put_start);
}

bool verdict_put_use(FILE *to, const struct rep_verdict *v)
{
	bool ok = true, any = false;

	for (size_t i = 0; ok && i < v->spots; i++) {
		if (v->map[i].measured < 2)
			continue;
		if (!any)
			fputs("\nWhich mechanism to use, and the file size "
			      "from which a new pair of\nprocesses pays:\n\n",
			      to);
		any = true;
		ok = put_spot(to, v, &v->map[i]);
	}
	return ok;
}
