/*
 * Doses for a measuring program in which each extra copy takes a known time
 * more. bench/price-truth asks whether a run finds that price.
 */
#include "base/bytes.h"
#include "base/clock.h"

/* Nanoseconds for each 1000 bytes. */
#define PLANTED_NS 200

static inline void planted_copy(void *to, const void *from, size_t len)
{
	int64_t end_ns = clock_ns() + (int64_t)(len * PLANTED_NS / 1000);

	/* the copy itself takes its time after the one that was planted */
	while (clock_ns() < end_ns)
		;
	bytes_copy(to, from, len);
}

#define bytes_copy planted_copy
/* all but the copy is unchanged; NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "copy/dosed.c"
