/*
 * Doses for a measuring program whose extra copies take a known number of times
 * as long. bench/price-truth checks whether a run finds this number.
 */
#include "base/bytes.h"

#define PLANTED_TIMES 16

static inline void planted_copy(void *to, const void *from, size_t len)
{
	for (int i = 0; i < PLANTED_TIMES; i++) {
		bytes_copy(to, from, len);
		/* no copy may be left out because the next one undoes it */
		__asm__ volatile("" : : : "memory");
	}
}

#define bytes_copy planted_copy
/* all but the copy is unchanged; NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "copy/dosed.c"
