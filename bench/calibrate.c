/*
 * calibrate: counts how often the statistics of `ipcopy verdict` are right when
 * the truth is known. Its runs come from plans with "lags" (doc/RUN).
 *
 *   calibrate [--each] [--format table|json|csv] RUN...
 *
 * The exit status is 1 if more conclusions are wrong, or fewer differences are
 * found, than the statistics promise, or if a place in an order favours a cell.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "args/say.h"
#include "calibrate.h"
#include "text/table.h"

#define RUNS_MAX 200
#define LEVEL    0.95

struct wish {
	int format; /* enum table_format */
	bool each;
};

static const struct opt options[] = {
	OPTION("each", NULL, opt_true, struct wish, each,
	       "print every comparison instead of counts"),
	OPTION("format", "FORMAT", opt_word, struct wish, format,
	       "table (default), json or csv", .words = table_format_names),
	{ .name = NULL },
};

/* --- counts --------------------------------------------------------------- */

static const struct {
	const char *words, *key;
} basis_names[BASES] = {
	[BY_ITSELF] = { "each by itself", "comparison" },
	[IN_RUN] = { "each, Holm over its run", "comparison_holm" },
	[RUN_FAMILY] = { "a run's family", "run" },
};

/*
 * Returns the limit on the share of hits: the largest share that is allowed for
 * twins (lag 0), or the smallest that is required for slower cells. NaN: no
 * limit.
 */
static double asked(int lag, enum basis basis)
{
	if (lag == 0)
		return basis == IN_RUN ? NAN : 0.05;
	if (basis != BY_ITSELF)
		return NAN;
	return lag == 2 ? 0.5 : lag == 5 ? 0.9 : lag == 10 ? 0.95 : NAN;
}

static bool is_kept(int lag, enum basis basis, const struct tally *t)
{
	double limit = asked(lag, basis), share;

	if (!t->n || isnan(limit))
		return true;
	share = (double)t->hits / (double)t->n;
	return lag ? share >= limit : share <= limit;
}

enum {
	C_WHAT,
	C_LAG,
	C_BASIS,
	C_WORDS,
	C_N,
	C_HITS,
	C_WRONG,
	C_SHARE,
	C_LOW,
	C_HIGH,
	C_PERCENT,
	C_INTERVAL,
	C_LIMIT,
	C_ASKED,
	C_KEPT,
	C_MEDIAN,
	C_GENERATIONS,
	C_SECONDS,
	C_END
};

static const struct table_column count_columns[C_END] = {
	[C_WHAT] = { .heading = "pair" },
	[C_LAG] = { .key = "lag_percent" },
	[C_BASIS] = { .key = "basis" },
	[C_WORDS] = { .heading = "judged" },
	[C_N] = { .key = "n", .heading = "n", .right = true },
	[C_HITS] = { .key = "decided", .heading = "decided", .right = true },
	[C_WRONG] = { .key = "found_faster" },
	[C_SHARE] = { .key = "share" },
	[C_LOW] = { .key = "low" },
	[C_HIGH] = { .key = "high" },
	[C_PERCENT] = { .heading = "%", .right = true },
	[C_INTERVAL] = { .heading = "95 %" },
	[C_LIMIT] = { .key = "limit" },
	[C_ASKED] = { .heading = "asked" },
	[C_KEPT] = { .key = "kept", .heading = "kept" },
	[C_MEDIAN] = { .key = "median_ratio" },
	[C_GENERATIONS] = { .key = "median_generations" },
	[C_SECONDS] = { .key = "median_seconds" },
};

static const char *pair_words(int lag, char *buf, size_t size)
{
	if (lag)
		snprintf(buf, size, "A, A slowed by %d %%", lag);
	else
		snprintf(buf, size, "A, A");
	return buf;
}

static void put_share(struct table *t, const struct tally *y)
{
	struct stats_interval i = stats_share(y->hits, y->n, LEVEL);
	char text[40];

	table_real(t, C_SHARE, rep_round_off(i.value), 4);
	table_real(t, C_LOW, rep_round_off(i.low), 4);
	table_real(t, C_HIGH, rep_round_off(i.high), 4);
	table_real(t, C_PERCENT, 100 * i.value, 1);
	snprintf(text, sizeof(text), "%.1f to %.1f", 100 * i.low, 100 * i.high);
	table_text(t, C_INTERVAL, text);
}

static void put_asked(struct table *t, int lag, enum basis basis,
		      const struct tally *y)
{
	double limit = asked(lag, basis);
	char text[40];

	if (isnan(limit))
		return;
	table_real(t, C_LIMIT, limit, 2);
	snprintf(text, sizeof(text), "%s %.0f", lag ? ">=" : "<=", 100 * limit);
	table_text(t, C_ASKED, text);
	table_bool(t, C_KEPT, is_kept(lag, basis, y));
}

static void put_count(struct table *t, const struct count *c, enum basis basis)
{
	const struct tally *y = &c->tally[basis];
	char text[40];

	if (!y->n)
		return;
	table_row(t);
	table_text(t, C_WHAT, pair_words(c->lag, text, sizeof(text)));
	table_int(t, C_LAG, c->lag);
	table_text(t, C_BASIS, basis_names[basis].key);
	table_text(t, C_WORDS, basis_names[basis].words);
	table_int(t, C_N, (int64_t)y->n);
	table_int(t, C_HITS, (int64_t)y->hits);
	put_share(t, y);
	put_asked(t, c->lag, basis, y);
	if (basis != BY_ITSELF)
		return;
	if (c->lag)
		table_int(t, C_WRONG, (int64_t)c->wrong);
	table_real(t, C_MEDIAN, rep_round_off(stats_median(c->ratio, y->n)), 3);
	table_real(t, C_GENERATIONS, stats_median(c->generations, y->n), 0);
	table_real(t, C_SECONDS, rep_round_off(stats_median(c->seconds, y->n)),
		   1);
}

static char *show_counts(const struct calibration *c, enum table_format format)
{
	struct table *t = table_new(count_columns, C_END);

	for (size_t i = 0; i < c->lags; i++)
		for (int b = 0; b < BASES; b++)
			put_count(t, &c->count[i], (enum basis)b);
	return table_end(t, format);
}

static bool is_all_kept(const struct calibration *c)
{
	bool kept = true;

	for (size_t i = 0; i < c->lags; i++)
		for (int b = 0; b < BASES; b++)
			kept = kept && is_kept(c->count[i].lag, (enum basis)b,
					       &c->count[i].tally[b]);
	return kept;
}

static bool are_places_kept(const struct calibration *c)
{
	struct stats_interval e;
	size_t n;

	for (int i = 0; i < PLACE_RULES; i++)
		if (calibrate_place(c, (enum place_rule)i, &e, &n) &&
		    fabs(e.value) > PLACE_MOST)
			return false;
	return true;
}

static void show_places(const struct calibration *c)
{
	static const char *const words[PLACE_RULES] = {
		[PLACE_EARLIER] = "set up before its twin",
		[PLACE_FIRST] = "set up first of all",
		[PLACE_LAST] = "set up last of all",
		[PLACE_TURN] = "its turn before its twin's",
	};
	struct place_pair worst;
	struct stats_interval e;
	size_t n;

	for (int i = 0; i < PLACE_RULES; i++)
		if (calibrate_place(c, (enum place_rule)i, &e, &n))
			printf("%s: faster by %.2f %% [%.2f, %.2f] in %zu "
			       "generations (allowed: at most %.0f %%)\n",
			       words[i], 100 * e.value, 100 * e.low,
			       100 * e.high, n, 100 * PLACE_MOST);
	if (calibrate_worst_pair(c, &worst))
		printf("of %zu pairs of positions, %zu have an interval beyond "
		       "%.0f %%; the largest difference is %d before %d: "
		       "%.2f %% [%.2f, %.2f] in %zu ratios\n",
		       worst.pairs, worst.beyond, 100 * PLACE_MOST,
		       worst.earlier, worst.later, 100 * worst.effect.value,
		       100 * worst.effect.low, 100 * worst.effect.high,
		       worst.n);
}

/* Prints the medians below the table. JSON and CSV have columns for them. */
static void show_means(const struct calibration *c)
{
	char text[40];

	for (size_t i = 0; i < c->lags; i++) {
		const struct count *k = &c->count[i];
		size_t n = k->tally[BY_ITSELF].n;

		if (n)
			printf("%s: medians: ratio of speeds %.3f, %.0f "
			       "generations, %.1f s for the two%s\n",
			       pair_words(k->lag, text, sizeof(text)),
			       stats_median(k->ratio, n),
			       stats_median(k->generations, n),
			       stats_median(k->seconds, n),
			       k->wrong ? "; some of the slowed cells were "
					  "judged faster"
					: "");
	}
}

static void show_more(const struct calibration *c)
{
	show_means(c);
	show_places(c);
}

/* --- each comparison ------------------------------------------------------ */

enum {
	E_LAG,
	E_A,
	E_B,
	E_GENERATIONS,
	E_RATIO,
	E_LOW,
	E_HIGH,
	E_P,
	E_HOLM,
	E_ALONE,
	E_OUTCOME,
	E_END
};

static const struct table_column each_columns[E_END] = {
	[E_LAG] = { .key = "lag_percent", .heading = "lag", .right = true },
	[E_A] = { .key = "a", .heading = "a" },
	[E_B] = { .key = "b" },
	[E_GENERATIONS] = { .key = "generations",
			    .heading = "gens",
			    .right = true },
	[E_RATIO] = { .key = "ratio", .heading = "ratio", .right = true },
	[E_LOW] = { .key = "low", .heading = "low", .right = true },
	[E_HIGH] = { .key = "high", .heading = "high", .right = true },
	[E_P] = { .key = "p", .heading = "p", .right = true },
	[E_HOLM] = { .key = "p_holm", .heading = "Holm", .right = true },
	[E_ALONE] = { .key = "by_itself", .heading = "by itself" },
	[E_OUTCOME] = { .key = "outcome", .heading = "in its run" },
};

static void put_each(void *arg, int lag, const struct run *r,
		     const struct rep_comparison *c)
{
	struct table *t = arg;

	table_row(t);
	table_int(t, E_LAG, lag);
	table_text(t, E_A, c->a->name);
	table_text(t, E_B, c->b->name);
	table_int(t, E_GENERATIONS, (int64_t)c->generations);
	table_real(t, E_RATIO, rep_round_off(c->ratio.value), 3);
	table_real(t, E_LOW, rep_round_off(c->ratio.low), 3);
	table_real(t, E_HIGH, rep_round_off(c->ratio.high), 3);
	table_real(t, E_P, rep_round_off(c->p), 4);
	table_real(t, E_HOLM, rep_round_off(c->p_holm), 4);
	table_text(t, E_ALONE, stats_verdict_names[calibrate_alone(r, c)]);
	table_text(t, E_OUTCOME, stats_verdict_names[c->outcome]);
}

/* --- main ----------------------------------------------------------------- */

static int count_runs(struct calibration *c, const struct operands *runs,
		      struct err *e)
{
	int rc = 0;

	if (runs->count == 0)
		return err_say(
			e, 22,
			"no run is given; usage: calibrate RUN..., where "
			"each RUN is the folder of a run whose plan has "
			"\"lags\"");
	for (int i = 0; i < runs->count && rc == 0; i++)
		rc = calibrate_run(c, runs->word[i], e);
	return rc;
}

static enum exit_code show(const struct calibration *c, const struct wish *w,
			   struct table *each)
{
	enum table_format format = (enum table_format)w->format;
	char *text =
		w->each ? table_render(each, format) : show_counts(c, format);

	if (!text)
		return say_no_memory();
	fputs(text, stdout);
	free(text);
	if (!w->each && format == TABLE_HUMAN)
		show_more(c);
	return is_all_kept(c) && are_places_kept(c) ? EXIT_WELL : EXIT_CLAIM;
}

static void show_help(void)
{
	char left[40];

	puts("usage: calibrate [OPTION...] RUN...\n");
	for (const struct opt *o = options; o->name; o++) {
		snprintf(left, sizeof(left), "  --%s%s%s", o->name,
			 o->value ? " " : "", o->value ? o->value : "");
		command_item(left, o->help);
	}
}

static enum exit_code run(char **words)
{
	const char *word[RUNS_MAX];
	struct operands runs = { .word = word, .max = RUNS_MAX };
	struct wish w = { .format = TABLE_HUMAN };
	struct table *each = table_new(each_columns, E_END);
	struct calibration c = { 0 };
	enum exit_code code = EXIT_USAGE;
	struct err e = { 0 };
	int rc = opts_read(options, words, &w, &runs, &e);

	if (rc == OPTS_HELP) {
		show_help();
		code = EXIT_WELL;
	} else if (rc == 0) {
		c.each = w.each ? put_each : NULL;
		c.arg = each;
		rc = count_runs(&c, &runs, &e);
		if (rc == 0)
			code = show(&c, &w, each);
	}
	if (rc < 0)
		say("%s", e.text);
	table_free(each);
	calibrate_free(&c);
	return code;
}

int main(int argc, char **argv)
{
	say_begin();
	return say_end(run(argv + (argc > 0)));
}
