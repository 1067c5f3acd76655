/* Remembers which bytes of an address space were filled by calls. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
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
	mm->fill = array_grow(mm->fill, mm->fills, &mm->fills_room, sizeof(f));
	if (!mm->fill)
		abort(); /* a count with gaps would be wrong */
	memmove(&mm->fill[at + 1], &mm->fill[at], (mm->fills - at) * sizeof(f));
	mm->fill[at] = f;
	mm->fills++;
}

static void drop_fills(struct mm *mm, size_t at, size_t n)
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
	drop_fills(mm, at, n);
	if (at < mm->fills && mm->fill[at].start < end)
		mm->fill[at].start = end;
}

static bool same(const struct fill *a, const struct fill *b)
{
	return a->hop == b->hop && a->owner == b->owner && a->taker == b->taker;
}

static void set_fill(struct mm *mm, struct fill f)
{
	size_t at = first_beyond(mm, f.start);

	/* the usual case: the same hop fills one buffer again and again */
	if (at < mm->fills && mm->fill[at].start <= f.start &&
	    mm->fill[at].end >= f.end && same(&mm->fill[at], &f))
		return;
	fill_clear(mm, f.start, f.end - f.start);
	at = first_beyond(mm, f.start);
	if (at > 0 && mm->fill[at - 1].end == f.start &&
	    same(&mm->fill[at - 1], &f)) {
		mm->fill[at - 1].end = f.end;
		return;
	}
	insert(mm, at, f);
}

/* Sets fills in the order of their addresses. No others lie between. */
void fill_put(struct mm *mm, const struct fill *f, size_t n)
{
	size_t at;

	if (n > 1)
		fill_clear(mm, f[0].start, f[n - 1].end - f[0].start);
	if (n > 0)
		set_fill(mm, f[0]);
	if (n < 2)
		return;
	at = first_beyond(mm, f[n - 1].end - 1);
	for (size_t i = 1; i < n; i++)
		insert(mm, mm->fills, f[i]);
	/* insert them all at once: one by one would take long */
	memmove(&mm->fill[at + n - 1], &mm->fill[at],
		(mm->fills - (n - 1) - at) * sizeof(*f));
	memcpy(&mm->fill[at], &f[1], (n - 1) * sizeof(*f));
}

void fill_set(struct mm *mm, uint64_t start, uint64_t len, int hop, int owner)
{
	if (len > 0)
		set_fill(mm,
			 (struct fill){ start, start + len, hop, owner, -1 });
}

void fill_take(struct mm *mm, uint64_t start, uint64_t len,
	       void (*taken)(void *arg, const struct fill *f, uint64_t from,
			     uint64_t bytes),
	       void *arg)
{
	uint64_t end = start + len;

	for (size_t at = first_beyond(mm, start);
	     at < mm->fills && mm->fill[at].start < end; at++) {
		const struct fill *f = &mm->fill[at];
		uint64_t from = f->start > start ? f->start : start;
		uint64_t to = f->end < end ? f->end : end;

		taken(arg, f, from, to - from);
	}
}

int fill_hop(const struct mm *mm, uint64_t addr)
{
	size_t at = first_beyond(mm, addr);

	return at < mm->fills && mm->fill[at].start <= addr ? mm->fill[at].hop
							    : -1;
}

struct moving {
	struct fill *fill;
	size_t n;
};

/* A copy of the fills that overlap a range. */
static struct moving kept(const struct mm *mm, uint64_t start, uint64_t len)
{
	size_t first = first_beyond(mm, start);
	struct moving m = { NULL, 0 };

	while (first + m.n < mm->fills &&
	       mm->fill[first + m.n].start < start + len)
		m.n++;
	if (m.n == 0)
		return m;
	m.fill = malloc(m.n * sizeof(*m.fill));
	if (!m.fill)
		abort(); /* a count without these fills would be wrong */
	memcpy(m.fill, &mm->fill[first], m.n * sizeof(*m.fill));
	return m;
}

void fill_mark(struct mm *mm, uint64_t start, uint64_t len, int taker)
{
	struct moving m = kept(mm, start, len);
	size_t n = 0;

	for (size_t i = 0; i < m.n; i++) {
		struct fill f = m.fill[i];

		f.start = f.start > start ? f.start : start;
		f.end = f.end < start + len ? f.end : start + len;
		f.taker = taker;
		if (n > 0 && m.fill[n - 1].end == f.start &&
		    same(&m.fill[n - 1], &f))
			m.fill[n - 1].end = f.end;
		else
			m.fill[n++] = f;
	}
	fill_put(mm, m.fill, n);
	free(m.fill);
}

void fill_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t len)
{
	struct moving m = kept(mm, from, len);

	fill_clear(mm, from, len);
	fill_clear(mm, to, len);
	for (size_t i = 0; i < m.n; i++) {
		struct fill f = m.fill[i];
		uint64_t start = f.start > from ? f.start : from;
		uint64_t end = f.end < from + len ? f.end : from + len;

		f.start = to + (start - from);
		f.end = to + (end - from);
		set_fill(mm, f);
	}
	free(m.fill);
}
