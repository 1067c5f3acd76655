/* A verdict for people. */
#include "cli/verdict_show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/columns.h"
#include "base/memstream.h"
#include "base/size.h"
#include "base/utf8.h"
#include "text/table.h"
#include "text/verdict_chart.h"

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

/* From this width on, the tables have room for the longest usual names. */
#define WIDE 100

/* The columns that a name may take. `few`: on a terminal of the usual width. */
static size_t name_room(size_t few)
{
	return columns_here() < WIDE ? few : WIDE;
}

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
			 utf8_cut(s->rank[i].cell->label, name_room(10), name,
				  sizeof(name)));
	else
		snprintf(buf + used, size - used, " %c %zu others", sign, n);
}

/* "pipe", "pipe = fifo", "pipe ? 3 others" */
static void put_best(struct table *t, const struct rep_spot *s)
{
	char text[240] = "-";
	bool alone = rep_count_ranks(s, STATS_EQUIVALENT) == 0 &&
		     rep_count_ranks(s, STATS_UNDECIDED) == 0;

	if (s->measured > 0) {
		utf8_cut(s->rank[0].cell->label, name_room(alone ? 23 : 10),
			 text, sizeof(text));
		put_rivals(s, STATS_EQUIVALENT, '=', text, sizeof(text));
		put_rivals(s, STATS_UNDECIDED, '?', text, sizeof(text));
	}
	table_text(t, M_BEST, text);
}

/* Explains the signs before names in the table, if there are any. */
static void put_best_words(FILE *to, const struct rep_verdict *v)
{
	size_t equal = 0, open = 0;
	char text[120];

	for (size_t i = 0; i < v->spots; i++) {
		equal += rep_count_ranks(&v->map[i], STATS_EQUIVALENT);
		open += rep_count_ranks(&v->map[i], STATS_UNDECIDED);
	}
	if (equal + open == 0)
		return;
	snprintf(text, sizeof(text), "%s%s%s",
		 equal ? "= before a name: as fast as the fastest" : "",
		 equal && open ? "; " : "",
		 open ? "? before a name: not shown to be slower" : "");
	fputc('\n', to);
	columns_wrap(to, text, 0, 0);
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
	table_text(t, C_RIVAL, c->b->label);
	table_text(t, C_RATIO, rep_times(c->ratio.value, text, sizeof(text)));
	table_text(t, C_INTERVAL,
		   verdict_interval(c->ratio, text, sizeof(text)));
	table_text(t, C_P, p_words(c->p_holm, text, sizeof(text)));
	return rep_is_too_few(v, c);
}

/* Says what the claim is, and what the columns of its table mean. */
static void put_claim_words(FILE *to, const struct rep_verdict *v)
{
	size_t n = rep_family_size(v, REP_CLAIM);
	const struct transport *t;
	char text[600] = "";
	const char *before = "";

	text_append(text, sizeof(text),
		    "The claim is that the ring with semaphores is faster "
		    "than each of its rivals:");
	for_each_transport(t)
		if (t->claim == TR_CLAIM_RIVAL) {
			text_append(text, sizeof(text), "%s %s", before,
				    t->name);
			before = ",";
		}
	text_append(text, sizeof(text),
		    ". Each row names the rival that decides the outcome. "
		    "ratio: the speed of the ring divided by that of the "
		    "rival; tie: shown to differ by less than %.3g %%; p: how "
		    "probable such values would be without a difference%s",
		    100 * v->run->margin, n > 1 ? ", adjusted " : ":");
	if (n > 1)
		text_append(text, sizeof(text),
			    "(Holm) for all %zu comparisons of the ring with a "
			    "rival:",
			    n);
	fputc('\n', to);
	columns_wrap(to, text, 0, 0);
	fputc('\n', to);
}

static bool put_claim(FILE *to, const struct rep_verdict *v)
{
	struct table *t;
	size_t open = 0;
	bool ok;

	if (rep_family_size(v, REP_CLAIM) == 0)
		return true;
	put_claim_words(to, v);
	t = table_new(claim_columns, C_END);
	for (size_t k = 0; k < v->conditions; k++)
		open += put_fate(t, v, k);
	ok = verdict_put_table(to, t);
	put_too_few(to, v, open, REP_CLAIM);
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

/* Writes the map and the tables, if anything was measured. */
static bool put_conditions(FILE *to, const struct rep_verdict *v,
			   const struct why *w)
{
	size_t telling;
	bool ok, alone;

	if (!rep_telling(v, &telling))
		return true;
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
	ok = put_map(to, v, alone);
	put_best_words(to, v);
	put_why_open(to, v);
	return ok && verdict_put_use(to, v) && put_claim(to, v) &&
	       verdict_put_explanations(to, v) && verdict_put_why(to, w);
}

static bool put_verdict(FILE *to, const struct rep_verdict *v,
			const struct why *w, enum verdict_show how)
{
	bool ok = true;

	if (how != VERDICT_WITH_CELLS)
		ok = put_answers(to, v);
	ok = ok && put_conditions(to, v, w) && verdict_put_findings(to, v);
	/* who sees only the end of a long output sees the answers */
	if (ok && how == VERDICT_WITH_CELLS) {
		fputs("\nThe answers of this run:\n\n", to);
		ok = put_answers(to, v);
	}
	return ok;
}

char *verdict_human(const struct rep_verdict *v, const struct why *w,
		    enum verdict_show how)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool ok = to && put_verdict(to, v, w, how);

	text = memstream_end(to, &text, ok);
	if (text)
		verdict_fit_locale(text);
	return text;
}
