/* Random numbers from a seed, only for the files of stats/. */
#ifndef STATS_RANDOM_H
#define STATS_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* NULL: no memory. Freed by gsl_rng_free. */
gsl_rng *stats_rng(uint64_t seed);

#endif
