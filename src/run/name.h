/*
 * The name of a cell, which is unique in its run. It is
 * SPEC|workload|sink|cache|place|pairs. If the cell has a dose of extra work
 * (copy/dose.h), "|copies=2+0" follows. Two suffixes serve to test the
 * statistics: "|+5%" (a lag) marks a cell that is made slower by 5 %, and
 * "|twin1" (a twin) one that is measured a second time.
 */
#ifndef RUN_NAME_H
#define RUN_NAME_H

#include <stddef.h>

#include "copy/dose.h"
#include "run/condition.h"

/* Writes a name. `spec` has size, depth and wait; `k` has the other parts. */
void run_name_put(char *buf, size_t size, const char *spec,
		  const struct run_condition *k);

/* These functions append a lag, or the number of a twin; nothing for 0. */
void run_name_add_lag(char *buf, size_t size, int percent);
void run_name_add_twin(char *buf, size_t size, int twin);

/* Appends the text of a dose; appends nothing for "". */
void run_name_add_dose(char *buf, size_t size, const char *dose);

/* The lengths of the spec, and of the name without dose, lag and twin. */
size_t run_name_spec(const char *name);
size_t run_name_base(const char *name);

/* The lag in per cent, and the number of the twin; 0 if the name has none. */
int run_name_lag(const char *name);
int run_name_twin(const char *name);

/* Reads the dose from a name, and returns the text of the dose; "": none. */
const char *run_name_dose(const char *name, struct dose *dose);

#endif
