/* The options of bench that stand for keys of a plan. */
#ifndef CLI_BENCH_CHOICE_H
#define CLI_BENCH_CHOICE_H

#include "args/opts.h"
#include "measure/plan.h"

/* Options that take a field of this type; their names are keys of a plan. */
opt_take choice_via;   /* --via M, again and again */
opt_take choice_words; /* --size 4K,64K and the like */
opt_take choice_cpus;  /* --cpus 0,1, in place of the grids' places */
opt_take choice_text;  /* --margin 3% and the like: keys of the plan itself */

void choice_begin(struct meas_choice *c);
void choice_free(struct meas_choice *c);

/* Whether a plan can be made of it alone. */
bool choice_is_plan(const struct meas_choice *c);

/* Writes a plan as it was read, for --save-plan. 0 or -errno. */
int choice_save(const struct meas_plan *plan, const char *path, struct err *e);

#endif
