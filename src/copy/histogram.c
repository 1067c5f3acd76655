/* Counts times in classes, and finds quantiles. */
#include "copy/histogram.h"

void histogram_merge(struct histogram *h, const struct histogram *from)
{
	for (int i = 0; i < HISTOGRAM_CLASSES; i++)
		h->count[i] += from->count[i];
	if (from->max_ns > h->max_ns)
		h->max_ns = from->max_ns;
}

uint64_t histogram_total(const struct histogram *h)
{
	uint64_t total = 0;

	for (int i = 0; i < HISTOGRAM_CLASSES; i++)
		total += h->count[i];
	return total;
}

/* The time in the middle of a class. */
static int64_t middle(unsigned class)
{
	unsigned shift;
	uint64_t low;

	if (class < 2 * HISTOGRAM_SUBS)
		return class;
	shift = class / HISTOGRAM_SUBS - 1;
	low = (uint64_t)(class % HISTOGRAM_SUBS + HISTOGRAM_SUBS) << shift;
	return (int64_t)(low + ((1ULL << shift) - 1) / 2);
}

int64_t histogram_at(const struct histogram *h, unsigned share)
{
	uint64_t total = histogram_total(h), seen = 0, want;
	unsigned i = 0;
	int64_t ns;

	if (total == 0)
		return 0;
	/* rounded up, in a way that cannot overflow */
	want = total / 1000 * share + (total % 1000 * share + 999) / 1000;
	if (want == 0)
		want = 1;
	while ((seen += h->count[i]) < want)
		i++;
	ns = middle(i);
	return ns < h->max_ns ? ns : h->max_ns;
}
