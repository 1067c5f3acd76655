/*
 * What a run decides. Which comparisons there are follows from the cells of
 * the plan alone, so that they stand before anything is measured. A generation
 * gives one value for each, the median of its rounds' ratios; what these decide
 * holds however often one looks (doc/METHOD), and Holm's procedure goes over
 * each family.
 *
 *   claim  the textbook's: the semaphore ring against pipe, FIFO and POSIX
 *          queue, in every condition
 *   all    every ring against everything else there
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
	struct stats_interval ratio; /* speed of a over speed of b */
	double p, p_equal, p_holm, cliff;
	size_t generations;
	enum stats_verdict outcome;
};

/* One condition on the map. */
struct rep_spot {
	size_t condition;
	const struct run_cell **best; /* more than one: a tie */
	size_t bests;
	size_t measured;                     /* mechanisms that were */
	const struct run_cell *ring, *other; /* the best of each, or NULL */
	struct stats_interval ratio;
	enum stats_verdict outcome; /* of the ring; undecided without either */
	/*
	 * The cheapest to set up, and from how many bytes on the fastest is
	 * ahead of it, set-up and first transfer counted: 0 from the first byte
	 * on, NaN where nobody knows.
	 */
	const struct run_cell *starter;
	double pays_from_bytes;
};

/* How the claim fares in conditions: it must beat all that are there. */
enum rep_fate { REP_HOLDS, REP_FAILS, REP_TIES, REP_OPEN, REP_FATES };

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
 * As run_read, and fills in what is made of the cells' groups (summary.c).
 * run_free is due in any case.
 */
int rep_read(struct run *r, const char *dir, struct err *e);
int rep_read_until(struct run *r, const char *dir, int generation,
		   struct err *e);

/* summary.csv as a text to be freed; NULL: no memory. */
char *rep_summary(const struct run *r);

/* A double with so many digits that two builds agree on them. */
double rep_round_off(double value);

/* Conditions and comparisons, without any outcome. */
void rep_declare(struct rep_verdict *v, const struct run *r);

/* The outcomes, and the map. */
void rep_judge(struct rep_verdict *v);
void rep_verdict_free(struct rep_verdict *v);

/*
 * The comparisons that were declared, for the manifest: { "claim": {
 * "comparisons", "generations_needed", "pairs" }, "all": the same but for pairs
 * }. With fewer generations a family cannot be decided. NULL: no memory.
 */
json_t *rep_hypotheses(const struct rep_verdict *v);

/* Generations that all agree, with which a family so large can be decided. */
size_t rep_generations_needed(const struct rep_verdict *v, size_t comparisons);

/* How many comparisons a family has. */
size_t rep_family_size(const struct rep_verdict *v, enum rep_family family);

/*
 * How the claim fares in a condition. *worst is the comparison that decides
 * it: of those with that outcome, the one that is hardest for the ring. False:
 * the claim is not tried there.
 */
bool rep_fate(const struct rep_verdict *v, size_t condition,
	      enum rep_fate *fate, const struct rep_comparison **worst);

/*
 * For each generation that both have, the median over its rounds of the
 * logarithm of a's speed over b's. Room for as many as either has. Returns how
 * many.
 */
size_t rep_log_ratios(const struct run_cell *a, const struct run_cell *b,
		      double *to);

#endif
