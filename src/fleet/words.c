/* A fleet in words: the sentence, the findings, and lists of hosts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "fleet/fleet.h"

/* At most so many of each kind are named. */
#define NAMED     4
#define ODD_TOLD  20
#define FACTS_OWN 3
#define VALUES    6 /* values of a fact */

/* --- hosts ---------------------------------------------------------------- */

char *fleet_hosts_words(const struct fleet *f, fleet_is *is, size_t a, int b)
{
	size_t n = 0, told = 0, len;
	char *text = NULL;
	FILE *to = open_memstream(&text, &len);

	for (size_t i = 0; i < f->hosts; i++)
		n += is(f, i, a, b);
	for (size_t i = 0; to && i < f->hosts; i++) {
		/* the name of one more host is as short as "and 1 more" */
		if (!is(f, i, a, b) || (told >= NAMED && n > NAMED + 1))
			continue;
		fprintf(to, "%s%s", told ? ", " : "", f->host[i].name);
		told++;
	}
	if (to && n > told)
		fprintf(to, " and %zu more", n - told);
	return memstream_end(to, &text, true);
}

static bool answers(const struct fleet *f, size_t host, size_t k, int answer)
{
	return f->condition[k].of_host[host] == answer;
}

static bool has_value(const struct fleet *f, size_t host, size_t fact,
		      int value)
{
	return fleet_fact_of(f, host, fact) == value;
}

static const char *label_of(const struct fleet *f, int label)
{
	return label >= 0 && (size_t)label < f->label.names
		       ? f->label.name[label]
		       : "?";
}

char *fleet_answers_words(const struct fleet *f, size_t condition)
{
	const struct fleet_condition *c = &f->condition[condition];
	char *text = NULL, *hosts;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	for (size_t i = 0; to && i < c->answers; i++) {
		hosts = fleet_hosts_words(f, answers, condition, (int)i);
		fprintf(to, "%s%s: %s", i ? "; " : "",
			label_of(f, c->answer[i].label), hosts ? hosts : "?");
		free(hosts);
	}
	return memstream_end(to, &text, true);
}

/* --- facts ---------------------------------------------------------------- */

/* The values are in the order in which the hosts were added. */
char *fleet_tie_words(const struct fleet *f, const struct fleet_tie *t)
{
	const struct fleet_fact *fact = &f->fact[t->fact];
	char *text = NULL, *hosts;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to)
		fprintf(to, "%s: ", fact->name);
	for (size_t v = 0; to && v < fact->value.names && v < VALUES; v++) {
		hosts = fleet_hosts_words(f, has_value, t->fact, (int)v);
		fprintf(to, "%s%.80s (%s)", v ? ", " : "", fact->value.name[v],
			hosts ? hosts : "?");
		free(hosts);
	}
	if (to && fact->value.names > VALUES)
		fprintf(to, " and %zu more values", fact->value.names - VALUES);
	if (to && t->exceptions > 0)
		fprintf(to, "; except on %zu host%s", t->exceptions,
			t->exceptions > 1 ? "s" : "");
	return memstream_end(to, &text, true);
}

/* True if only this host has its value of the fact, and values are few. */
static bool is_own(const struct fleet *f, size_t host, size_t fact)
{
	int own = fleet_fact_of(f, host, fact);

	for (size_t i = 0; own >= 0 && i < f->hosts; i++)
		if (i != host && fleet_fact_of(f, i, fact) == own)
			return false;
	return own >= 0 &&
	       f->fact[fact].value.names <= (f->hosts > 4 ? f->hosts / 2 : 2);
}

static void put_own_facts(FILE *to, const struct fleet *f, size_t host)
{
	size_t told = 0;

	for (size_t k = 0; k < f->facts && told < FACTS_OWN; k++) {
		if (f->fact[k].value.names < 2 || !is_own(f, host, k))
			continue;
		fprintf(to, "%s%s %.60s", told ? ", " : "; it alone has ",
			f->fact[k].name,
			f->fact[k].value.name[fleet_fact_of(f, host, k)]);
		told++;
	}
}

/* --- findings ------------------------------------------------------------- */

static char *odd_words(const struct fleet *f, size_t host)
{
	const struct fleet_host *h = &f->host[host];
	char *text = NULL, times[32];
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to) {
		fprintf(to,
			"the host %s is %s than the other hosts: in the median "
			"of its cells its speed is %s the usual speed of these "
			"hosts",
			h->name, h->pace < 1 ? "slower" : "faster",
			rep_times(h->pace, times, sizeof(times)));
		put_own_facts(to, f, host);
	}
	return memstream_end(to, &text, true);
}

static void tell_odd(const struct fleet *f, struct rep_lines *l)
{
	size_t odd = 0;

	for (size_t i = 0; i < f->hosts; i++) {
		char *text;

		if (!f->host[i].odd || odd++ >= ODD_TOLD)
			continue;
		text = odd_words(f, i);
		rep_line(l, "%s", text ? text : "");
		l->broken = l->broken || !text;
		free(text);
	}
	if (odd > ODD_TOLD)
		rep_line(l,
			 "%zu more hosts are slower or faster than the other "
			 "hosts",
			 odd - ODD_TOLD);
}

/*
 * Names the hosts whose answer is not the most common one in more than half of
 * the conditions in which hosts differ.
 */
static void tell_lonely(const struct fleet *f, struct rep_lines *l)
{
	size_t all = fleet_count(f, FLEET_DIFFER), told = 0;

	for (size_t i = 0; f->hosts > 2 && i < f->hosts; i++) {
		const struct fleet_host *h = &f->host[i];

		if (all == 0 || 2 * h->differs <= all || told++ >= ODD_TOLD)
			continue;
		rep_line(l,
			 "the host %s differs from the most common answer in "
			 "%zu of the %zu conditions in which hosts differ",
			 h->name, h->differs, all);
	}
}

void fleet_findings(const struct fleet *f, struct rep_lines *l)
{
	tell_odd(f, l);
	tell_lonely(f, l);
	for (size_t i = 0; i < f->aparts; i++)
		rep_line(l, "the run %s is left out: %s", f->apart[i].dir,
			 f->apart[i].why);
}

/* --- the sentence --------------------------------------------------------- */

static void put_conditions(FILE *to, const struct fleet *f)
{
	size_t differ = fleet_count(f, FLEET_DIFFER);
	size_t open = fleet_count(f, FLEET_OPEN);
	size_t few = fleet_count(f, FLEET_FEW);
	size_t all = f->conditions - few;

	fprintf(to,
		"They agree on the fastest mechanism in %zu of %zu "
		"condition%s",
		fleet_count(f, FLEET_AGREE), all, all == 1 ? "" : "s");
	if (differ > 0)
		fprintf(to, ", and differ in %zu", differ);
	if (open > 0)
		fprintf(to,
			"; in %zu they may agree, but not all hosts could "
			"decide",
			open);
	if (few > 0)
		fprintf(to, "; %zu %s measured on fewer than two hosts", few,
			few == 1 ? "condition was" : "conditions were");
	fputs(".", to);
}

static void put_claim(FILE *to, const struct fleet *f)
{
	size_t tried = 0, fails = 0;

	for (size_t i = 0; i < f->hosts; i++) {
		const size_t *n = f->host[i].claim;

		tried += n[REP_HOLDS] + n[REP_FAILS] + n[REP_TIES] +
				 n[REP_OPEN] >
			 0;
		fails += n[REP_FAILS] > 0;
	}
	if (tried > 0)
		fprintf(to,
			" The textbook's claim, that shared memory with "
			"semaphores is faster than pipes, FIFOs and message "
			"queues, fails in at least one condition on %zu of the "
			"%zu hosts that tried it.",
			fails, tried);
}

char *fleet_sentence(const struct fleet *f)
{
	const char *plan = json_string_value(json_object_get(f->plan, "name"));
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to) {
		fprintf(to, "%zu hosts measured the plan %s. ", f->hosts,
			plan ? plan : "without a name");
		put_conditions(to, f);
		put_claim(to, f);
	}
	return memstream_end(to, &text, true);
}
