/* Finds the way from input to output in a ledger, as one chain of objects. */
#include "count/chain.h"

#include <string.h>

#include "base/append.h"

/* A hop is left out if it moves fewer bytes than 1/PART of the largest hop. */
#define PART 200

struct walk {
	const struct ledger *l;
	const bool *on_path;
	uint64_t most; /* bytes of the largest hop */
	struct chain *c;
};

static bool counts(const struct walk *w, size_t i)
{
	return w->on_path[i] && ledger_hop_at(w->l, i)->bytes >= w->most / PART;
}

static uint64_t bytes_between(const struct walk *w, int from, int to)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(w->l); i++) {
		const struct ledger_hop *h = ledger_hop_at(w->l, i);

		if (counts(w, i) && h->from == from && h->to == to)
			bytes += h->bytes;
	}
	return bytes;
}

static bool is_in_chain(const struct chain *c, int object)
{
	for (int i = 0; i < c->n; i++)
		if (c->link[i].object == object)
			return true;
	return false;
}

/*
 * The object that gets the most bytes from `from` and is not in the chain yet;
 * -1: there is none. Sets w->c->branches if there are several such objects.
 */
static int next_object(struct walk *w, int from)
{
	uint64_t best = 0;
	int next = -1;

	for (size_t i = 0; i < ledger_hops(w->l); i++) {
		const struct ledger_hop *h = ledger_hop_at(w->l, i);
		uint64_t bytes;

		if (!counts(w, i) || h->from != from || h->to == next ||
		    is_in_chain(w->c, h->to))
			continue;
		if (next >= 0)
			w->c->branches = true;
		bytes = bytes_between(w, from, h->to);
		if (bytes <= best)
			continue;
		best = bytes;
		next = h->to;
	}
	return next;
}

/* --- one link ------------------------------------------------------------- */

/* Joins all hops from one object to another into one hop. */
static void join_hops(const struct walk *w, int from, int to,
		      struct ledger_hop *sum)
{
	uint64_t most = 0, all = 0, calls = 0;
	bool at_least = false;

	for (size_t i = 0; i < ledger_hops(w->l); i++) {
		const struct ledger_hop *h = ledger_hop_at(w->l, i);

		if (!counts(w, i) || h->from != from || h->to != to)
			continue;
		all += h->bytes;
		calls += h->calls;
		at_least |= h->at_least;
		if (h->bytes >= most)
			*sum = *h;
		if (h->bytes > most)
			most = h->bytes;
	}
	sum->bytes = all;
	sum->calls = calls;
	sum->at_least = at_least;
}

static void add_owner(struct chain_link *link, const char *name)
{
	int len = (int)strlen(name);

	/* of "ipcopy-server[4711]", a process of ours, keep "server" */
	if (!strncmp(name, "ipcopy-", 7)) {
		name += 7;
		len = (int)strcspn(name, "[");
	}
	if (!*name || strstr(link->owners, name))
		return;
	text_append(link->owners, sizeof(link->owners), "%s%.*s",
		    *link->owners ? " and " : "", len, name);
}

static void add_link(struct walk *w, int object)
{
	struct chain_link *link = &w->c->link[w->c->n++];

	*link = (struct chain_link){ .object = object, .way = PROBE_NO_WAY };
}

/*
 * Finds out from the hops before and after a link which processes touch the
 * link's object, and whether they map it or share it.
 */
static void describe(struct walk *w, int i)
{
	struct chain_link *link = &w->c->link[i];
	const struct ledger_object *o =
		ledger_object_at(w->l, (size_t)link->object);
	const struct chain_link *before = i > 0 ? link - 1 : NULL;
	bool filled = before && (before->hop.by == LEDGER_BY_USER ||
				 probe_fills_memory(before->way));
	bool taken = i + 1 < w->c->n && (link->hop.by == LEDGER_BY_USER ||
					 probe_takes_memory(link->way));

	link->user = o->kind == LEDGER_PRIVATE || filled || taken;
	link->region = link->user && o->kind != LEDGER_PRIVATE && i > 0 &&
		       i + 1 < w->c->n;
	link->mapped = link->user && o->kind == LEDGER_FILE && !link->region;
	if (!link->user)
		return;
	if (o->kind == LEDGER_PRIVATE) {
		/*
		 * name the owner of the memory, and not the process that made
		 * the call: with process_vm_readv it is another process
		 */
		add_owner(link, o->name);
		return;
	}
	if (filled)
		add_owner(link, before->hop.process);
	if (taken)
		add_owner(link, link->hop.process);
}

static void find_way(const struct walk *w, struct chain_link *link, int to)
{
	const struct ledger_object *a =
		ledger_object_at(w->l, (size_t)link->object);
	const struct ledger_object *b = ledger_object_at(w->l, (size_t)to);

	join_hops(w, link->object, to, &link->hop);
	if (link->hop.by == LEDGER_BY_KERNEL)
		link->way = probe_way_of(a->kind, b->kind, link->hop.call);
}

/*
 * If a hop goes from an object to itself, adds the object a second time, so
 * that the drawing has two boxes for it.
 */
static void repeat(struct walk *w, int object)
{
	if (w->c->n + 1 >= CHAIN_MOST || !bytes_between(w, object, object))
		return;
	find_way(w, &w->c->link[w->c->n - 1], object);
	add_link(w, object);
}

void chain_of(const struct ledger *l, int in, int out, const bool *on_path,
	      struct chain *c)
{
	struct walk w = { .l = l, .on_path = on_path, .c = c };
	int object = in;

	*c = (struct chain){ 0 };
	if (in < 0 || out < 0)
		return;
	for (size_t i = 0; i < ledger_hops(l); i++)
		if (on_path[i] && ledger_hop_at(l, i)->bytes > w.most)
			w.most = ledger_hop_at(l, i)->bytes;
	while (object >= 0 && c->n + 1 < CHAIN_MOST) {
		int next = -1;

		add_link(&w, object);
		repeat(&w, object);
		if (object != out)
			next = next_object(&w, object);
		if (next >= 0)
			find_way(&w, &c->link[c->n - 1], next);
		object = next;
	}
	if (c->link[c->n - 1].object != out)
		c->n = 0;
	for (int i = 0; i < c->n; i++)
		describe(&w, i);
}

const char *chain_name(const struct ledger *l, const struct chain *c, int i)
{
	static const char *const channels[] = {
		[LEDGER_PIPE] = "the pipe",    [LEDGER_FIFO] = "the FIFO",
		[LEDGER_UNIX] = "the socket",  [LEDGER_TCP] = "the connection",
		[LEDGER_UDP] = "the socket",   [LEDGER_MQUEUE] = "the queue",
		[LEDGER_SYSVMQ] = "the queue", [LEDGER_OTHER] = NULL,
	};
	const struct chain_link *link = &c->link[i];
	const struct ledger_object *o =
		ledger_object_at(l, (size_t)link->object);

	if (link->region)
		return "shared memory";
	if (*link->owners && !link->mapped)
		return link->owners;
	return channels[o->kind] ? channels[o->kind] : o->name;
}

int chain_copies(const struct chain *c, enum ledger_by by)
{
	int copies = 0;

	for (int i = 0; i + 1 < c->n; i++)
		if (c->link[i].hop.by == by && c->link[i].hop.copies > 0)
			copies += c->link[i].hop.copies;
	return copies;
}
