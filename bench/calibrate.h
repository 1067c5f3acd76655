/*
 * Tests the statistics on known differences: cells against their twins, and
 * against twins that were slowed down (doc/RUN, Calibration).
 *
 *   calibrate.c        the command line, what is shown
 *   calibrate_count.c  pairs, decided as `ipcopy verdict` decides, and counted
 *   calibrate_places.c whether the order of set-up or of turns favours a cell
 */
#ifndef BENCH_CALIBRATE_H
#define BENCH_CALIBRATE_H

#include "judge/judge.h"

#define LAGS_MAX 8

/* A hit is a wrong answer for twins, and a right answer for slower cells. */
struct tally {
	size_t hits, n;
};

enum basis {
	BY_ITSELF, /* each comparison is judged by itself, without Holm */
	/* each comparison is judged in the family of its run and lag */
	IN_RUN,
	/* for twins only: a run is a hit if one of its comparisons is a hit */
	RUN_FAMILY,
	BASES
};

/* The counts for one slowdown; lag 0 means twins. */
struct count {
	int lag;
	struct tally tally[BASES];
	/* slower cells that were called faster */
	size_t wrong;
	/* ratio of the speeds in each comparison */
	double *ratio;
	double *generations, *seconds; /* of each comparison */
	size_t room;
};

/*
 * Places of a twin in an order. The speed of the twin in this place is divided
 * by the speed of the other twin. The check passes if the effect of each place
 * on the speed is at most PLACE_MOST.
 */
enum place_rule {
	PLACE_EARLIER, /* the twin that was set up before the other */
	PLACE_FIRST,   /* the twin that was set up first of all cells */
	PLACE_LAST,
	PLACE_TURN, /* the twin with the earlier turn in a round */
	PLACE_RULES
};

#define PLACE_MOST 0.01

struct places;

/* The two positions between which twins differ most. */
struct place_pair {
	int earlier, later;
	struct stats_interval effect;
	/* number of ratios: one for each pair of twins in each generation */
	size_t n;
	size_t pairs;  /* pairs of positions that were seen often enough */
	size_t beyond; /* pairs whose whole interval is beyond PLACE_MOST */
};

struct calibration {
	struct count count[LAGS_MAX];
	size_t lags;
	struct places *places; /* the places of twins */
	/* NULL, or a function that is called for each comparison */
	void (*each)(void *arg, int lag, const struct run *r,
		     const struct rep_comparison *c);
	void *arg;
};

/* Counts the comparisons of a run. 0 or -errno with the reason in `e`. */
int calibrate_run(struct calibration *c, const char *dir, struct err *e);
void calibrate_free(struct calibration *c);

/*
 * For each pair of twins and each generation, notes the ratio of the two speeds
 * under the places of the twins. False: no memory.
 */
bool calibrate_places(struct calibration *c, const struct rep_verdict *twins);
void calibrate_places_free(struct calibration *c);

/*
 * Finds by how much the twins in this place are faster than their twins (the
 * ratio of the speeds, less 1), and the number of these ratios. False: no twin
 * had this place.
 */
bool calibrate_place(const struct calibration *c, enum place_rule rule,
		     struct stats_interval *e, size_t *n);
bool calibrate_worst_pair(const struct calibration *c,
			  struct place_pair *worst);

/* The verdict on one comparison without its family. */
enum stats_verdict calibrate_alone(const struct run *r,
				   const struct rep_comparison *c);

#endif
