/*
 * Two runs held against each other, cell by cell. Rounds of different runs
 * belong to different hours, so they are not paired.
 */
#ifndef JUDGE_COMPARE_H
#define JUDGE_COMPARE_H

#include "judge/words.h"

struct rep_pairing {
	const struct run_cell *a, *b;
	struct stats_interval ratio; /* speed of b over speed of a */
	double p, p_holm, cliff;
	enum stats_verdict outcome; /* of b */
	bool beyond;                /* slower, and all of it beyond the gate */
};

struct rep_difference {
	char *what; /* "machine.kernel" */
	char *a, *b;
	bool identity; /* another machine, not only another setting */
};

struct rep_compare {
	const struct run *a, *b;
	double gate; /* NaN: none */
	struct rep_pairing *pair;
	size_t pairs;
	const struct run_cell **only_a, **only_b;
	size_t in_a, in_b; /* how many of these */
	struct rep_difference *difference;
	size_t differences;
	bool broken; /* memory ran out */
};

/* What differs between the manifests. */
void rep_compare_init(struct rep_compare *c, const struct run *a,
		      const struct run *b, double gate);

/* The cells. */
void rep_compare_cells(struct rep_compare *c);
void rep_compare_free(struct rep_compare *c);

/* Whether the runs are of different machines. */
bool rep_other_machine(const struct rep_compare *c);

size_t rep_count_outcome(const struct rep_compare *c,
			 enum stats_verdict outcome);
size_t rep_count_beyond(const struct rep_compare *c);

/* The answer in one sentence, to be freed; NULL: no memory. */
char *rep_compare_sentence(const struct rep_compare *c);

/* What else must be known: cells without a partner, another pace. */
void rep_compare_findings(const struct rep_compare *c, struct rep_lines *l);

/* All of it as JSON, to be freed; NULL: no memory. */
char *rep_compare_json(const struct rep_compare *c);

#endif
