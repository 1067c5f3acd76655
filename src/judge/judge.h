/*
 * The decisions of a run. The comparisons follow from the cells of the plan
 * alone, so they are fixed before anything is measured. Each generation gives
 * one value for each comparison: the median of its rounds' ratios. A decision
 * from these values is valid, even if they are judged again after every
 * generation (doc/METHOD). Holm's procedure corrects for the number of
 * comparisons in each family.
 *
 *   claim  the textbook's claim: the semaphore ring against pipe, FIFO and
 *          POSIX queue, in each condition that has both
 *   all    each ring against the other cells of its condition, except controls
 *          and the pairs of `claim`
 *
 * If the plan has twins (the same cell a second time, or slowed down), each of
 * them is compared only with its original, in the family `all`.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "run/run.h"

enum rep_family { REP_CLAIM, REP_ALL, REP_FAMILIES };

extern const char *const rep_family_names[];

struct rep_comparison {
	enum rep_family family;
	size_t condition;
	const struct run_cell *a, *b;
	struct stats_interval ratio; /* speed of a divided by speed of b */
	double p, p_equal, p_holm, cliff;
	double log_error; /* standard error of the ratio's logarithm */
	size_t generations;
	enum stats_verdict outcome;
};

/*
 * A mechanism in a condition, and how the fastest one (rank 0) compares with
 * it.
 */
struct rep_rank {
	const struct run_cell *cell;
	/* speed of rank 0 divided by the speed of `cell` */
	struct stats_interval ratio;
	enum stats_verdict outcome; /* how rank 0 fares against `cell` */
};

/* One condition on the map. */
struct rep_spot {
	size_t condition;
	struct rep_rank *rank; /* rank 0 is the fastest; the others by speed */
	size_t measured;       /* number of ranks */
	/*
	 * `ring` is the ring that fares best against the mechanisms that are
	 * not rings. `other` is its opponent in the comparison `decisive` or,
	 * if there is no such comparison, the fastest mechanism that is no
	 * ring. NULL: there is none.
	 */
	const struct run_cell *ring, *other;
	/* of `ring` with `other`, or NULL */
	const struct rep_comparison *decisive;
	struct stats_interval ratio;
	enum stats_verdict outcome; /* how `ring` fares against `other` */
	/*
	 * `starter` is the mechanism that is ready first. If start-up counts,
	 * the fastest mechanism is ahead of `starter` from `pays_from_bytes`
	 * on; 0: from the first byte on; NaN: unknown.
	 */
	const struct run_cell *starter;
	double pays_from_bytes;
};

/* How a ring fares in a condition, where it must beat all its rivals. */
enum rep_fate { REP_HOLDS, REP_FAILS, REP_TIES, REP_OPEN, REP_FATES };

extern const char *const rep_fate_names[]; /* "holds" ... */

/* The number of each fate: { "holds": 2, … }. NULL: no memory. */
json_t *rep_fates_json(const size_t n[REP_FATES]);

struct rep_verdict {
	const struct run *run;
	struct run_condition *condition;
	size_t conditions;
	struct rep_comparison *comparison;
	size_t comparisons, room;
	struct rep_spot *map;
	size_t spots;
	bool broken; /* memory ran out */
};

/*
 * Like run_read; then summarises the generations of each cell (summary.c). Call
 * run_free in any case.
 */
int rep_read(struct run *r, const char *dir, struct err *e);
int rep_read_until(struct run *r, const char *dir, int generation,
		   struct err *e);

/* summary.csv as a text to be freed; NULL: no memory. */
char *rep_summary(const struct run *r);

/*
 * Rounds a value to nine digits, on which two builds of ipcopy usually agree.
 */
double rep_round_off(double value);

/* Finds the conditions and comparisons; decides none of them. */
void rep_declare(struct rep_verdict *v, const struct run *r);

/* Decides the comparisons. */
void rep_judge(struct rep_verdict *v);

/* Makes the map. The comparisons must be decided before. */
void rep_survey(struct rep_verdict *v);
void rep_verdict_free(struct rep_verdict *v);

/*
 * The declared comparisons, for the manifest: { "claim": { "comparisons",
 * "generations_needed", "pairs" }, "all": … }, where "all" has the same members
 * except "pairs". With fewer generations than "generations_needed" a family of
 * that many comparisons cannot be decided. NULL: no memory.
 */
json_t *rep_hypotheses(const struct rep_verdict *v);

/*
 * The fewest generations with which a family of that many comparisons can be
 * decided, if all generations agree.
 */
size_t rep_generations_needed(const struct rep_verdict *v, size_t comparisons);

/* How many comparisons a family has. */
size_t rep_family_size(const struct rep_verdict *v, enum rep_family family);

/*
 * How the claim fares in a condition. *worst is the comparison that decides
 * this: of the comparisons with this outcome, the one with the lowest ratio.
 * False: no comparison of the claim was measured in the condition.
 */
bool rep_fate(const struct rep_verdict *v, size_t condition,
	      enum rep_fate *fate, const struct rep_comparison **worst);

/*
 * The comparison that decides a condition of the map: the claim's, else that of
 * the best ring; NULL: there is none.
 */
const struct rep_comparison *rep_deciding(const struct rep_verdict *v,
					  size_t condition);

/* How the best ring fares at a spot; false: there is no ring, or no rival. */
bool rep_spot_fate(const struct rep_spot *s, enum rep_fate *fate);

/* The fastest mechanism that rank 0 of a spot is shown to beat; NULL: none. */
const struct rep_rank *rep_next(const struct rep_spot *s);

/* The number of mechanisms at a spot against which rank 0 has this outcome. */
size_t rep_count_ranks(const struct rep_spot *s, enum stats_verdict outcome);

/* Turns logarithms into ratios; an end that is not known becomes NaN. */
struct stats_interval rep_as_ratio(struct stats_interval log);

/* --- for the files of this folder ----------------------------------------- */

/*
 * Measures a comparison that was not declared, and decides it as a member of a
 * family of `family` comparisons. `d` has room for the generations of a cell.
 */
void rep_decide_one(struct rep_comparison *c, const struct run *r, double *d,
		    size_t family);

/* Fills in the ring of a spot and its rival. The ranks must be known. */
void rep_find_ring(const struct rep_verdict *v, struct rep_spot *s);

/*
 * Fills in the starter of a spot, and the size from which on the fastest is
 * ahead.
 */
void rep_find_start(struct rep_spot *spot, const struct run_condition *k);

/* The fate of a ring in a comparison with this outcome. */
extern const enum rep_fate rep_fate_of[];

/* True if a cell may be compared at all: it could run and is not a control. */
bool rep_can_take_part(const struct run_cell *c);

/* The most generations that a cell of the run has, and at least 1. */
size_t rep_most_generations(const struct run *r);

#endif
