/*
 * Doses for a measuring program in which each additional copy takes longer by a
 * known time. bench/price-truth checks whether a run finds this time.
 */
#include "base/bytes.h"
#include "base/clock.h"

/* the planted price of a copy, in nanoseconds for each 1000 bytes */
#define PLANTED_NS 500

static inline void planted_copy(void *to, const void *from, size_t len)
{
	int64_t end_ns = clock_ns() + (int64_t)(len * PLANTED_NS / 1000);

	/* the copy itself follows and takes its own time */
	while (clock_ns() < end_ns)
		;
	bytes_copy(to, from, len);
}

#define bytes_copy planted_copy
/* all but the copy is unchanged; NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "copy/dosed.c"
