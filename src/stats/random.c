/* Random numbers from a seed, and random orders. */
#include "stats/random.h"

#include <gsl/gsl_randist.h>

#include "stats/stats.h"

/* The last step of splitmix64. */
uint64_t stats_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

gsl_rng *stats_rng(uint64_t seed)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	/* GSL takes 32 bits, so mix all 64 bits of the seed into them */
	if (rng)
		gsl_rng_set(rng, (uint32_t)stats_mix(seed));
	return rng;
}

void stats_shuffle(size_t *order, size_t n, uint64_t seed)
{
	gsl_rng *rng = stats_rng(seed);

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	if (rng && n > 1)
		gsl_ran_shuffle(rng, order, n, sizeof(*order));
	gsl_rng_free(rng);
}
