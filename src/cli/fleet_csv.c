/* The ratios over all hosts as CSV: a line for each comparison. */
#include <math.h>

#include "cli/fleet_show.h"

enum {
	V_FAMILY,
	V_WORDS,
	V_A,
	V_B,
	V_HOSTS,
	V_RATIO,
	V_LOW,
	V_HIGH,
	V_NEXT_LOW,
	V_NEXT_HIGH,
	V_TAU,
	V_TAU_LOW,
	V_TAU_HIGH,
	V_SHARE,
	V_P,
	V_HOLM,
	V_OUTCOME,
	V_END
};

static const struct table_column columns[V_END] = {
	[V_FAMILY] = { .key = "family" },
	[V_WORDS] = { .key = "words" },
	[V_A] = { .key = "a_label" },
	[V_B] = { .key = "b_label" },
	[V_HOSTS] = { .key = "hosts" },
	[V_RATIO] = { .key = "ratio" },
	[V_LOW] = { .key = "low" },
	[V_HIGH] = { .key = "high" },
	[V_NEXT_LOW] = { .key = "next_low" },
	[V_NEXT_HIGH] = { .key = "next_high" },
	[V_TAU] = { .key = "tau" },
	[V_TAU_LOW] = { .key = "tau_low" },
	[V_TAU_HIGH] = { .key = "tau_high" },
	[V_SHARE] = { .key = "i_squared" },
	[V_P] = { .key = "p" },
	[V_HOLM] = { .key = "p_holm" },
	[V_OUTCOME] = { .key = "outcome" },
};

static void put_real(struct table *t, int column, double value)
{
	table_real(t, column, rep_round_off(value), 0);
}

static void put_fleet_pair(struct table *t, const struct fleet *f,
			   const struct fleet_pair *p)
{
	const struct stats_between *b = &p->over;

	table_row(t);
	table_text(t, V_FAMILY, rep_family_names[p->family]);
	table_text(t, V_WORDS, f->condition[p->condition].words);
	table_text(t, V_A, p->a);
	table_text(t, V_B, p->b);
	table_int(t, V_HOSTS, (int64_t)b->hosts);
	put_real(t, V_RATIO, exp(b->mean.value));
	put_real(t, V_LOW, exp(b->mean.low));
	put_real(t, V_HIGH, exp(b->mean.high));
	put_real(t, V_NEXT_LOW, exp(b->next.low));
	put_real(t, V_NEXT_HIGH, exp(b->next.high));
	put_real(t, V_TAU, b->tau.value);
	put_real(t, V_TAU_LOW, b->tau.low);
	put_real(t, V_TAU_HIGH, b->tau.high);
	put_real(t, V_SHARE, b->share);
	put_real(t, V_P, b->p);
	put_real(t, V_HOLM, p->p_holm);
	table_text(t, V_OUTCOME, stats_verdict_names[p->outcome]);
}

char *fleet_csv(const struct fleet *f)
{
	struct table *t = table_new(columns, V_END);

	for (size_t i = 0; i < f->pairs; i++)
		put_fleet_pair(t, f, &f->pair[i]);
	return table_end(t, TABLE_CSV);
}
