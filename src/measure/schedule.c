/* The order in which conditions are measured. */
#include "measure/schedule.h"

#include <sys/random.h>

#include "base/clock.h"
#include "stats/stats.h"

const char *const meas_stop_names[] = {
	[MEAS_GOES_ON] = "",      [MEAS_DECIDED] = "decided",
	[MEAS_BUDGET] = "budget", [MEAS_GENERATIONS] = "generations",
	[MEAS_FAILED] = "failed",
};

uint64_t meas_seed_new(void)
{
	uint32_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint32_t)clock_ns();
	return seed;
}

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
	return stats_mix(x + 0x9e3779b97f4a7c15);
}

static uint64_t draw(uint64_t seed, int number, uint64_t purpose)
{
	return mix(mix(seed ^ purpose) + (uint64_t)number);
}

size_t meas_sweep_order(uint64_t seed, int sweep, size_t conditions,
			const bool *takes_part, size_t *order)
{
	size_t n = 0;

	stats_shuffle(order, conditions, draw(seed, sweep, 0));
	for (size_t i = 0; i < conditions; i++)
		if (takes_part[order[i]])
			order[n++] = order[i];
	return n;
}

uint64_t meas_generation_seed(uint64_t seed, int generation)
{
	return draw(seed, generation, 2) >> 32;
}

int meas_env_bytes(uint64_t seed, int generation)
{
	return (int)(draw(seed, generation, 1) % MEAS_ENV_MOST);
}
