/*
 * A run in the formats of other programs: those that watch speeds over time,
 * those that read tables, and those that show tests.
 */
#ifndef JUDGE_EXPORT_H
#define JUDGE_EXPORT_H

#include "judge/gate.h"

/*
 * These functions return a text that the caller frees; NULL: no memory. If
 * `bigger` is true, the text has only the metrics of which a bigger value is
 * better, otherwise only those of which a smaller value is better.
 */
char *rep_export_bmf(const struct run *r);
char *rep_export_github(const struct run *r, bool bigger);
char *rep_export_openmetrics(const struct run *r);
char *rep_export_csv(const struct run *r);
/*
 * The cells of a run as tests; or the cells of two runs with a gate. A cell
 * that keeps the gate undecided is an error, skipped or a failure, as `how`
 * says.
 */
char *rep_export_junit(const struct run *r);
char *rep_export_junit_gate(const struct rep_compare *c,
			    enum rep_undecided how);

#endif
