/* Runs of several hosts as text: their verdicts, their differences, ratios. */
#include "cli/fleet_show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/columns.h"
#include "base/memstream.h"
#include "base/utf8.h"
#include "cli/verdict_show.h"

/* The longest lists that are shown. --format json shows the whole lists. */
#define HOSTS_TOLD   40
#define LETTERS      24 /* hosts that have a column of the map */
#define RATIOS_TOLD  40
#define TIES_TOLD    6
#define REASONS_TOLD 12

static void put_heading(FILE *to, const char *text)
{
	fputc('\n', to);
	columns_wrap(to, text, 0, 0);
	fputc('\n', to);
}

static void put_more(FILE *to, size_t all, size_t told, const char *what)
{
	if (all > told)
		fprintf(to, "\n--format json shows %zu more %s\n", all - told,
			what);
}

/* --- hosts ---------------------------------------------------------------- */

enum { H_HOST, H_CLAIM, H_RING, H_DIFFERS, H_PACE, H_RUN, H_END };

static const struct table_column host_columns[H_END] = {
	[H_HOST] = { .heading = "host", .least = 20 },
	[H_CLAIM] = { .heading = "claim", .right = true },
	[H_RING] = { .heading = "best ring", .right = true },
	[H_DIFFERS] = { .heading = "differs", .right = true },
	[H_PACE] = { .heading = "pace", .right = true },
	[H_RUN] = { .heading = "run", .spare = 1 },
};

static const char *fates_words(const size_t n[REP_FATES], char *buf,
			       size_t size)
{
	snprintf(buf, size, "%zu / %zu / %zu / %zu", n[REP_HOLDS], n[REP_FAILS],
		 n[REP_TIES], n[REP_OPEN]);
	return buf;
}

static bool put_hosts(FILE *to, const struct fleet *f)
{
	struct table *t = table_new(host_columns, H_END);
	char text[120];

	put_heading(to,
		    "For each host: in how many conditions the textbook's "
		    "claim holds / fails / ends in a tie / is undecided; the "
		    "same four numbers for the claim that the best ring in "
		    "shared memory is the fastest of all mechanisms; in how "
		    "many conditions the host differs from the most common "
		    "answer; and the pace of the host, which is its speed "
		    "divided by the usual speed of these hosts:");
	for (size_t i = 0; i < f->hosts && i < HOSTS_TOLD; i++) {
		const struct fleet_host *h = &f->host[i];

		table_row(t);
		table_text(t, H_HOST, h->name);
		table_text(t, H_CLAIM,
			   fates_words(h->claim, text, sizeof(text)));
		table_text(t, H_RING, fates_words(h->ring, text, sizeof(text)));
		table_int(t, H_DIFFERS, (int64_t)h->differs);
		table_text(t, H_PACE, rep_times(h->pace, text, sizeof(text)));
		table_text(t, H_RUN, h->dir);
	}
	if (!verdict_put_table(to, t))
		return false;
	put_more(to, f->hosts, HOSTS_TOLD, "hosts");
	return true;
}

/* --- the map -------------------------------------------------------------- */

enum { M_WHERE, M_HOSTS, M_FASTEST, M_END };

static const struct table_column map_columns[M_END] = {
	[M_WHERE] = { .heading = "where" },
	[M_HOSTS] = { .heading = "hosts" },
	[M_FASTEST] = { .heading = "the fastest" },
};

/*
 * "AAB": a letter for the answer of each host; small letters if not all hosts
 * decide the condition; "-" for a host without an answer. With more than
 * LETTERS hosts: "agree", "differ" and so on.
 */
static const char *letters(const struct fleet *f,
			   const struct fleet_condition *c,
			   char buf[LETTERS + 1])
{
	size_t i;

	if (f->hosts > LETTERS)
		return fleet_agreement_names[c->agreement];
	for (i = 0; i < f->hosts; i++)
		buf[i] = c->of_host[i] < 0    ? '-'
			 : c->of_host[i] > 25 ? '*'
			 : c->agreement == FLEET_OPEN
				 ? (char)('a' + c->of_host[i])
				 : (char)('A' + c->of_host[i]);
	buf[i] = '\0';
	return buf;
}

/*
 * "A shm futex, B pipe"; "pipe" if it is the only answer. With more than
 * LETTERS hosts, the number of hosts with each answer: "970 shm futex, 12 pipe"
 */
static void put_fleet_answers(struct table *t, const struct fleet *f,
			      const struct fleet_condition *c)
{
	char text[300] = "", before[24] = "", label[40];

	for (size_t i = 0; i < c->answers && strlen(text) < 240; i++) {
		const struct fleet_answer *a = &c->answer[i];

		if (f->hosts > LETTERS)
			snprintf(before, sizeof(before), "%zu ", a->hosts);
		else if (c->answers > 1)
			snprintf(before, sizeof(before), "%c ", (int)('A' + i));
		text_append(text, sizeof(text), "%s%s%s", i ? ", " : "", before,
			    utf8_cut(f->label.name[a->label], 20, label,
				     sizeof(label)));
	}
	table_text(t, M_FASTEST, text);
}

static bool put_fleet_map(FILE *to, const struct fleet *f)
{
	struct table *t = table_new(map_columns, M_END);
	char text[LETTERS + 1];

	put_heading(to,
		    f->hosts > LETTERS
			    ? "The fastest mechanism in each condition, "
			      "and on how many hosts:"
			    : "The fastest mechanism in each condition. There "
			      "is one letter for each host, in the order "
			      "above; hosts with the same letter have the same "
			      "fastest mechanism, or equivalent ones; the last "
			      "column names one of them. Small letters: not "
			      "all hosts could decide the condition. -: the "
			      "host has measured nothing there:");
	for (size_t k = 0; k < f->conditions; k++) {
		const struct fleet_condition *c = &f->condition[k];

		table_row(t);
		table_text(t, M_WHERE, c->words);
		table_text(t, M_HOSTS, letters(f, c, text));
		put_fleet_answers(t, f, c);
	}
	return verdict_put_table(to, t);
}

/* --- facts that differ in the same way ------------------------------------ */

static bool put_tie(FILE *to, const struct fleet *f, const struct fleet_tie *t)
{
	char *text = fleet_tie_words(f, t);
	bool ok = text != NULL;

	if (ok) {
		fputs("  - ", to);
		columns_wrap(to, text, 4, 4);
	}
	free(text);
	return ok;
}

static bool put_where(FILE *to, const struct fleet *f,
		      const struct fleet_difference *d)
{
	const char *where = f->condition[d->condition[0]].words;
	const char *end = d->ties ? "these facts differ in the same way:"
				  : "no fact differs in the same way";
	char *hosts = fleet_answers_words(f, d->condition[0]), *text = NULL;
	int len = -1;
	bool ok;

	if (hosts && d->conditions == 1)
		len = asprintf(&text, "%s: %s; %s", where, hosts, end);
	else if (hosts)
		len = asprintf(&text, "%zu conditions, such as %s: %s; %s",
			       d->conditions, where, hosts, end);
	ok = len >= 0 && verdict_put_item(to, text);
	free(hosts);
	free(text);
	return ok;
}

static bool put_fleet_differences(FILE *to, const struct fleet *f)
{
	bool ok = true;

	if (f->differences > 0)
		put_heading(
			to,
			"Where hosts differ, and the facts of "
			"the manifests that differ in the same way: hosts with "
			"different answers have different values of the fact "
			"(which need not be the cause):");
	for (size_t i = 0; ok && i < f->differences && i < REASONS_TOLD; i++) {
		const struct fleet_difference *d = &f->difference[i];

		ok = put_where(to, f, d);
		for (size_t k = 0; ok && k < d->ties && k < TIES_TOLD; k++)
			ok = put_tie(to, f, &d->tie[k]);
		if (d->ties > TIES_TOLD)
			fprintf(to, "  - and %zu more fact%s\n",
				d->ties - TIES_TOLD,
				d->ties - TIES_TOLD == 1 ? "" : "s");
	}
	put_more(to, f->differences, REASONS_TOLD, "differences");
	return ok;
}

/* --- ratios --------------------------------------------------------------- */

enum {
	R_WHERE,
	R_PAIR,
	R_RATIO,
	R_INTERVAL,
	R_NEXT,
	R_SHARE,
	R_OUTCOME,
	R_END
};

static const struct table_column ratio_columns[R_END] = {
	[R_WHERE] = { .heading = "where", .least = 24 },
	[R_PAIR] = { .heading = "over", .least = 12, .keep = true },
	[R_RATIO] = { .heading = "ratio", .right = true, .keep = true },
	[R_INTERVAL] = { .heading = "interval", .keep = true },
	[R_NEXT] = { .heading = "next host", .spare = 2 },
	[R_SHARE] = { .heading = "I2", .right = true, .spare = 1 },
	[R_OUTCOME] = { .heading = "outcome", .spare = 3 },
};

static void put_ratio(struct table *t, const struct fleet *f,
		      const struct fleet_pair *p, bool claim)
{
	struct stats_interval ratio = rep_as_ratio(p->over.mean);
	char text[200];

	table_row(t);
	table_text(t, R_WHERE, f->condition[p->condition].words);
	if (claim)
		snprintf(text, sizeof(text), "%s", p->b);
	else
		snprintf(text, sizeof(text), "%s / %s", p->a, p->b);
	table_text(t, R_PAIR, text);
	table_text(t, R_RATIO, rep_times(ratio.value, text, sizeof(text)));
	table_text(t, R_INTERVAL, verdict_interval(ratio, text, sizeof(text)));
	table_text(t, R_NEXT,
		   verdict_interval(rep_as_ratio(p->over.next), text,
				    sizeof(text)));
	if (isfinite(p->over.share)) {
		snprintf(text, sizeof(text), "%.0f %%", 100 * p->over.share);
		table_text(t, R_SHARE, text);
	}
	table_text(t, R_OUTCOME, stats_verdict_names[p->outcome]);
}

static void put_ratio_words(FILE *to, const struct fleet *f, bool claim)
{
	char heading[300];

	snprintf(heading, sizeof(heading),
		 "%s: the mean over all hosts with its interval, and under "
		 "\"next "
		 "host\" the interval expected for one more host, both of %.3g "
		 "%%. I2 is the part of the variance that comes from "
		 "differences between hosts (doc/METHOD):",
		 claim ? "The speed of the semaphore ring divided by that "
			 "of each rival"
		       : "Ratios of speeds",
		 100 * f->level);
	put_heading(to, heading);
}

static void put_two_hosts(FILE *to)
{
	fputc('\n', to);
	columns_wrap(to,
		     "Two hosts are too few to decide most ratios, and "
		     "what to expect of a next host is not known with "
		     "fewer than three.",
		     0, 0);
}

static bool put_ratios(FILE *to, const struct fleet *f)
{
	struct table *t = table_new(ratio_columns, R_END);
	size_t of_claim = 0, n = 0;

	for (size_t i = 0; i < f->pairs; i++)
		of_claim += f->pair[i].family == REP_CLAIM;
	for (size_t i = 0; i < f->pairs; i++) {
		const struct fleet_pair *p = &f->pair[i];

		if (p->over.hosts == 0 || (of_claim && p->family != REP_CLAIM))
			continue;
		if (n++ < RATIOS_TOLD)
			put_ratio(t, f, p, of_claim > 0);
	}
	if (n == 0) {
		table_free(t);
		return true;
	}
	put_ratio_words(to, f, of_claim > 0);
	if (!verdict_put_table(to, t))
		return false;
	if (f->hosts == 2)
		put_two_hosts(to);
	put_more(to, n, RATIOS_TOLD, "ratios");
	return true;
}

/* --- all of it ------------------------------------------------------------ */

static bool put_findings(FILE *to, const struct fleet *f)
{
	struct rep_lines l = { 0 };
	bool ok;

	fleet_findings(f, &l);
	if (l.lines > 0)
		fputs("\nOther findings:\n\n", to);
	ok = !l.broken;
	for (size_t i = 0; ok && i < l.lines; i++)
		ok = verdict_put_item(to, l.line[i]);
	rep_lines_free(&l);
	return ok;
}

static bool put_all(FILE *to, const struct fleet *f)
{
	char *sentence = fleet_sentence(f);
	bool ok = sentence != NULL;

	if (ok)
		columns_wrap(to, sentence, 0, 0);
	free(sentence);
	return ok && put_findings(to, f) && put_hosts(to, f) &&
	       put_fleet_map(to, f) && put_fleet_differences(to, f) &&
	       put_ratios(to, f);
}

char *fleet_human(const struct fleet *f)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool ok = to && put_all(to, f);

	text = memstream_end(to, &text, ok);
	if (text)
		verdict_fit_locale(text);
	return text;
}
