/*
 * A gate between two runs. It passes only if every gated cell is shown to be no
 * slower than the gate allows. doc/METHOD says what a pass promises.
 */
#ifndef JUDGE_GATE_H
#define JUDGE_GATE_H

#include "judge/compare.h"

enum rep_gate_result {
	/* every gated cell is within, or all counts are the same */
	REP_GATE_PASSED,
	REP_GATE_FAILED,    /* some cell is beyond, or some counts differ */
	REP_GATE_UNDECIDED, /* neither of the two is shown */
};

extern const char *const rep_gate_results[]; /* "passed" …, NULL */
extern const char *const rep_gate_states[];  /* "none", "within" …, NULL */

/* How to treat a gate that has neither passed nor failed. */
enum rep_undecided {
	REP_UNDECIDED_TELL, /* report it as a result of its own */
	REP_UNDECIDED_PASS, /* let it pass */
	REP_UNDECIDED_FAIL  /* let it fail */
};

extern const char *const rep_undecided_names[]; /* "tell" …, NULL */

struct rep_gate {
	enum rep_gate_result result;
	size_t cell[REP_GATE_STATES]; /* number of cells in each state */
	size_t missing;               /* gated cells without a partner */
	/*
	 * The slowdown, as a share, that would have been shown to be beyond the
	 * gate in half of the cells (`usual`) and in all of them (`worst`);
	 * NaN: unknown.
	 */
	double usual, worst;
	/* the pair of cells with the value `worst` */
	const struct rep_pairing *bluntest;
};

/* True if a cell of the first run must have a partner in the second. */
bool rep_is_gated(const struct run_cell *a);

/*
 * Fills in `state` and `detectable` of a pair, whose ratio and p_holm must be
 * known.
 */
void rep_gate_pair(const struct rep_compare *c, struct rep_pairing *p);

/* The result over all cells. */
struct rep_gate rep_gate_of(const struct rep_compare *c);

/*
 * The comparison of the counts in copies.csv. `result` depends on these counts
 * alone, not on speeds.
 */
struct rep_counts {
	enum rep_gate_result result;
	size_t compared, different, missing;
};

/* Adds a line to `l` for each row that keeps the gate from passing. */
struct rep_counts rep_gate_counts(const struct rep_compare *c,
				  struct rep_lines *l);

/*
 * The first count that differs, in words. *from is set to this count of `a`,
 * and *to to that of `b`. NULL: no count differs.
 */
const char *rep_counts_differ(const struct run_copies *a,
			      const struct run_copies *b, double *from,
			      double *to);

/* The answer in one sentence. The caller frees it; NULL: no memory. */
char *rep_counts_sentence(const struct rep_counts *n);

/* The worst result of all gates that were asked for. */
enum rep_gate_result rep_gates_result(const struct rep_compare *c);

/* The answer in one or two sentences. The caller frees it; NULL: no memory. */
char *rep_gate_sentence(const struct rep_compare *c);

#endif
