/* Finds where hosts agree on the fastest mechanism, and where they do not. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "fleet/fleet.h"

static bool has(const struct fleet_labels *l, size_t label)
{
	return label < FLEET_LABELS && (l->bit[label / 64] >> label % 64 & 1);
}

static size_t labels_of(const struct fleet *f)
{
	return f->label.names < FLEET_LABELS ? f->label.names : FLEET_LABELS;
}

/*
 * Looks at the hosts that have a result but no answer yet, and returns the
 * label that most of them have among their fastest or, unless `best_only`,
 * among those that may be the fastest. If two labels are equally common, the
 * label that is the fastest itself on more of these hosts wins. Returns -1 if
 * there are no such hosts.
 */
static int most_common(const struct fleet *f, size_t k, bool best_only,
		       size_t *hosts)
{
	size_t most_first = 0;
	int most = -1;

	*hosts = 0;
	for (size_t label = 0; label < labels_of(f); label++) {
		size_t n = 0, first = 0;

		for (size_t i = 0; i < f->hosts; i++) {
			const struct fleet_spot *s = fleet_spot_of(f, i, k);

			if (!s || f->condition[k].of_host[i] >= 0)
				continue;
			n += has(best_only ? &s->best : &s->may, label);
			first += s->first == (int)label;
		}
		if (n > *hosts ||
		    (n > 0 && n == *hosts && first > most_first)) {
			*hosts = n;
			most_first = first;
			most = (int)label;
		}
	}
	return most;
}

static bool add_answer(struct fleet_condition *c, int label, size_t hosts)
{
	if (!array_reach(&c->answer, &c->answers, c->answers + 1,
			 sizeof(*c->answer)))
		return false;
	c->answer[c->answers - 1] =
		(struct fleet_answer){ .label = label, .hosts = hosts };
	return true;
}

/*
 * Notes the answer that was added last, with this label, for all hosts without
 * an answer that have the label among their fastest or, unless `best_only`,
 * among those that may be the fastest.
 */
static void answer(struct fleet *f, size_t k, int label, bool best_only)
{
	struct fleet_condition *c = &f->condition[k];

	for (size_t i = 0; i < f->hosts; i++) {
		const struct fleet_spot *s = fleet_spot_of(f, i, k);

		if (s && c->of_host[i] < 0 &&
		    has(best_only ? &s->best : &s->may, (size_t)label))
			c->of_host[i] = (int)c->answers - 1;
	}
}

/* Adds answers, the commonest first, until each host with a result has one. */
static void part(struct fleet *f, size_t k)
{
	struct fleet_condition *c = &f->condition[k];
	size_t hosts;
	int label = most_common(f, k, true, &hosts);
	bool best_only = hosts == c->measured;

	if (!best_only)
		label = most_common(f, k, false, &hosts);
	c->agreement = best_only              ? FLEET_AGREE
		       : hosts == c->measured ? FLEET_OPEN
		       : label < 0            ? FLEET_FEW
					      : FLEET_DIFFER;
	while (label >= 0) {
		if (!add_answer(c, label, hosts)) {
			f->broken = true;
			return;
		}
		answer(f, k, label, best_only);
		label = most_common(f, k, false, &hosts);
	}
}

void fleet_find_agreement(struct fleet *f)
{
	for (size_t k = 0; k < f->conditions; k++) {
		struct fleet_condition *c = &f->condition[k];

		c->of_host = malloc((f->hosts + 1) * sizeof(*c->of_host));
		if (!c->of_host) {
			f->broken = true;
			return;
		}
		for (size_t i = 0; i < f->hosts; i++) {
			c->of_host[i] = -1;
			c->measured += fleet_spot_of(f, i, k) != NULL;
		}
		c->agreement = FLEET_FEW;
		if (c->measured > 0)
			part(f, k);
		if (c->measured < 2)
			c->agreement = FLEET_FEW;
		for (size_t i = 0; i < f->hosts; i++)
			f->host[i].differs += c->of_host[i] > 0;
	}
}
