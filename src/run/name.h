/*
 * The name of a cell, unique in its run: SPEC|workload|sink|cache|place|pairs,
 * behind it the dose of extra work, "|copies=2+0" (copy/dose.h), and for
 * calibration "|+5%" and "|twin1".
 */
#ifndef RUN_NAME_H
#define RUN_NAME_H

#include <stddef.h>

#include "copy/dose.h"
#include "run/condition.h"

/* The spec has size, depth and wait. The rest is the condition. */
void run_name_put(char *buf, size_t size, const char *spec,
		  const struct run_condition *k);

/* For 0 both append nothing. */
void run_name_add_lag(char *buf, size_t size, int percent);
void run_name_add_twin(char *buf, size_t size, int twin);

/* Appends the dose, which is a text; nothing for "". */
void run_name_add_dose(char *buf, size_t size, const char *dose);

/* How many letters the spec has, and the name without lag and twin. */
size_t run_name_spec(const char *name);
size_t run_name_base(const char *name);

/* 0 if the name has none. */
int run_name_lag(const char *name);
int run_name_twin(const char *name);

/* Reads the dose from the name, and returns its text there; "": none. */
const char *run_name_dose(const char *name, struct dose *dose);

#endif
