/* Finds which part of a ring's lead comes from the copies that it saves. */
#include <math.h>
#include <stdlib.h>

#include "judge/why.h"

/* One value for each generation of the rival. */
struct by_generation {
	double *lead, *worth, *predicted, *share;
};

/* The cost of the saved copies in one group of the rival. */
static double worth_in(const struct why *w, const struct why_lead *l,
		       size_t group)
{
	enum why_side side = why_slower(w, l->rival) == WHY_SLOW_SERVER
				     ? WHY_SERVER
				     : WHY_CLIENT;
	const struct why_price *p =
		why_price(w, l->rival, DOSE_KERNEL_COPIES, side);
	double both = l->saved * why_shared_price_in(w, l->rival,
						     DOSE_KERNEL_COPIES, group);

	if (why_takes_turns(l->rival))
		return both;
	if (why_slower(w, l->rival) == WHY_OPEN || !p)
		return both / 2;
	return l->saved / 2 * p->slope[group];
}

static void fill(const struct why *w, const struct why_lead *l,
		 struct by_generation *d)
{
	for (size_t i = 0; i < l->rival->groups; i++) {
		int at = l->rival->group[i].number;
		double slow = why_time_in(l->rival, at),
		       fast = why_time_in(l->ring, at);
		double worth = worth_in(w, l, i);

		d->lead[i] = slow - fast;
		d->worth[i] = isfinite(d->lead[i]) ? worth : NAN;
		/*
		 * if the saved copies cost the whole time or more, they predict
		 * nothing
		 */
		d->predicted[i] =
			slow > worth ? log(slow / (slow - worth)) : NAN;
		d->share[i] = d->lead[i] > 0 ? worth / d->lead[i] : NAN;
	}
}

static void measure_lead(struct why *w, struct why_lead *l,
			 const struct rep_comparison *c)
{
	size_t n = l->rival->groups;
	double level = w->v->run->level;
	double *room = malloc(4 * (n + 1) * sizeof(*room));
	struct by_generation d = { room, room + n, room + 2 * n, room + 3 * n };

	w->broken = w->broken || !room;
	if (!room)
		return;
	fill(w, l, &d);
	l->measured = stats_sequence(d.lead, n, level);
	l->worth = stats_sequence(d.worth, n, level);
	l->ratio = c->ratio;
	l->predicted = rep_as_ratio(stats_sequence(d.predicted, n, level));
	/* there is a share only if a lead is shown */
	l->share = l->measured.low > 0
			   ? stats_sequence(d.share, n, level)
			   : (struct stats_interval){ NAN, NAN, NAN };
	free(room);
}

static void add_lead(struct why *w, const struct rep_comparison *c)
{
	struct why_lead *more =
		realloc(w->lead, (w->leads + 1) * sizeof(*more));

	w->broken = w->broken || !more;
	if (!more)
		return;
	w->lead = more;
	w->lead[w->leads] = (struct why_lead){
		.condition = c->condition,
		.ring = c->a,
		.rival = c->b,
		.saved = why_copies(c->b) - why_copies(c->a),
	};
	measure_lead(w, &w->lead[w->leads++], c);
}

static bool has_price(const struct why *w, const struct run_cell *c)
{
	return isfinite(why_shared_price(w, c, DOSE_KERNEL_COPIES));
}

/*
 * Finds the leads in the comparisons of a ring with a cell that is not a ring
 * and makes more copies.
 */
void why_find_leads(struct why *w)
{
	for (size_t i = 0; i < w->v->comparisons; i++) {
		const struct rep_comparison *c = &w->v->comparison[i];

		if (!run_is_ring(c->b) && isfinite(c->ratio.value) &&
		    why_copies(c->b) > why_copies(c->a) && has_price(w, c->b))
			add_lead(w, c);
	}
}
