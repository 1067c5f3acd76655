/* A verdict for people, and its comparisons for programs. */
#include "cli/verdict_show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "base/memstream.h"
#include "base/size.h"
#include "base/utf8.h"
#include "text/table.h"
#include "text/verdict_chart.h"

/* So many explanations are shown. The others are only in verdict.json. */
#define EXPLAINED 6

void verdict_fit_locale(char *text)
{
	if (!utf8_in_locale())
		rep_ascii(text);
}

/* Says under a table why conditions are undecided, if the run is too short. */
static void put_too_few(FILE *to, const struct rep_verdict *v,
			size_t conditions, enum rep_family family)
{
	char longer[160], text[300];

	if (conditions == 0)
		return;
	snprintf(text, sizeof(text),
		 "? in %zu condition%s: too few generations to decide; %s",
		 conditions, conditions == 1 ? "" : "s",
		 rep_longer(v, family, longer, sizeof(longer)));
	fputc('\n', to);
	columns_wrap(to, text, 0, 0);
}

/* --- the map as a table --------------------------------------------------- */

enum { M_WHERE, M_BEST, M_SPEED, M_SIGN, M_RATIO, M_INTERVAL, M_END };

static const struct table_column map_columns[M_END] = {
	[M_WHERE] = { .heading = "where", .least = 24 },
	[M_BEST] = { .heading = "fastest", .least = 10 },
	[M_SPEED] = { .heading = "speed", .right = true, .spare = 1 },
	[M_SIGN] = { .heading = "", .keep = true },
	[M_RATIO] = { .heading = "ring", .right = true, .keep = true },
	[M_INTERVAL] = { .heading = "interval", .keep = true },
};

/* Appends mechanisms of one outcome: " = fifo", or " ? 3 others". */
static void put_rivals(const struct rep_spot *s, enum stats_verdict outcome,
		       char sign, char *buf, size_t size)
{
	size_t n = rep_count_ranks(s, outcome), i = 1, used = strlen(buf);
	char name[100];

	if (n == 0 || used >= size)
		return;
	while (s->rank[i].outcome != outcome)
		i++;
	if (n == 1)
		snprintf(buf + used, size - used, " %c %s", sign,
			 utf8_cut(s->rank[i].cell->label, 10, name,
				  sizeof(name)));
	else
		snprintf(buf + used, size - used, " %c %zu others", sign, n);
}

/* "pipe", "pipe = fifo", "pipe ? 3 others". Long names are cut. */
static void put_best(struct table *t, const struct rep_spot *s)
{
	char text[240] = "-";
	bool alone = rep_count_ranks(s, STATS_EQUIVALENT) == 0 &&
		     rep_count_ranks(s, STATS_UNDECIDED) == 0;

	if (s->measured > 0) {
		utf8_cut(s->rank[0].cell->label, alone ? 23 : 10, text,
			 sizeof(text));
		put_rivals(s, STATS_EQUIVALENT, '=', text, sizeof(text));
		put_rivals(s, STATS_UNDECIDED, '?', text, sizeof(text));
	}
	table_text(t, M_BEST, text);
}

static void put_why_open(FILE *to, const struct rep_verdict *v)
{
	enum rep_family family = REP_ALL;
	size_t n = 0;

	for (size_t i = 0; i < v->spots; i++) {
		const struct rep_comparison *c = v->map[i].decisive;

		if (!rep_is_too_few(v, c))
			continue;
		family = c->family;
		n++;
	}
	put_too_few(to, v, n, family);
}

/* `alone`: nothing was compared, so only speeds are shown. */
static bool put_map(FILE *to, const struct rep_verdict *v, bool alone)
{
	struct table_column columns[M_END];
	struct table *t;

	memcpy(columns, map_columns, sizeof(columns));
	t = table_new(columns, M_END);
	for (int i = M_SPEED; i < M_END; i++)
		if (alone != (i == M_SPEED))
			columns[i].heading = NULL;

	for (size_t i = 0; i < v->spots; i++) {
		const struct rep_spot *s = &v->map[i];
		char text[160];

		table_row(t);
		table_text(t, M_WHERE,
			   run_condition_words(&v->condition[s->condition],
					       text, sizeof(text)));
		put_best(t, s);
		if (s->measured > 0)
			table_text(t, M_SPEED,
				   rep_speed_words(s->rank[0].cell,
						   s->rank[0].cell->speed.value,
						   text, sizeof(text)));
		table_text(t, M_SIGN, rep_sign(s));
		if (!isnan(s->ratio.value))
			table_text(
				t, M_RATIO,
				rep_times(s->ratio.value, text, sizeof(text)));
		if (!isnan(s->ratio.low))
			table_text(
				t, M_INTERVAL,
				verdict_interval(s->ratio, text, sizeof(text)));
	}
	return verdict_put_table(to, t);
}

/* --- the claim ------------------------------------------------------------ */

enum { C_WHERE, C_FATE, C_RIVAL, C_RATIO, C_INTERVAL, C_P, C_END };

static const struct table_column claim_columns[C_END] = {
	[C_WHERE] = { .heading = "where", .least = 24 },
	[C_FATE] = { .heading = "claim", .keep = true },
	[C_RIVAL] = { .heading = "rival", .least = 6 },
	[C_RATIO] = { .heading = "ratio", .right = true, .keep = true },
	[C_INTERVAL] = { .heading = "interval", .keep = true },
	[C_P] = { .heading = "p", .right = true, .spare = 1 },
};

/* "0.012", "<0.001"; "" if there is none. */
static const char *p_words(double p, char *buf, size_t size)
{
	if (isnan(p))
		buf[0] = '\0';
	else
		snprintf(buf, size, p < 0.0005 ? "<0.001" : "%.3f", p);
	return buf;
}

/* Adds the condition's row. True: too few generations leave it undecided. */
static bool put_fate(struct table *t, const struct rep_verdict *v, size_t k)
{
	static const char *const words[] = {
		[REP_HOLDS] = "holds",
		[REP_FAILS] = "fails",
		[REP_TIES] = "tie",
		[REP_OPEN] = "?",
	};
	const struct rep_comparison *c;
	enum rep_fate fate;
	char text[160];

	if (!rep_fate(v, k, &fate, &c))
		return false;
	table_row(t);
	table_text(t, C_WHERE,
		   run_condition_words(&v->condition[k], text, sizeof(text)));
	table_text(t, C_FATE, words[fate]);
	table_text(t, C_RIVAL, utf8_cut(c->b->label, 9, text, sizeof(text)));
	table_text(t, C_RATIO, rep_times(c->ratio.value, text, sizeof(text)));
	table_text(t, C_INTERVAL,
		   verdict_interval(c->ratio, text, sizeof(text)));
	table_text(t, C_P, p_words(c->p_holm, text, sizeof(text)));
	return rep_is_too_few(v, c);
}

static bool put_claim(FILE *to, const struct rep_verdict *v)
{
	struct table *t;
	size_t open = 0;
	bool ok;

	if (rep_family_size(v, REP_CLAIM) == 0)
		return true;
	fprintf(to,
		"\nThe claim, condition by condition: the semaphore ring and "
		"the rival that\ndecides its outcome. Family of %zu "
		"comparisons, p by Holm, margin %.3g %%:\n\n",
		rep_family_size(v, REP_CLAIM), 100 * v->run->margin);
	t = table_new(claim_columns, C_END);
	for (size_t k = 0; k < v->conditions; k++)
		open += put_fate(t, v, k);
	ok = verdict_put_table(to, t);
	put_too_few(to, v, open, REP_CLAIM);
	return ok;
}

/* --- explanations and findings -------------------------------------------- */

static double weight(const struct rep_comparison *c)
{
	return c && c->outcome <= STATS_SLOWER ? fabs(log(c->ratio.value)) : 0;
}

static int heavier_first(const void *a, const void *b)
{
	const struct rep_comparison *x =
		*(const struct rep_comparison *const *)a;
	const struct rep_comparison *y =
		*(const struct rep_comparison *const *)b;

	if (weight(x) < weight(y) || weight(x) > weight(y))
		return weight(x) > weight(y) ? -1 : 1;
	return x->condition < y->condition ? -1 : x->condition > y->condition;
}

static bool put_explanation(FILE *to, const struct rep_verdict *v,
			    const struct rep_comparison *c)
{
	char *text = rep_explain(v, c);
	bool ok = verdict_put_item(to, text);

	free(text);
	return ok;
}

static bool put_explanations(FILE *to, const struct rep_verdict *v)
{
	const struct rep_comparison **all, *c;
	size_t n = 0, shown;
	bool ok = true;

	all = malloc((v->conditions + 1) *
		     sizeof(const struct rep_comparison *));
	if (!all)
		return false;
	for (size_t k = 0; k < v->spots; k++) {
		c = rep_deciding(v, k);
		if (weight(c) > 0)
			all[n++] = c;
	}
	qsort(all, n, sizeof(const struct rep_comparison *), heavier_first);
	shown = n < EXPLAINED ? n : EXPLAINED;
	if (n > 0)
		fputs("\nDo counts of copies and calls explain the largest "
		      "differences?\n\n",
		      to);
	for (size_t i = 0; ok && i < shown; i++)
		ok = put_explanation(to, v, all[i]);
	if (n > shown)
		fprintf(to, "- and %zu more in verdict.json\n", n - shown);
	free(all);
	return ok;
}

static bool put_verdict_findings(FILE *to, const struct rep_verdict *v)
{
	struct rep_lines l = { 0 };
	bool ok;

	rep_findings(v, &l);
	if (l.lines > 0)
		fputs("\nOther findings:\n\n", to);
	ok = !l.broken;
	for (size_t i = 0; ok && i < l.lines; i++)
		ok = verdict_put_item(to, l.line[i]);
	rep_lines_free(&l);
	return ok;
}

/* --- all of it ------------------------------------------------------------ */

static bool put_answers(FILE *to, const struct rep_verdict *v)
{
	enum rep_question order[REP_QUESTIONS];
	bool ok = true, any = false;

	rep_questions(v, order);
	for (int i = 0; ok && i < REP_QUESTIONS; i++) {
		char *text = rep_answer(v, order[i]);

		ok = text != NULL;
		if (ok && *text) {
			fputs(any ? "\n" : "", to);
			columns_wrap(to, text, 0, 0);
			any = true;
		}
		free(text);
	}
	return ok;
}

static bool put_verdict(FILE *to, const struct rep_verdict *v,
			const struct why *w)
{
	bool ok = put_answers(to, v), alone;
	size_t telling;

	if (!rep_telling(v, &telling))
		return ok && put_verdict_findings(to, v);
	fputc('\n', to);
	rep_bars(to, v, telling);
	alone = v->map[telling].measured == 1;
	if (!alone) {
		fputc('\n', to);
		rep_map(to, v);
	}
	fprintf(to, "\nThe fastest in each condition%s:\n\n",
		alone ? ""
		      : ", and the speed of the best ring divided by that\nof "
			"its hardest rival");
	ok = ok && put_map(to, v, alone);
	put_why_open(to, v);
	return ok && verdict_put_use(to, v) && put_claim(to, v) &&
	       put_explanations(to, v) && verdict_put_why(to, w) &&
	       put_verdict_findings(to, v);
}

char *verdict_human(const struct rep_verdict *v, const struct why *w)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool ok = to && put_verdict(to, v, w);

	text = memstream_end(to, &text, ok);
	if (text)
		verdict_fit_locale(text);
	return text;
}

enum {
	V_FAMILY,
	V_WORKLOAD,
	V_SINK,
	V_CACHE,
	V_SIZE,
	V_DEPTH,
	V_WAIT,
	V_PLACE,
	V_PAIRS,
	V_A,
	V_B,
	V_A_LABEL,
	V_B_LABEL,
	V_RATIO,
	V_LOW,
	V_HIGH,
	V_P,
	V_HOLM,
	V_CLIFF,
	V_GENERATIONS,
	V_OUTCOME,
	V_END
};

static const struct table_column csv_columns[V_END] = {
	[V_FAMILY] = { .key = "family" },
	[V_WORKLOAD] = { .key = "workload" },
	[V_SINK] = { .key = "sink" },
	[V_CACHE] = { .key = "cache" },
	[V_SIZE] = { .key = "size_bytes" },
	[V_DEPTH] = { .key = "depth" },
	[V_WAIT] = { .key = "wait" },
	[V_PLACE] = { .key = "place" },
	[V_PAIRS] = { .key = "pairs" },
	[V_A] = { .key = "a" },
	[V_B] = { .key = "b" },
	[V_A_LABEL] = { .key = "a_label" },
	[V_B_LABEL] = { .key = "b_label" },
	[V_RATIO] = { .key = "ratio" },
	[V_LOW] = { .key = "low" },
	[V_HIGH] = { .key = "high" },
	[V_P] = { .key = "p" },
	[V_HOLM] = { .key = "p_holm" },
	[V_CLIFF] = { .key = "cliff" },
	[V_GENERATIONS] = { .key = "generations" },
	[V_OUTCOME] = { .key = "outcome" },
};

static void put_condition(struct table *t, const struct run_condition *k)
{
	table_text(t, V_WORKLOAD, k->workload);
	table_text(t, V_SINK, k->sink);
	table_text(t, V_CACHE, k->cache);
	table_int(t, V_SIZE, (int64_t)k->size_bytes);
	table_text(t, V_DEPTH, k->depth);
	table_text(t, V_WAIT, k->wait);
	table_text(t, V_PLACE, k->place);
	table_int(t, V_PAIRS, k->pairs);
}

static void put_comparison_row(struct table *t, const struct rep_comparison *c)
{
	table_text(t, V_FAMILY, rep_family_names[c->family]);
	table_text(t, V_A, c->a->name);
	table_text(t, V_B, c->b->name);
	table_text(t, V_A_LABEL, c->a->label);
	table_text(t, V_B_LABEL, c->b->label);
	table_real(t, V_RATIO, rep_round_off(c->ratio.value), 0);
	table_real(t, V_LOW, rep_round_off(c->ratio.low), 0);
	table_real(t, V_HIGH, rep_round_off(c->ratio.high), 0);
	table_real(t, V_P, rep_round_off(c->p), 0);
	table_real(t, V_HOLM, rep_round_off(c->p_holm), 0);
	table_real(t, V_CLIFF, rep_round_off(c->cliff), 0);
	table_int(t, V_GENERATIONS, (int64_t)c->generations);
	table_text(t, V_OUTCOME, stats_verdict_names[c->outcome]);
}

char *verdict_csv(const struct rep_verdict *v)
{
	struct table *t = table_new(csv_columns, V_END);

	for (size_t i = 0; i < v->comparisons; i++) {
		table_row(t);
		put_condition(t, &v->condition[v->comparison[i].condition]);
		put_comparison_row(t, &v->comparison[i]);
	}
	return table_end(t, TABLE_CSV);
}
