/* Finds the hops that lie on the way between two objects of a ledger. */
#include "count/ledger_way.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint64_t way_unexplained(const struct ledger *l, int hop)
{
	const struct ledger_row *r = &l->hop[hop];

	if (!way_tracked(l, r->hop.from) || r->explained >= r->hop.bytes)
		return 0;
	if (r->hop.bytes - r->explained <= r->hop.bytes / WAY_PART)
		return 0;
	return r->hop.bytes - r->explained;
}

bool way_of_unknown(const struct ledger *l, int hop)
{
	int root = l->hop[hop].root;

	return way_seen_copy(l, hop) && way_seen_copy(l, root) &&
	       way_unexplained(l, root);
}

/*
 * True if bytes that hop `a` moved can have gone on by hop `b`. If `a` brought
 * them into tracked private memory, bytes must have been seen to pass from `a`
 * to `b`. Without w->strict, it is also enough if `b` took bytes that no hop
 * had brought. But if `a` is a copy within this memory, `b` can have taken
 * bytes that were never copied by `a`.
 */
static bool linked(const struct way *w, int a, int b)
{
	const struct ledger *l = w->l;

	if (!way_tracked(l, l->hop[a].hop.to))
		return true;
	return ledger_pass_index(l, a, b) >= 0 ||
	       (!w->strict && !way_seen_copy(l, a) && way_unexplained(l, b));
}

static void chain(struct way *w)
{
	for (size_t o = 0; o < w->l->objects; o++)
		w->first_out[o] = w->first_in[o] = -1;
	for (int i = (int)w->l->hops - 1; i >= 0; i--) {
		const struct ledger_hop *h = way_hop(w, i);

		w->next_out[i] = w->first_out[h->from];
		w->first_out[h->from] = i;
		w->next_in[i] = w->first_in[h->to];
		w->first_in[h->to] = i;
	}
}

int way_init(struct way *w, const struct ledger *l)
{
	size_t hops = l->hops + 1, objects = l->objects + 1;

	*w = (struct way){
		.l = l,
		.first_out = calloc(objects, sizeof(int)),
		.first_in = calloc(objects, sizeof(int)),
		.next_out = calloc(hops, sizeof(int)),
		.next_in = calloc(hops, sizeof(int)),
		.ahead = calloc(hops, sizeof(bool)),
		.back = calloc(hops, sizeof(bool)),
		.share = calloc(hops, sizeof(double)),
		.toward = calloc(hops, sizeof(double)),
	};
	if (!w->first_out || !w->first_in || !w->next_out || !w->next_in ||
	    !w->ahead || !w->back || !w->share || !w->toward)
		return -ENOMEM;
	chain(w);
	return 0;
}

void way_free(struct way *w)
{
	free(w->first_out);
	free(w->first_in);
	free(w->next_out);
	free(w->next_in);
	free(w->ahead);
	free(w->back);
	free(w->share);
	free(w->toward);
}

static bool allowed(const struct way *w, int hop, int in, int out)
{
	const struct ledger_hop *h = way_hop(w, hop);

	return h->to != in && h->from != out && h->bytes > 0;
}

/* Hops that are still to be looked at. No hop enters the queue twice. */
struct queue {
	int *hop;
	size_t n;
};

static void queue_put(struct queue *q, bool *seen, int hop)
{
	if (seen[hop])
		return;
	seen[hop] = true;
	q->hop[q->n++] = hop;
}

void way_from(struct way *w, int in, int out)
{
	struct queue q = { calloc(w->l->hops + 1, sizeof(int)), 0 };

	memset(w->ahead, 0, w->l->hops);
	if (!q.hop)
		return;
	way_each_out(w, i, in)
		if (allowed(w, i, in, out))
			queue_put(&q, w->ahead, i);
	for (size_t at = 0; at < q.n; at++)
		way_each_out(w, i, way_hop(w, q.hop[at])->to)
			if (allowed(w, i, in, out) && linked(w, q.hop[at], i))
				queue_put(&q, w->ahead, i);
	free(q.hop);
}

void way_to(struct way *w, int in, int out)
{
	struct queue q = { calloc(w->l->hops + 1, sizeof(int)), 0 };

	memset(w->back, 0, w->l->hops);
	if (!q.hop)
		return;
	way_each_in(w, i, out)
		if (allowed(w, i, in, out))
			queue_put(&q, w->back, i);
	for (size_t at = 0; at < q.n; at++)
		way_each_in(w, i, way_hop(w, q.hop[at])->from)
			if (allowed(w, i, in, out) && linked(w, i, q.hop[at]))
				queue_put(&q, w->back, i);
	free(q.hop);
}
