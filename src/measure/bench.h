/*
 * Measuring a plan: cells are sized, then run round by round until each knows
 * its median well enough or the budget is spent. Samples are on the disk
 * before the next cell begins, so that a run can be gone on with.
 */
#ifndef MEASURE_BENCH_H
#define MEASURE_BENCH_H

#include <jansson.h>
#include <limits.h>

#include "measure/plan.h"
#include "measure/run.h"
#include "measure/schedule.h"

/* What is known of a cell of the plan. */
struct bench_cell {
	struct meas_track track;
	bool sized;
	uint64_t iterations, bytes, messages; /* of one sample */
	int64_t took_ns; /* by its last process, all in all */
	char why[300];   /* it failed last */
	bool done;       /* in this round */
};

/* Where a run stands, for whoever watches. */
struct bench_progress {
	int round;        /* 0: cells are being sized */
	size_t done, all; /* cells, of this round */
	size_t active;    /* that have not stopped */
	double widest;    /* half an interval over its median; infinite */
	int64_t left_ms;  /* about; -1: nobody knows yet */
};

struct meas_bench {
	struct meas_plan *plan;
	struct meas_run run;
	uint64_t seed;
	const char *dir;        /* where files lie */
	char program[PATH_MAX]; /* that measures a cell */
	void (*watch)(void *arg, const struct bench_progress *p);
	void *arg;
	/* What will be compared, written down before anything is measured. */
	json_t *(*declare)(json_t *manifest);

	struct bench_cell *cell; /* as many as the plan has */
	json_t *manifest;
	int round;          /* the one that runs */
	int64_t order;      /* of the last process */
	int64_t t0_ns;      /* the run's time 0, by the clock */
	int64_t used_ns;    /* before it was gone on with */
	int64_t witness_ns; /* of this round */
};

#define MEAS_BENCH_INIT(the_plan)                        \
	{                                                \
		.plan = (the_plan), .run = MEAS_RUN_INIT \
	}

/* What was found when a run was gone on with. */
struct bench_found {
	int64_t samples, cut_bytes;
	bool cut_sample; /* one of several iterations, begun again */
};

/*
 * All return 0 or -errno with the reason in `e`; -EINVAL: what was asked for
 * makes no sense.
 */
int meas_bench_begin(struct meas_bench *b, const char *dir, struct err *e);

/* The plan is the run's own and is read here. */
int meas_bench_resume(struct meas_bench *b, const char *dir,
		      struct bench_found *found, struct err *e);

/*
 * -EINTR: asked to stop. -ENOTSUP: no cell can run here. The manifest is
 * written in any case.
 */
int meas_bench_run(struct meas_bench *b, struct err *e);

void meas_bench_free(struct meas_bench *b);

/* Nanoseconds of the run that have passed. */
int64_t meas_bench_ns(const struct meas_bench *b);

/* --- between the files of the driver -------------------------------------- */

/* Finds out how much fills a sample; or why the cell cannot run. */
int bench_size_cell(struct meas_bench *b, size_t i, struct err *e);

/* One process of a cell, its samples appended. -EINTR: nothing was kept. */
int bench_sample_cell(struct meas_bench *b, size_t i, struct err *e);

/* Reads the samples there are into the tracks. */
int bench_replay(struct meas_bench *b, struct bench_found *found,
		 struct err *e);

/* The tracks after a round. */
void bench_judge(struct meas_bench *b);

/* A fixed amount of work on the CPU of the first cell, in nanoseconds. */
int64_t bench_witness(const struct meas_plan *plan);

int bench_manifest_new(struct meas_bench *b, struct err *e);
int bench_manifest_load(struct meas_bench *b, struct err *e);
void bench_manifest_resumed(struct meas_bench *b, int64_t samples);

/* Puts what is known by now into the manifest and on the disk. */
int bench_manifest_put(struct meas_bench *b, const char *outcome,
		       const char *reason, struct err *e);

#endif
