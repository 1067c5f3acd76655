/*
 * Times counted in classes: exact below 128 ns, and then 64 classes for every
 * doubling, up to 2^41 ns. A time below 2^41 ns is wrong by at most 0.8 %.
 */
#ifndef COPY_HISTOGRAM_H
#define COPY_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_SUBS     (1 << HISTOGRAM_SUB_BITS)
#define HISTOGRAM_TOP_BIT  40 /* times from 2^41 ns on: the last class */
#define HISTOGRAM_CLASSES \
	((HISTOGRAM_TOP_BIT - HISTOGRAM_SUB_BITS + 2) * HISTOGRAM_SUBS)

/* A histogram of zeros is empty. */
struct histogram {
	uint64_t count[HISTOGRAM_CLASSES];
	int64_t max_ns; /* the exact maximum */
};

static inline unsigned histogram_class(uint64_t ns)
{
	unsigned top, shift;

	if (ns < 2 * HISTOGRAM_SUBS)
		return (unsigned)ns;
	if (ns >> (HISTOGRAM_TOP_BIT + 1))
		return HISTOGRAM_CLASSES - 1;
	top = 63U - (unsigned)__builtin_clzll(ns);
	shift = top - HISTOGRAM_SUB_BITS;
	return shift * HISTOGRAM_SUBS + (unsigned)(ns >> shift);
}

static inline void histogram_add(struct histogram *h, int64_t ns)
{
	h->count[histogram_class((uint64_t)ns)]++;
	if (ns > h->max_ns)
		h->max_ns = ns;
}

/* Adds the counts of `from`. */
void histogram_merge(struct histogram *h, const struct histogram *from);

uint64_t histogram_total(const struct histogram *h);

/*
 * A quantile: at least `share` thousandths of the times are this long or
 * shorter. Returns the middle of the time's class, but no more than the
 * maximum; 0 if nothing was counted.
 */
int64_t histogram_at(const struct histogram *h, unsigned share);

#endif
