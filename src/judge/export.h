/* Writes a run in the formats of programs that watch speeds over time. */
#ifndef JUDGE_EXPORT_H
#define JUDGE_EXPORT_H

#include "judge/gate.h"

/* Texts to be freed; NULL: no memory. */
char *rep_export_bmf(const struct run *r);
char *rep_export_github(const struct run *r, bool bigger);
char *rep_export_openmetrics(const struct run *r);
char *rep_export_csv(const struct run *r);
/* The cells of a run as tests; or those of two runs with a gate. */
char *rep_export_junit(const struct run *r);
char *rep_export_junit_gate(const struct rep_compare *c);

#endif
