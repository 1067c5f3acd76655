/* Finds out where the bytes came from that a hop takes from private memory. */
#include "count/trace_take.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "count/trace_watch.h"

/*
 * Notes the counts of calls when a process made this hop. The counts of the
 * first time stay. The counts of the last time are replaced each time.
 */
void trace_window(struct tracer *t, int hop, const struct window *w)
{
	size_t need = (size_t)hop + 1;
	struct window *at;

	if (need > t->windows) {
		t->window = realloc(t->window, 2 * need * sizeof(*t->window));
		if (!t->window)
			abort();
		memset(&t->window[t->windows], 0,
		       (2 * need - t->windows) * sizeof(*t->window));
		t->windows = 2 * need;
	}
	at = &t->window[hop];
	if (!at->process)
		*at = *w;
	at->last_calls = w->last_calls;
	at->last_blocked = w->last_blocked;
	at->last_waits = w->last_waits;
}

void take_window(struct tracer *t, const struct task *p, int hop)
{
	const struct window now = {
		.process = p->process,
		.first_calls = p->process->calls,
		.last_calls = p->process->calls,
		.first_blocked = p->process->blocked,
		.last_blocked = p->process->blocked,
		.first_waits = p->process->waits,
		.last_waits = p->process->waits,
	};

	trace_window(t, hop, &now);
}

static void add_piece(struct taking *k, uint64_t bytes, int hop)
{
	const struct fill new = {
		.start = k->to + k->done,
		.end = k->to + k->done + bytes,
		.hop = hop,
		.owner = k->owner,
		.taker = -1,
	};

	k->done += bytes;
	if (k->pieces && k->piece[k->pieces - 1].hop == hop) {
		k->piece[k->pieces - 1].end = new.end;
		return;
	}
	k->piece = array_grow(k->piece, k->pieces, &k->room, sizeof(new));
	if (!k->piece)
		abort(); /* a count with gaps would be wrong */
	k->piece[k->pieces++] = new;
}

/* Takes bytes that hop `in` brought; -1: it is not known what brought them. */
static void take(struct taking *k, int in, uint64_t bytes, uint64_t kept)
{
	int out = k->out;

	if (k->copy && bytes) {
		struct ledger_hop hop = *k->copy;

		hop.calls = 0;
		hop.bytes = bytes;
		out = ledger_add_copy(k->t->ledger, &hop, in);
		add_piece(k, bytes, out);
	} else if (in >= 0 && bytes) {
		ledger_pass(k->t->ledger, in, out, bytes);
	}
	if (in >= 0)
		ledger_kept(k->t->ledger, in, out, kept);
}

/* True if the hop, or another copy within this memory, took these bytes. */
static bool took(const struct taking *k, const struct fill *f)
{
	const struct ledger_hop *last =
		ledger_hop_at(k->t->ledger, (size_t)f->taker);

	return k->copy ? last && last->to == k->owner : f->taker == k->out;
}

/* Bytes that a process got from its parent, and what has become of them. */
struct inherited {
	bool copied; /* the kernel copied them when they were written to */
	/* the kernel or the program may have copied or changed them unseen */
	bool at_least;
	bool gone; /* the program overwrote them before they were taken */
	uint64_t bytes, kept;
};

/*
 * Adds a hop from the parent's memory to the child's. After a fork the child
 * has the parent's pages, until one of the two stores into them.
 */
static void inherit(struct taking *k, const struct fill *f, struct inherited as)
{
	const struct ledger_hop hop = {
		.from = f->owner,
		.to = k->owner,
		.by = LEDGER_BY_KERNEL,
		.pid = k->m->by->process->pid,
		.process = k->m->by->mm->name,
		.call = as.copied ? "copy on write" : "fork",
		.calls = 0,
		.bytes = as.bytes,
		.copies = as.copied,
		.at_least = as.at_least,
		.evidence = as.copied ? LEDGER_FRAMES : LEDGER_IMPLIED,
	};
	int fork = ledger_add(k->t->ledger, &hop);

	ledger_pass(k->t->ledger, f->hop, fork, as.bytes);
	ledger_kept(k->t->ledger, f->hop, fork, as.kept + as.gone);
	if (as.gone)
		return;
	take(k, fork, as.bytes, as.kept);
}

static void pass(struct taking *k, const struct fill *f, uint64_t bytes,
		 uint64_t kept)
{
	if (f->owner != k->owner) {
		inherit(k, f,
			(struct inherited){ .bytes = bytes, .kept = kept });
		return;
	}
	take(k, f->hop, bytes, kept);
}

/*
 * Called for bytes that a hop takes away. If the same hop takes the same bytes
 * a second time, the program is assumed to have put other bytes into a buffer
 * that it uses for reading and writing, so nothing passes. But if the buffer
 * was watched and the program stored nothing there, the bytes are still the
 * same.
 */
static void taken(void *arg, const struct fill *f, uint64_t from,
		  uint64_t bytes)
{
	struct taking *k = arg;
	struct watched w;
	struct cow_seen cow;

	if (k->copy)
		take(k, -1, from - (k->from + k->done), 0);
	w = watch_taken(k->m->by, k->mm, from, bytes);
	if (took(k, f) && (w.stored || w.kept < bytes)) {
		take(k, -1, bytes, 0);
		return;
	}
	cow = cow_taken(k->mm, from, bytes);
	bytes -= w.stored;
	if (w.stored && f->owner != k->owner)
		inherit(k, f,
			(struct inherited){ .gone = true, .bytes = w.stored });
	cow.bytes = cow.bytes < bytes ? cow.bytes : bytes;
	if (cow.bytes)
		inherit(k, f,
			(struct inherited){ cow.sure, !w.kept || !cow.sure,
					    false, cow.bytes, w.kept });
	if (bytes > cow.bytes)
		pass(k, f, bytes - cow.bytes, w.kept);
	take(k, -1, w.stored, 0);
}

void take_away(struct taking *k, uint64_t bytes)
{
	fill_take(k->mm, k->from, bytes, taken, k);
	fill_mark(k->mm, k->from, bytes, k->out);
}

static const struct fill *largest_piece(const struct taking *k)
{
	const struct fill *most = k->piece;

	for (size_t i = 0; i < k->pieces; i++)
		if (k->piece[i].end - k->piece[i].start >
		    most->end - most->start)
			most = &k->piece[i];
	return most;
}

void take_copy(struct taking *k, const struct ledger_hop *hop, uint64_t bytes,
	       bool first)
{
	int most;

	k->copy = hop;
	fill_take(k->mm, k->from, bytes, taken, k);
	take(k, -1, bytes - k->done, 0);
	for (size_t i = 0; i < k->pieces; i++)
		take_window(k->t, k->m->by, k->piece[i].hop);
	most = k->m->by->hop = largest_piece(k)->hop;
	if (first)
		ledger_called(k->t->ledger, most);
	fill_mark(k->mm, k->from, bytes, most);
	fill_put(k->mm, k->piece, k->pieces);
	watch_clear(k->mm, k->to, bytes);
	free(k->piece);
}
