/*
 * A gate between two runs: it is open only where every cell is known to be no
 * slower than it allows. doc/METHOD says what a pass promises.
 */
#ifndef JUDGE_GATE_H
#define JUDGE_GATE_H

#include "judge/compare.h"

enum rep_gate_result {
	REP_GATE_PASSED,    /* every gated cell is decided to be within */
	REP_GATE_FAILED,    /* some cell is beyond, or its counts differ */
	REP_GATE_UNDECIDED, /* neither is known */
};

extern const char *const rep_gate_results[]; /* "passed" …, NULL */
extern const char *const rep_gate_states[];  /* "none", "within" …, NULL */

struct rep_gate {
	enum rep_gate_result result;
	size_t cell[REP_GATE_STATES]; /* how many are in each state */
	size_t missing;               /* gated cells without a partner */
	/* The slowdown that would have been seen, a share; NaN: unknown. */
	double usual, worst;
	const struct rep_pairing *bluntest; /* the cell of `worst` */
};

/* Whether a cell of the first run must have its equal in the second. */
bool rep_is_gated(const struct run_cell *a);

/* Fills in the state of a pair, once its ratio is known. */
void rep_gate_pair(const struct rep_compare *c, struct rep_pairing *p);

/* What the cells come to together. */
struct rep_gate rep_gate_of(const struct rep_compare *c);

/* Why a run is not complete; NULL: it is. */
const char *rep_unfinished(const struct run *r);

/* The answer in one or two sentences, to be freed; NULL: no memory. */
char *rep_gate_sentence(const struct rep_compare *c);

#endif
