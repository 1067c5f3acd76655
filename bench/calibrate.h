/*
 * What the statistics make of differences that are known: cells against their
 * twins, and against twins that were slowed down (doc/RUN, Calibration).
 *
 *   calibrate.c        the command line, what is shown
 *   calibrate_count.c  pairs, decided as `ipcopy verdict` decides, and counted
 */
#ifndef BENCH_CALIBRATE_H
#define BENCH_CALIBRATE_H

#include "judge/judge.h"

#define LAGS_MAX 8

/*
 * How often it came out as it should not, or, of what is slower, as it should.
 */
struct tally {
	size_t hits, n;
};

enum basis {
	BY_ITSELF,  /* each comparison, without Holm */
	IN_RUN,     /* each comparison, its run's as a family */
	RUN_FAMILY, /* whole runs as families */
	BASES
};

/* One slowdown, or none: 0. */
struct count {
	int lag;
	struct tally tally[BASES];
	size_t wrong;                  /* slowed down, and found to be faster */
	double *ratio;                 /* of speeds, one for each comparison */
	double *generations, *seconds; /* what each had */
	size_t room;
};

struct calibration {
	struct count count[LAGS_MAX];
	size_t lags;
	/* Called for each comparison; optional. */
	void (*each)(void *arg, int lag, const struct run *r,
		     const struct rep_comparison *c);
	void *arg;
};

/* 0 or -errno with the reason in `e`. */
int calibrate_run(struct calibration *c, const char *dir, struct err *e);
void calibrate_free(struct calibration *c);

/* What one comparison comes to when it is no part of a family. */
enum stats_verdict calibrate_alone(const struct run *r,
				   const struct rep_comparison *c);

#endif
