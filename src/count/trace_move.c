/* Turns a call that moved bytes into hops between objects of the ledger. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "count/trace_take.h"
#include "count/trace_watch.h"

/* --- what a piece of memory is -------------------------------------------- */

/* The first bytes of a piece, as many as lie in one object. */
struct part {
	int object;
	/*
	 * the address space that the piece belongs to, if the piece is private
	 * memory; else NULL
	 */
	struct mm *private;
	bool memory;
	uint64_t addr, len;
};

static struct part part_of(struct tracer *t, const struct piece *piece,
			   bool into)
{
	struct part part = { .object = piece->object, .len = piece->len };
	struct map *m;
	uint64_t end;

	if (!piece->mm)
		return part;
	m = mm_map_at(t, piece->mm, piece->addr, &end);
	if (m && m->private && (into || !cow_untouched(piece->mm, piece, end)))
		m = NULL;
	part.memory = true;
	part.addr = piece->addr;
	if (end - piece->addr < part.len)
		part.len = end - piece->addr;
	if (m) {
		part.object = mm_map_object(t, m);
	} else {
		part.object = mm_object(t, piece->mm);
		part.private = piece->mm;
	}
	return part;
}

/* --- the hop -------------------------------------------------------------- */

static enum ledger_kind kind_of_part(const struct tracer *t,
				     const struct part *part)
{
	/* the kernel treats a shared mapping like any other memory */
	return part->memory ? LEDGER_PRIVATE
			    : ledger_object_at(t->ledger, (size_t)part->object)
				      ->kind;
}

static void set_copies(struct tracer *t, const struct move *m,
		       const struct part *from, const struct part *to,
		       struct ledger_hop *hop)
{
	enum probe_way way = m->way;

	hop->evidence = m->evidence;
	hop->copies = m->copies;
	if (m->evidence != LEDGER_CALIBRATED)
		return;
	if (way == PROBE_NO_WAY)
		way = probe_way_of(kind_of_part(t, from), kind_of_part(t, to),
				   m->kind);
	if (way != PROBE_NO_WAY)
		hop->copies = t->copies[way];
	else
		hop->copies = to->object == t->null_object
				      ? t->null_copies
				      : LEDGER_COPIES_UNKNOWN;
	if (hop->copies == LEDGER_COPIES_UNKNOWN)
		hop->evidence = LEDGER_UNKNOWN;
}

static const char *name_of(struct tracer *t, const struct task *p)
{
	mm_object(t, p->mm);
	return p->mm->name;
}

/*
 * True if one end is an eventfd or a similar object, whose bytes only wake a
 * process.
 */
static bool is_signal(const struct tracer *t, const struct part *from,
		      const struct part *to)
{
	return kind_of_part(t, from) == LEDGER_OTHER ||
	       kind_of_part(t, to) == LEDGER_OTHER;
}

/* --- moving --------------------------------------------------------------- */

static void fill(struct tracer *t, const struct move *m, const struct part *to,
		 uint64_t bytes, int hop)
{
	fill_set(to->private, to->addr, bytes, hop, to->object);
	/* a program reports its own copy too late to watch the bytes */
	if (to->private == m->by->mm && m->who != LEDGER_BY_USER)
		watch_filled(t, m->by, to->addr, bytes, hop);
	else
		watch_clear(to->private, to->addr, bytes);
}

static struct taking taking_of(struct tracer *t, const struct move *m,
			       const struct part *from, const struct part *to)
{
	return (struct taking){
		.t = t,
		.m = m,
		.out = -1,
		.owner = from->object,
		.mm = from->private,
		.from = from->addr,
		.to = to->addr,
	};
}

static void add_hop(struct tracer *t, const struct move *m,
		    const struct part *from, const struct part *to,
		    uint64_t bytes, bool first)
{
	struct taking taking = taking_of(t, m, from, to);
	struct ledger_hop hop = {
		.from = from->object,
		.to = to->object,
		.by = m->who,
		.pid = m->by->process->pid,
		.process = name_of(t, m->by),
		.call = m->call,
		.calls = first,
		.bytes = bytes,
	};

	/* the source is unknown, so we no longer know what the buffer holds */
	if (from->object < 0 && to->private)
		watch_forget(to->private, to->addr, bytes);
	if (from->object < 0 || to->object < 0)
		return;
	set_copies(t, m, from, to, &hop);
	if (m->who == LEDGER_BY_USER && from->private &&
	    from->private == to->private) {
		take_copy(&taking, &hop, bytes, first);
		return;
	}
	taking.out = m->by->hop = ledger_add(t->ledger, &hop);
	take_window(t, m->by, taking.out);
	if (first && is_signal(t, from, to))
		m->by->process->waits++;
	if (from->private && !to->memory && from->private == m->by->mm)
		peek_at(t, m->by, from->addr, bytes, taking.out);
	if (from->private)
		take_away(&taking, bytes);
	if (to->private)
		fill(t, m, to, bytes, taking.out);
}

static void step(struct piece *piece, uint64_t bytes)
{
	piece->addr += bytes;
	piece->len -= piece->mm ? bytes : 0;
}

void trace_move(struct tracer *t, const struct move *m, struct piece_list from,
		struct piece_list to, uint64_t bytes)
{
	struct piece a = { 0 }, b = { 0 };
	bool first = true;

	if (t->job->between_bytes && !m->by->process->marked)
		return;
	while (bytes > 0) {
		struct part pa, pb;
		uint64_t n = bytes;

		while (a.len == 0 && from.n > 0)
			a = *from.piece++, from.n--;
		while (b.len == 0 && to.n > 0)
			b = *to.piece++, to.n--;
		if (a.len == 0 || b.len == 0)
			return;
		pa = part_of(t, &a, false);
		pb = part_of(t, &b, true);
		n = pa.len < n ? pa.len : n;
		n = pb.len < n ? pb.len : n;
		if (n == 0)
			return;
		add_hop(t, m, &pa, &pb, n, first);
		first = false;
		step(&a, n);
		step(&b, n);
		bytes -= n;
	}
}

size_t trace_iovec(const struct task *p, struct mm *mm, uint64_t addr,
		   uint64_t count, struct piece *piece)
{
	struct iovec iov[64];
	size_t n = 0;

	if (count > 1024)
		count = 1024;
	while (count > 0) {
		size_t some = count < 64 ? (size_t)count : 64;
		size_t got = trace_peek(p, iov, addr, some * sizeof(*iov)) /
			     sizeof(*iov);

		for (size_t i = 0; i < got; i++)
			piece[n++] = (struct piece){
				.mm = mm,
				.addr = (uint64_t)(uintptr_t)iov[i].iov_base,
				.len = iov[i].iov_len,
			};
		if (got < some)
			break;
		addr += some * sizeof(*iov);
		count -= some;
	}
	return n;
}
