/* ipcopy compare: what changed from one run to another. A gate can fail. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/append.h"
#include "base/columns.h"
#include "base/memstream.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/share.h"
#include "cli/verdict_show.h"
#include "judge/gate.h"
#include "text/table.h"

struct asked {
	const char *operand[OPERANDS_MAX];
	int format; /* enum table_format */
	bool force, counts;
	double gate;   /* NaN: none */
	int undecided; /* enum rep_undecided */
};

static const struct opt compare_opts[] = {
	OPTION("gate", "SHARE", share_take, struct asked, gate,
	       "exit status 0 if no cell became slower by more than this, "
	       "such as 3%; 1 if any cell did; 5 if the runs do not decide "
	       "the question; cells of controls do not count"),
	OPTION("gate-counts", NULL, opt_true, struct asked, counts,
	       "a gate for counts: copies of each byte and system calls must "
	       "be the same in A and B, but for small differences by chance"),
	OPTION("gate-undecided", "HOW", opt_word, struct asked, undecided,
	       "exit status of a gate that is undecided: tell (default: 5), "
	       "pass (0) or fail (1)",
	       .words = rep_undecided_names),
	OPTION("force", NULL, opt_true, struct asked, force,
	       "compare runs of different machines, too"),
	OPT_FORMAT(struct asked),
	{ .name = NULL },
};

/* --- tables --------------------------------------------------------------- */

enum {
	C_CELL_A,
	C_CELL,
	C_WHERE,
	C_LABEL,
	C_SPEED_A,
	C_SPEED_B,
	C_RATIO,
	C_TIMES,
	C_LOW,
	C_HIGH,
	C_INTERVAL,
	C_P,
	C_HOLM,
	C_CLIFF,
	C_ROUNDS_A,
	C_ROUNDS_B,
	C_OUTCOME,
	C_BEYOND,
	C_GATE,
	C_DETECTABLE,
	C_MARK,
	C_END
};

static const struct table_column all_columns[C_END] = {
	[C_CELL_A] = { .key = "a" },
	[C_CELL] = { .key = "b" },
	[C_WHERE] = { .heading = "cell", .least = 24 },
	[C_LABEL] = { .key = "label" },
	[C_SPEED_A] = { .key = "speed_a" },
	[C_SPEED_B] = { .key = "speed_b" },
	[C_RATIO] = { .key = "ratio" },
	[C_TIMES] = { .heading = "ratio", .right = true, .keep = true },
	[C_LOW] = { .key = "low" },
	[C_HIGH] = { .key = "high" },
	[C_INTERVAL] = { .heading = "interval", .keep = true },
	[C_P] = { .key = "p" },
	[C_HOLM] = { .key = "p_holm" },
	[C_CLIFF] = { .key = "cliff" },
	[C_ROUNDS_A] = { .key = "generations_a" },
	[C_ROUNDS_B] = { .key = "generations_b" },
	[C_OUTCOME] = { .key = "outcome", .heading = "outcome" },
	[C_BEYOND] = { .key = "beyond_gate" },
	[C_GATE] = { .key = "gate" },
	[C_DETECTABLE] = { .key = "detectable" },
	[C_MARK] = { .heading = "gate", .spare = 2 },
};

static void put_rounded(struct table *t, int column, double value)
{
	table_real(t, column, rep_round_off(value), 0);
}

static void put_pair(struct table *t, const struct rep_pairing *p)
{
	char text[200], cut[200];

	table_row(t);
	table_text(t, C_CELL_A, p->a->name);
	table_text(t, C_CELL, p->b->name);
	table_text(t, C_WHERE,
		   utf8_cut(rep_cell_words(p->b, text, sizeof(text)), 39, cut,
			    sizeof(cut)));
	table_text(t, C_LABEL, p->b->label);
	put_rounded(t, C_SPEED_A, p->a->speed.value);
	put_rounded(t, C_SPEED_B, p->b->speed.value);
	put_rounded(t, C_RATIO, p->ratio.value);
	table_text(t, C_TIMES, rep_times(p->ratio.value, text, sizeof(text)));
	put_rounded(t, C_LOW, p->ratio.low);
	put_rounded(t, C_HIGH, p->ratio.high);
	table_text(t, C_INTERVAL,
		   verdict_interval(p->ratio, text, sizeof(text)));
	put_rounded(t, C_P, p->p);
	put_rounded(t, C_HOLM, p->p_holm);
	put_rounded(t, C_CLIFF, p->cliff);
	table_int(t, C_ROUNDS_A, (int64_t)p->a->groups);
	table_int(t, C_ROUNDS_B, (int64_t)p->b->groups);
	table_text(t, C_OUTCOME, stats_verdict_names[p->outcome]);
	table_bool(t, C_BEYOND, p->state == REP_GATE_BEYOND);
	table_text(t, C_GATE, rep_gate_states[p->state]);
	put_rounded(t, C_DETECTABLE, p->detectable);
	if (p->state != REP_GATE_NONE)
		table_text(t, C_MARK, rep_gate_states[p->state]);
}

/* The cells that keep a gate from passing come first: slower, failed, open. */
static int rank_of(const struct rep_pairing *p)
{
	static const int ranks[REP_GATE_STATES] = {
		[REP_GATE_BEYOND] = 0, [REP_GATE_BROKEN] = 1,
		[REP_GATE_OPEN] = 2,   [REP_GATE_WITHIN] = 3,
		[REP_GATE_NONE] = 3,
	};

	return ranks[p->state];
}

static int worst_first(const void *a, const void *b)
{
	const struct rep_pairing *x = *(const struct rep_pairing *const *)a;
	const struct rep_pairing *y = *(const struct rep_pairing *const *)b;

	if (rank_of(x) != rank_of(y))
		return rank_of(x) - rank_of(y);
	if (x->ratio.value < y->ratio.value || x->ratio.value > y->ratio.value)
		return x->ratio.value < y->ratio.value ? -1 : 1;
	return strcmp(x->b->name, y->b->name);
}

/* True if the cell changed, or if the gate does not pass because of it. */
static bool is_news(const struct rep_pairing *p)
{
	return p->outcome <= STATS_SLOWER || p->state > REP_GATE_WITHIN;
}

/*
 * The table for people has only cells that is_news() chooses. Cells that keep a
 * gate from passing come first. Cells of one rank are sorted by the ratio of
 * the speeds, the largest slowdown first. The table for programs has all cells,
 * in the order of the plan.
 */
static char *cells_table(const struct rep_compare *c, enum table_format format)
{
	struct table_column columns[C_END];
	const struct rep_pairing **pair;
	struct table *t;
	char *text = NULL;
	size_t n = 0;

	memcpy(columns, all_columns, sizeof(columns));
	if (isnan(c->gate))
		columns[C_MARK].heading = NULL;
	t = table_new(columns, C_END);
	pair = malloc((c->pairs + 1) * sizeof(const struct rep_pairing *));
	for (size_t i = 0; pair && i < c->pairs; i++)
		if (format != TABLE_HUMAN || is_news(&c->pair[i]))
			pair[n++] = &c->pair[i];
	if (pair && format == TABLE_HUMAN)
		qsort(pair, n, sizeof(const struct rep_pairing *), worst_first);
	for (size_t i = 0; pair && i < n; i++)
		put_pair(t, pair[i]);
	if (pair && (n > 0 || format != TABLE_HUMAN))
		text = table_render(t, format);
	else if (pair)
		text = strdup("");
	free(pair);
	table_free(t);
	return text;
}

/* --- for people ----------------------------------------------------------- */

static void put_dashed(FILE *to, const char *text)
{
	columns_fold(to, "- ", "  ", text);
}

static void put_differences(FILE *to, const struct rep_compare *c)
{
	char line[500], a[160], b[160];

	if (c->differences > 0)
		fputs("\nDifferences between the manifests:\n\n", to);
	for (size_t i = 0; i < c->differences; i++) {
		const struct rep_difference *d = &c->difference[i];

		snprintf(line, sizeof(line), "%s: %s -> %s", d->what,
			 utf8_cut(d->a, 60, a, sizeof(a)),
			 utf8_cut(d->b, 60, b, sizeof(b)));
		put_dashed(to, line);
	}
}

static bool put_compare_findings(FILE *to, const struct rep_compare *c)
{
	struct rep_lines l = { 0 };
	bool ok;

	rep_compare_findings(c, &l);
	if (isnan(c->gate)) /* else they are beside the gate */
		rep_compare_noise(c, &l);
	if (l.lines > 0)
		fputs("\nOther findings:\n\n", to);
	for (size_t i = 0; i < l.lines; i++)
		put_dashed(to, l.line[i]);
	ok = !l.broken;
	rep_lines_free(&l);
	return ok;
}

static bool put_sentence(FILE *to, char *sentence)
{
	bool ok = sentence != NULL;

	if (ok) {
		fputc('\n', to);
		columns_wrap(to, sentence, 0, 0);
	}
	free(sentence);
	return ok;
}

static bool put_counts(FILE *to, const struct rep_compare *c)
{
	struct rep_lines l = { 0 };
	struct rep_counts n = rep_gate_counts(c, &l);
	bool ok = put_sentence(to, rep_counts_sentence(&n)) && !l.broken;

	for (size_t i = 0; i < l.lines; i++)
		put_dashed(to, l.line[i]);
	rep_lines_free(&l);
	return ok;
}

/*
 * On a noisy machine cells may become slower although nothing was changed, so
 * the noise belongs beside the gate.
 */
static bool put_gate(FILE *to, const struct rep_compare *c)
{
	struct rep_lines l = { 0 };
	bool ok = put_sentence(to, rep_gate_sentence(c));

	rep_compare_noise(c, &l);
	if (l.lines > 0 && rep_gate_of(c).result != REP_GATE_PASSED)
		rep_line(&l,
			 "to see whether cells differ even if nothing is "
			 "changed, compare two runs of the unchanged machine "
			 "with this gate; if the gate does not pass there, it "
			 "is too tight for this machine, or the runs are too "
			 "short");
	for (size_t i = 0; i < l.lines; i++)
		put_dashed(to, l.line[i]);
	ok = ok && !l.broken;
	rep_lines_free(&l);
	return ok;
}

static bool put_gates(FILE *to, const struct rep_compare *c)
{
	bool ok = isnan(c->gate) || put_gate(to, c);

	return (!c->counts || put_counts(to, c)) && ok;
}

static bool put_compared(FILE *to, const struct rep_compare *c)
{
	char *sentence = rep_compare_sentence(c);
	char *cells = cells_table(c, TABLE_HUMAN);
	bool ok = sentence && cells;

	if (ok) {
		columns_wrap(to, sentence, 0, 0);
		ok = put_gates(to, c);
		fprintf(to, "%s%s", *cells ? "\n" : "", cells);
		put_differences(to, c);
		ok = put_compare_findings(to, c) && ok;
	}
	free(sentence);
	free(cells);
	return ok;
}

static char *human(const struct rep_compare *c)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool ok = to && put_compared(to, c);

	text = memstream_end(to, &text, ok);
	if (text)
		verdict_fit_locale(text);
	return text;
}

/* --- the command ---------------------------------------------------------- */

static enum exit_code refuse_machines(const struct rep_compare *c)
{
	char text[700] = "";

	for (size_t i = 0; i < c->differences && strlen(text) < 500; i++) {
		const struct rep_difference *d = &c->difference[i];

		if (d->identity)
			text_append(text, sizeof(text),
				    "%s%s is %.60s in A and %.60s in B",
				    *text ? ", " : "", d->what, d->a, d->b);
	}
	return say_usage(
		"the runs were made on different machines: %s; give --force to "
		"compare them anyway",
		text);
}

static enum exit_code end_of(const struct rep_compare *c,
			     enum rep_undecided undecided)
{
	static const enum exit_code undecided_codes[] = {
		[REP_UNDECIDED_TELL] = EXIT_UNDECIDED,
		[REP_UNDECIDED_PASS] = EXIT_WELL,
		[REP_UNDECIDED_FAIL] = EXIT_CLAIM,
	};

	switch (rep_gates_result(c)) {
	case REP_GATE_PASSED:
		return EXIT_WELL;
	case REP_GATE_FAILED:
		return EXIT_CLAIM;
	default:
		return undecided_codes[undecided];
	}
}

static enum exit_code show_comparison(const struct rep_compare *c,
				      const struct asked *a)
{
	char *text = NULL;

	if (c->broken)
		return say_no_memory();
	if (a->format == TABLE_JSON)
		text = rep_compare_json(c);
	else if (a->format == TABLE_CSV)
		text = cells_table(c, TABLE_CSV);
	else
		text = human(c);
	if (!text)
		return say_no_memory();
	say_report(text, false);
	free(text);
	return end_of(c, (enum rep_undecided)a->undecided);
}

static enum exit_code compare_runs(const struct run *first,
				   const struct run *second,
				   const struct asked *a)
{
	struct rep_compare c;
	enum exit_code code;

	rep_compare_init(&c, first, second, a->gate);
	c.counts = a->counts;
	if (rep_other_machine(&c) && !a->force) {
		code = refuse_machines(&c);
	} else {
		rep_compare_cells(&c);
		code = show_comparison(&c, a);
	}
	rep_compare_free(&c);
	return code;
}

static enum exit_code run_compare(char **words)
{
	struct asked a = { .format = TABLE_HUMAN, .gate = NAN };
	struct run first = { 0 }, second = { 0 };
	struct err e = { 0 };
	enum exit_code code;

	if (!command_read(&cmd_compare, words, &a, a.operand, &code))
		return code;
	if (a.undecided && isnan(a.gate) && !a.counts)
		return say_usage(
			"--gate-undecided needs --gate or --gate-counts");
	if (rep_read(&first, a.operand[0], &e) < 0 ||
	    rep_read(&second, a.operand[1], &e) < 0)
		code = say_error(&e, EXIT_FAILED);
	else
		code = compare_runs(&first, &second, &a);
	run_free(&first);
	run_free(&second);
	return code;
}

const struct command cmd_compare = {
	.name = "compare",
	.summary = "say what changed from one run to another",
	.about = "Compares two runs, cell by cell: the speed in B divided by "
		 "the speed in A, with an interval. Also shows how the "
		 "manifests of A and B differ. A gate passes only if all "
		 "cells that it checks are known to satisfy it.",
	.operands = { "A", "B" },
	.required = 2,
	.opts = compare_opts,
	.run = run_compare,
};
