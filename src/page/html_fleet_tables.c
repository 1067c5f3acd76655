/* The tables of a fleet's page. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/size.h"
#include "page/html_fleet.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char *times_words(double ratio, char *buf, size_t size)
{
	snprintf(buf, size, "%.*f×", size_decimals(ratio, 3), ratio);
	return buf;
}

/* --- conditions ----------------------------------------------------------- */

static const struct html_column condition_columns[] = {
	{ "where", false },
	{ "hosts", false },
	{ "the fastest", false },
};

static const char *const agreement_classes[] = {
	[FLEET_AGREE] = "agrees",
	[FLEET_OPEN] = NULL,
	[FLEET_DIFFER] = "differs",
	[FLEET_FEW] = NULL,
};

void html_fleet_conditions(struct html *h)
{
	const struct fleet *f = h->fleet;
	struct html_table *t =
		html_table_new(condition_columns, COUNT(condition_columns));

	for (size_t k = 0; k < f->conditions; k++) {
		const struct fleet_condition *c = &f->condition[k];
		char *answers = fleet_answers_words(f, k);

		html_cell_head(t, c->words);
		html_cell_text(t, fleet_agreement_names[c->agreement],
			       agreement_classes[c->agreement]);
		html_cell_text(t, answers, "w");
		free(answers);
	}
	fputs("<details><summary>Each condition in words</summary>\n", h->to);
	html_table_put(h, t, "conditions-table",
		       "In each condition, how far the hosts agree on the "
		       "fastest mechanism, and the fastest on each host");
	fputs("</details>\n", h->to);
}

/* --- ratios --------------------------------------------------------------- */

static const struct html_column ratio_columns[] = {
	{ "where", false }, { "first", false },    { "second", false },
	{ "ratio", true },  { "interval", false }, { "next host", false },
	{ "tau", true },    { "I²", true },        { "hosts", true },
	{ "p", true },      { "outcome", false },
};

static void put_fleet_interval(struct html_table *t, struct stats_interval i)
{
	char words[120] = "";

	if (isfinite(i.low) && isfinite(i.high))
		snprintf(words, sizeof(words), "%.*f–%.*f",
			 size_decimals(i.low, 3), i.low,
			 size_decimals(i.high, 3), i.high);
	html_cell_text(t, words, NULL);
}

static void put_ratio(struct html_table *t, const struct fleet *f,
		      const struct fleet_pair *p)
{
	struct stats_interval ratio = rep_as_ratio(p->over.mean);
	char words[60];

	html_cell_head(t, f->condition[p->condition].words);
	html_cell_text(t, p->a, NULL);
	html_cell_text(t, p->b, NULL);
	html_cell_number(t, ratio.value,
			 times_words(ratio.value, words, sizeof(words)));
	put_fleet_interval(t, ratio);
	put_fleet_interval(t, rep_as_ratio(p->over.next));
	html_cell_digits(t, p->over.tau.value, 2);
	snprintf(words, sizeof(words), "%.0f %%", 100 * p->over.share);
	html_cell_number(t, p->over.share, words);
	html_cell_digits(t, (double)p->over.hosts, 9);
	html_cell_digits(t, p->p_holm, 2);
	html_cell_text(t, stats_verdict_names[p->outcome],
		       stats_verdict_names[p->outcome]);
}

static void put_family(struct html *h, enum rep_family family, const char *id,
		       const char *caption)
{
	const struct fleet *f = h->fleet;
	struct html_table *t =
		html_table_new(ratio_columns, COUNT(ratio_columns));

	for (size_t i = 0; i < f->pairs; i++)
		if (f->pair[i].family == family && f->pair[i].over.hosts)
			put_ratio(t, f, &f->pair[i]);
	html_table_put(h, t, id, caption);
}

void html_fleet_ratios(struct html *h)
{
	put_family(h, REP_CLAIM, "claim-table",
		   "The textbook's claim: the speed of the semaphore ring "
		   "divided by that of each rival");
	fputs("<details><summary>All rings against all others</summary>\n",
	      h->to);
	put_family(h, REP_ALL, "all-table",
		   "The speed of each ring divided by that of each other "
		   "mechanism");
	fputs("</details>\n", h->to);
}

/* --- hosts ---------------------------------------------------------------- */

static const struct html_column host_columns[] = {
	{ "host", false },        { "claim holds", true },
	{ "fails", true },        { "ties", true },
	{ "undecided", true },    { "best ring holds", true },
	{ "fails", true },        { "ties", true },
	{ "undecided", true },    { "answers otherwise", true },
	{ "pace", true },         { "run", false },
	{ "its verdict", false },
};

static void put_fates(struct html_table *t, const size_t n[REP_FATES])
{
	for (int i = 0; i < REP_FATES; i++)
		html_cell_digits(t, (double)n[i], 9);
}

/* The table is folded if it has more hosts than this. */
#define UNFOLDED 24

void html_fleet_hosts(struct html *h)
{
	const struct fleet *f = h->fleet;
	struct html_table *t =
		html_table_new(host_columns, COUNT(host_columns));
	bool fold = f->hosts > UNFOLDED;
	char words[60];

	for (size_t i = 0; i < f->hosts; i++) {
		const struct fleet_host *host = &f->host[i];

		html_cell_head(t, host->name);
		put_fates(t, host->claim);
		put_fates(t, host->ring);
		html_cell_digits(t, (double)host->differs, 9);
		html_cell_number(t, host->pace,
				 times_words(host->pace, words, sizeof(words)));
		html_cell_text(t, host->dir, NULL);
		html_cell_text(t, host->sentence, "w");
	}
	if (fold)
		fprintf(h->to, "<details><summary>All %zu hosts</summary>\n",
			f->hosts);
	html_table_put(h, t, "hosts-table",
		       "For each host: in how many conditions the textbook's "
		       "claim holds, fails, ends in a tie or is undecided; the "
		       "same four numbers for the claim that the best ring in "
		       "shared memory is the fastest of all mechanisms; in how "
		       "many conditions the host differs from the most common "
		       "answer; and the pace of the host, which is its speed "
		       "divided by the usual speed of these hosts");
	if (fold)
		fputs("</details>\n", h->to);
}

static const struct html_column fact_columns[] = {
	{ "fact", false },
	{ "values", true },
	{ "the most common", false },
	{ "hosts with it", true },
};

static void put_fleet_fact(struct html_table *t, const struct fleet *f,
			   size_t fact)
{
	const struct fleet_names *values = &f->fact[fact].value;
	size_t most = 0, value = 0;

	for (size_t v = 0; v < values->names; v++) {
		size_t n = 0;

		for (size_t i = 0; i < f->hosts; i++)
			n += fleet_fact_of(f, i, fact) == (int)v;
		if (n > most) {
			most = n;
			value = v;
		}
	}
	html_cell_head(t, f->fact[fact].name);
	html_cell_digits(t, (double)values->names, 9);
	html_cell_text(t, values->name[value], "w");
	html_cell_digits(t, (double)most, 9);
}

/* Shows facts that are the same on all hosts, too. */
void html_fleet_facts(struct html *h)
{
	const struct fleet *f = h->fleet;
	struct html_table *t =
		html_table_new(fact_columns, COUNT(fact_columns));

	for (size_t i = 0; i < f->facts; i++)
		if (f->fact[i].value.names > 0)
			put_fleet_fact(t, f, i);
	fputs("<details><summary>Facts of the machines</summary>\n", h->to);
	html_table_put(h, t, "facts-table",
		       "The facts that are compared, and how many values each "
		       "fact has");
	fputs("</details>\n", h->to);
}
