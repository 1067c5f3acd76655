/*
 * copy/dosed.c with extra copies that are made PLANTED_TIMES times, so that
 * they take that many times as long. bench/price-truth checks whether a run
 * finds this factor.
 */
#include "base/bytes.h"

#define PLANTED_TIMES 16

static inline void planted_copy(void *to, const void *from, size_t len)
{
	for (int i = 0; i < PLANTED_TIMES; i++) {
		bytes_copy(to, from, len);
		/* the compiler must not leave out a copy that is overwritten */
		__asm__ volatile("" : : : "memory");
	}
}

#define bytes_copy planted_copy
/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "copy/dosed.c"
