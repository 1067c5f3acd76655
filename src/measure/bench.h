/*
 * Measuring a plan: its conditions are sized, then measured generation by
 * generation, in sweeps over all that are not decided, until they are or the
 * budget is spent. Every transfer is in samples.csv before the next one
 * begins, and all decisions are made from that file alone, so that a run can be
 * resumed.
 */
#ifndef MEASURE_BENCH_H
#define MEASURE_BENCH_H

#include <jansson.h>
#include <limits.h>

#include "base/clock.h"
#include "measure/folder.h"
#include "measure/plan.h"
#include "measure/schedule.h"

/* How often a cell has been measured, all its conditions together. */
struct bench_cell {
	int generations, failures, failed_in_a_row;
	char why[300]; /* it failed last */
	/* The pilot, where the plan leaves settings open. */
	struct bench_candidate *candidate; /* NULL: there is none */
	size_t left;                       /* settings that are not dropped */
	int pilots;                        /* generations of it so far */
};

/* Cells that are compared with each other, and take turns. */
struct bench_condition {
	size_t *cell; /* numbers of the plan's cells, in its order */
	bool *beaten; /* of these, one that no open comparison needs */
	size_t cells;
	char words[160]; /* for people: "file over 64K, deep, core" */
	bool sized;
	uint64_t bytes, messages; /* of a transfer */
	int generations;          /* so far */
	int64_t took_ns;          /* the last one, all in all */
	enum meas_stop stop;
	bool open;      /* a comparison is undecided */
	double width;   /* half of its widest interval, as a share; NaN */
	char race[120]; /* for people: who leads, and by how much */
	bool done;      /* in this sweep */
};

/* The progress of a run, for display. */
struct bench_progress {
	int sweep;            /* 0: conditions are being sized */
	size_t done, all;     /* conditions, of this sweep */
	size_t open, decided; /* conditions of the plan */
	const struct bench_condition *now;
	int64_t left_ms; /* of the budget */
};

struct meas_bench {
	struct meas_plan *plan;
	struct meas_folder run;
	uint64_t seed;
	const char *dir;        /* where files lie */
	char program[PATH_MAX]; /* that measures a generation */
	void (*watch)(void *arg, const struct bench_progress *p);
	void *arg;

	struct bench_cell *cell; /* as many as the plan has */
	struct bench_condition *condition;
	size_t conditions;
	json_t *manifest;
	int sweep, generation; /* those that run, from 1 */
	int64_t t0_ns;         /* the run's time 0, by the clock */
	int64_t used_ns;       /* before it was resumed */
	int64_t witness_ns;    /* before this generation */
};

#define MEAS_BENCH_INIT(the_plan)                           \
	{                                                   \
		.plan = (the_plan), .run = MEAS_FOLDER_INIT \
	}

/* Samples that were there when a run was resumed. */
struct bench_found {
	int64_t samples, cut_bytes;
};

/*
 * All return 0 or -errno with the reason in `e`; -EINVAL: what was asked for
 * makes no sense.
 */
/* Lays out the conditions alone, to be seen before anything runs. */
int meas_bench_lay_out(struct meas_bench *b, struct err *e);

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
static inline int64_t meas_bench_ns(const struct meas_bench *b)
{
	return b->used_ns + clock_ns() - b->t0_ns;
}

/* About how long a generation of the condition takes, before any has run. */
int64_t meas_guess_ms(const struct meas_plan *plan, size_t cells);

#endif
