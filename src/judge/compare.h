/*
 * Two runs held against each other, cell by cell. Rounds of different runs
 * belong to different hours, so they are not paired.
 */
#ifndef JUDGE_COMPARE_H
#define JUDGE_COMPARE_H

#include "judge/words.h"

/* A cell under a gate (judge/gate.h). */
enum rep_gate_state {
	REP_GATE_NONE,   /* no gate, a control, or one that cannot run there */
	REP_GATE_WITHIN, /* all of its interval is */
	REP_GATE_BEYOND, /* slower, and all of its interval is beyond */
	REP_GATE_OPEN,   /* its interval has the gate within */
	REP_GATE_BROKEN, /* it failed, in either run */
	REP_GATE_STATES
};

struct rep_pairing {
	const struct run_cell *a, *b;
	struct stats_interval ratio; /* speed of b over speed of a */
	double p, p_holm, cliff;
	enum stats_verdict outcome; /* of b */
	enum rep_gate_state state;
	double detectable; /* a slowdown that would be beyond; NaN: unknown */
};

struct rep_difference {
	char *what; /* "machine.kernel" */
	char *a, *b;
	bool identity; /* another machine, not only another setting */
};

struct rep_compare {
	const struct run *a, *b;
	double gate; /* NaN: none */
	bool counts; /* and what was counted must be the same */
	struct rep_pairing *pair;
	size_t pairs;
	const struct run_cell **only_a, **only_b;
	size_t in_a, in_b; /* how many of these */
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

/* Whether the runs are of different machines. */
bool rep_other_machine(const struct rep_compare *c);

size_t rep_count_outcome(const struct rep_compare *c,
			 enum stats_verdict outcome);

/* The answer in one sentence, to be freed; NULL: no memory. */
char *rep_compare_sentence(const struct rep_compare *c);

/* Other findings: cells without a partner, another pace. */
void rep_compare_findings(const struct rep_compare *c, struct rep_lines *l);

/* All of it as JSON, to be freed; NULL: no memory. */
char *rep_compare_json(const struct rep_compare *c);

#endif
