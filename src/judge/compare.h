/*
 * Compares two runs, cell by cell. Rounds of different runs were not measured
 * at the same time, so they are not paired.
 */
#ifndef JUDGE_COMPARE_H
#define JUDGE_COMPARE_H

#include "judge/words.h"

/* The state of a cell under a gate (judge/gate.h). */
enum rep_gate_state {
	/*
	 * there is no gate, or the cell is a control or could not run in the
	 * first run
	 */
	REP_GATE_NONE,
	REP_GATE_WITHIN, /* the whole interval is within the gate */
	/* the cell is slower, and its whole interval is beyond the gate */
	REP_GATE_BEYOND,
	REP_GATE_OPEN, /* not shown to be within, and not shown to be beyond */
	/*
	 * not beyond, but a run has no good generation of the cell, or the cell
	 * failed at least once in the second run
	 */
	REP_GATE_BROKEN,
	REP_GATE_STATES
};

struct rep_pairing {
	const struct run_cell *a, *b;
	struct stats_interval ratio; /* speed of b divided by speed of a */
	double p, p_holm, cliff;
	enum stats_verdict outcome; /* whether b is faster than a */
	enum rep_gate_state state;
	/*
	 * the smallest slowdown that would have been shown to be beyond the
	 * gate; NaN: unknown
	 */
	double detectable;
};

struct rep_difference {
	char *what; /* "machine.kernel" */
	char *a, *b;
	bool identity; /* a key that tells machines apart, not just settings */
};

struct rep_compare {
	const struct run *a, *b;
	double gate; /* NaN: none */
	bool counts; /* the counts of both runs must be the same, too */
	struct rep_pairing *pair;
	size_t pairs;
	const struct run_cell **only_a, **only_b;
	size_t in_a, in_b; /* number of cells in only_a and only_b */
	struct rep_difference *difference;
	size_t differences;
	bool broken; /* memory ran out */
};

/* Finds the differences between the manifests. */
void rep_compare_init(struct rep_compare *c, const struct run *a,
		      const struct run *b, double gate);

/* Pairs and judges the cells. */
void rep_compare_cells(struct rep_compare *c);
void rep_compare_free(struct rep_compare *c);

/* True if the manifests show that the runs were made on different machines. */
bool rep_other_machine(const struct rep_compare *c);

size_t rep_count_outcome(const struct rep_compare *c,
			 enum stats_verdict outcome);

/* The answer in one sentence. The caller frees it; NULL: no memory. */
char *rep_compare_sentence(const struct rep_compare *c);

/*
 * Reasons why cells may differ although nothing was changed: a machine that was
 * not quiet, or that had another speed in the second run.
 */
void rep_compare_noise(const struct rep_compare *c, struct rep_lines *l);

/* Other findings, such as cells without a partner. */
void rep_compare_findings(const struct rep_compare *c, struct rep_lines *l);

/* The comparison as JSON. The caller frees it; NULL: no memory. */
char *rep_compare_json(const struct rep_compare *c);

#endif
