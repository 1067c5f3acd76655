/* The comparisons of a verdict as CSV, for programs. */
#include "cli/verdict_show.h"
#include "text/table.h"

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
