/* The lines of samples.csv, sorted into cells and rounds: for run.c only. */
#ifndef JUDGE_RUN_ROWS_H
#define JUDGE_RUN_ROWS_H

#include "judge/run.h"

struct rep_cell *rows_find(const struct rep_run *r, const char *name);

/* NULL: no memory. `name` must outlive the run. */
struct rep_cell *rows_new_cell(struct rep_run *r, const char *name);

/* Sorts r->samples into cells; those not planned are added as they come. */
int rows_take(struct rep_run *r, struct err *e);

#endif
