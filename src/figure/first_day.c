/*
 * A library that is preloaded into gnuplot. With this library, the time is
 * always the first second of 1970, so the same run gives the same bytes
 * whenever it is drawn. A PDF contains the time at which it was made, and
 * neither gnuplot nor cairo has an option to leave this time out.
 */
#include <time.h>

time_t time(time_t *at)
{
	if (at)
		*at = 0;
	return 0;
}
