/* Options of bench that replace keys of a plan. */
#ifndef CLI_BENCH_CHOICE_H
#define CLI_BENCH_CHOICE_H

#include "args/opts.h"
#include "measure/plan.h"

/*
 * Readers of options whose field is a struct meas_choice. The name of the
 * option says which key of a plan it sets.
 */
opt_take choice_via;   /* --via M, which may be repeated */
opt_take choice_words; /* --size 4K,64K and similar options */
opt_take choice_cpus;  /* --cpus 0,1, which replaces the places of the grids */
/* --margin 3% and similar options, which set keys of the plan itself */
opt_take choice_text;

void choice_begin(struct meas_choice *c);
void choice_free(struct meas_choice *c);

/* True if these options name mechanisms, so that no other plan is needed. */
bool choice_is_plan(const struct meas_choice *c);

/*
 * Settings of --via that are conditions, such as depth, become options, which
 * hold for all mechanisms. -EINVAL: an option is missing or contradicts such a
 * setting. `plan` is the plan to be changed; NULL: there is none.
 */
int choice_settle(struct meas_choice *c, const char *plan, struct err *e);

/* In the error of a refused plan, puts options in place of the plan's keys. */
void choice_name_options(const struct meas_choice *c, struct err *e);

/* Writes a plan into a file, with the options in it. 0 or -errno. */
int choice_save(const struct meas_plan *plan, const char *path, struct err *e);

#endif
