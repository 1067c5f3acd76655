/*
 * The only clock of ipcopy's measurements: CLOCK_MONOTONIC in integer
 * nanoseconds.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/*
 * Milliseconds until `deadline_ns`, rounded up, as a timeout for poll(2): 0 if
 * it has passed, and at most 2000000.
 */
static inline int clock_ms_until(int64_t deadline_ns)
{
	int64_t left_ns = deadline_ns - clock_ns();

	if (left_ns <= 0)
		return 0;
	return left_ns > 2000000000000LL ? 2000000
					 : (int)((left_ns + 999999) / 1000000);
}

#define MS_IN_NS 1000000LL

#endif
