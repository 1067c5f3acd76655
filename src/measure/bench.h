/*
 * Measures a plan. First it finds the size of a transfer for each condition.
 * Then it measures the conditions in sweeps. In a sweep, each condition that is
 * due has one generation (two, if the first had too few rounds), which is one
 * process that measures its cells. The sweeps go on until all conditions are
 * decided or something else stops them (enum meas_stop). Every transfer of a
 * sweep is in samples.csv before the next one begins. Comparisons are judged
 * from that file alone, so a run can be resumed.
 */
#ifndef MEASURE_BENCH_H
#define MEASURE_BENCH_H

#include <jansson.h>
#include <limits.h>

#include "base/clock.h"
#include "measure/beside.h"
#include "measure/folder.h"
#include "measure/plan.h"
#include "measure/schedule.h"

/*
 * How often a cell was measured, added up over all conditions that have the
 * cell.
 */
struct bench_cell {
	int generations, failures, failed_in_a_row;
	char why[300]; /* the reason of its last failure */
	/* The members below are for the pilot. */
	struct bench_candidate *candidate; /* NULL: no settings are open */
	/* number of its settings that have not been dropped */
	size_t left;
	int pilots;     /* pilot generations so far */
	bool cut_short; /* the pilot's part of the budget was used up */
};

/* Cells that are compared with each other and take turns. */
struct bench_condition {
	size_t *cell; /* numbers of cells, in the order of the plan */
	/* for each cell: true if it need not be measured any more */
	bool *beaten;
	size_t cells;
	char words[160]; /* for people: "file over 64K, deep, core" */
	bool sized;
	uint64_t bytes, messages; /* the size of one transfer */
	int generations;          /* so far */
	int64_t took_ns;          /* the whole time of the last generation */
	enum meas_stop stop;
	/* a comparison is undecided, or some cells do extra work (doses) */
	bool open;
	/* half the width of the widest interval, as a share; or NaN */
	double width;
	char race[120]; /* for people: one comparison and its ratio so far */
	bool done;      /* it has been measured in this sweep */
};

/* The progress of a run, for display. */
struct bench_progress {
	int sweep;            /* 0: sizes are being found */
	size_t done, all;     /* conditions in this sweep */
	size_t open, decided; /* conditions of the plan */
	const struct bench_condition *now;
	int64_t left_ms; /* time left in the budget */
};

struct meas_bench {
	struct meas_plan *plan;
	struct meas_folder run;
	struct meas_beside beside;
	uint64_t seed;
	const char *dir;        /* the folder in which files are copied */
	char program[PATH_MAX]; /* the program that measures a generation */
	void (*watch)(void *arg, const struct bench_progress *p);
	void *arg;

	struct bench_cell *cell; /* one for each cell of the plan */
	struct bench_condition *condition;
	size_t conditions;
	json_t *manifest;
	int sweep, generation; /* the current ones, from 1 */
	int64_t t0_ns;         /* clock_ns() when this process began the run */
	int64_t used_ns;       /* time used before the run was resumed */
	int64_t witness_ns;    /* time of fixed work before the generation */
	/* the time of the run at which pilots are cut short */
	int64_t pilot_ns;
};

#define MEAS_BENCH_INIT(the_plan)                            \
	{                                                    \
		.plan = (the_plan), .run = MEAS_FOLDER_INIT, \
		.beside = MEAS_BESIDE_INIT                   \
	}

/*
 * Found when a run is resumed: the number of samples, and the length of a last
 * line that was not complete and has been removed.
 */
struct bench_found {
	int64_t samples, cut_bytes;
};

/*
 * The functions below return 0, or -errno with the reason in `e`. -EINVAL: the
 * request makes no sense.
 */
/*
 * Makes the conditions, but runs nothing, so that they can be shown before a
 * run.
 */
int meas_bench_lay_out(struct meas_bench *b, struct err *e);

int meas_bench_begin(struct meas_bench *b, const char *dir, struct err *e);

/* Prepares to continue the run in `dir`, and reads its plan into b->plan. */
int meas_bench_resume(struct meas_bench *b, const char *dir,
		      struct bench_found *found, struct err *e);

/*
 * Runs the sweeps. -EINTR: this process was asked to stop. -ENOTSUP: no cell
 * can run here. The manifest is written in any case.
 */
int meas_bench_run(struct meas_bench *b, struct err *e);

void meas_bench_free(struct meas_bench *b);

/* Nanoseconds that the run has taken, with those before it was resumed. */
static inline int64_t meas_bench_ns(const struct meas_bench *b)
{
	return b->used_ns + clock_ns() - b->t0_ns;
}

/* A guess of how long a generation takes, before any has run. */
int64_t meas_guess_ms(const struct meas_plan *plan, size_t cells);

#endif
