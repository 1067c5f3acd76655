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

/*
 * How often the answer was wrong; or, for slower cells, how often it was right.
 */
struct tally {
	size_t hits, n;
};

enum basis {
	BY_ITSELF,  /* each comparison by itself, without Holm */
	IN_RUN,     /* each comparison, with its run as the family */
	RUN_FAMILY, /* whole runs as families */
	BASES
};

/* The counts for one slowdown; 0: none. */
struct count {
	int lag;
	struct tally tally[BASES];
	/* slower cells that were called faster */
	size_t wrong;
	double *ratio;                 /* of speeds, one for each comparison */
	double *generations, *seconds; /* what each had */
	size_t room;
};

/*
 * Which of two twins is compared with the other. The effect of a place must
 * stay within PLACE_MOST.
 */
enum place_rule {
	PLACE_EARLIER, /* the one that was set up earlier of the two */
	PLACE_FIRST,   /* the one that was set up first of all */
	PLACE_LAST,
	PLACE_TURN, /* the one with the earlier turn in a round */
	PLACE_RULES
};

#define PLACE_MOST 0.01

struct places;

/* The two positions whose twins differ most. */
struct place_pair {
	int earlier, later;
	struct stats_interval effect;
	size_t n;      /* its generations */
	size_t pairs;  /* that were seen often enough to say something */
	size_t beyond; /* whose interval lies beyond PLACE_MOST */
};

struct calibration {
	struct count count[LAGS_MAX];
	size_t lags;
	struct places *places; /* of twins */
	/* Called for each comparison; optional. */
	void (*each)(void *arg, int lag, const struct run *r,
		     const struct rep_comparison *c);
	void *arg;
};

/* 0 or -errno with the reason in `e`. */
int calibrate_run(struct calibration *c, const char *dir, struct err *e);
void calibrate_free(struct calibration *c);

/* Notes the places of twins in their generations. False: no memory. */
bool calibrate_places(struct calibration *c, const struct rep_verdict *twins);
void calibrate_places_free(struct calibration *c);

/*
 * The speed at that place over the twin's speed, less 1. False: it was never
 * seen.
 */
bool calibrate_place(const struct calibration *c, enum place_rule rule,
		     struct stats_interval *e, size_t *n);
bool calibrate_worst_pair(const struct calibration *c,
			  struct place_pair *worst);

/* The verdict on one comparison by itself, outside a family. */
enum stats_verdict calibrate_alone(const struct run *r,
				   const struct rep_comparison *c);

#endif
