/* Which bytes of an address space a call has filled. */
#include <stdlib.h>
#include <string.h>

#include "count/trace.h"

/* The first fill that ends beyond `addr`. */
static size_t first_beyond(const struct mm *mm, uint64_t addr)
{
	size_t lo = 0, hi = mm->fills;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (mm->fill[mid].end > addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static void insert(struct mm *mm, size_t at, struct fill f)
{
	if (mm->fills == mm->fills_room) {
		size_t room = mm->fills_room ? 2 * mm->fills_room : 16;

		mm->fill = realloc(mm->fill, room * sizeof(f));
		if (!mm->fill)
			abort(); /* a count with holes would be wrong */
		mm->fills_room = room;
	}
	memmove(&mm->fill[at + 1], &mm->fill[at], (mm->fills - at) * sizeof(f));
	mm->fill[at] = f;
	mm->fills++;
}

static void drop(struct mm *mm, size_t at, size_t n)
{
	memmove(&mm->fill[at], &mm->fill[at + n],
		(mm->fills - at - n) * sizeof(*mm->fill));
	mm->fills -= n;
}

void fill_clear(struct mm *mm, uint64_t start, uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;
	size_t at = first_beyond(mm, start), n = 0;

	if (len == 0 || at == mm->fills || mm->fill[at].start >= end)
		return;
	if (mm->fill[at].start < start) {
		struct fill rest = mm->fill[at];

		mm->fill[at++].end = start;
		if (rest.end > end) {
			rest.start = end;
			insert(mm, at, rest);
			return;
		}
	}
	while (at + n < mm->fills && mm->fill[at + n].end <= end)
		n++;
	drop(mm, at, n);
	if (at < mm->fills && mm->fill[at].start < end)
		mm->fill[at].start = end;
}

static bool same(const struct fill *a, int hop, int owner)
{
	return a->hop == hop && a->owner == owner;
}

void fill_set(struct mm *mm, uint64_t start, uint64_t len, int hop, int owner)
{
	uint64_t end = start + len;
	size_t at = first_beyond(mm, start);

	if (len == 0)
		return;
	/* mostly it is one buffer, used again and again */
	if (at < mm->fills && mm->fill[at].start <= start &&
	    mm->fill[at].end >= end && same(&mm->fill[at], hop, owner))
		return;
	fill_clear(mm, start, len);
	at = first_beyond(mm, start);
	if (at > 0 && mm->fill[at - 1].end == start &&
	    same(&mm->fill[at - 1], hop, owner)) {
		mm->fill[at - 1].end = end;
		return;
	}
	insert(mm, at, (struct fill){ start, end, hop, owner });
}

void fill_take(struct mm *mm, uint64_t start, uint64_t len,
	       void (*taken)(void *arg, const struct fill *f, uint64_t bytes),
	       void *arg)
{
	uint64_t end = start + len;

	for (size_t at = first_beyond(mm, start);
	     at < mm->fills && mm->fill[at].start < end; at++) {
		const struct fill *f = &mm->fill[at];
		uint64_t from = f->start > start ? f->start : start;
		uint64_t to = f->end < end ? f->end : end;

		taken(arg, f, to - from);
	}
}

struct moving {
	struct fill *fill;
	size_t n;
};

static void keep(void *arg, const struct fill *f, uint64_t bytes)
{
	struct moving *m = arg;

	(void)bytes;
	m->fill[m->n++] = *f;
}

void fill_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t len)
{
	struct moving m = { calloc(mm->fills + 1, sizeof(*m.fill)), 0 };

	if (!m.fill)
		abort();
	fill_take(mm, from, len, keep, &m);
	fill_clear(mm, from, len);
	fill_clear(mm, to, len);
	for (size_t i = 0; i < m.n; i++) {
		const struct fill *f = &m.fill[i];
		uint64_t start = f->start > from ? f->start : from;
		uint64_t end = f->end < from + len ? f->end : from + len;

		fill_set(mm, to + (start - from), end - start, f->hop,
			 f->owner);
	}
	free(m.fill);
}
