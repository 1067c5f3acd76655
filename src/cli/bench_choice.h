/* Options of bench that replace keys of a plan. */
#ifndef CLI_BENCH_CHOICE_H
#define CLI_BENCH_CHOICE_H

#include "args/opts.h"
#include "measure/plan.h"

/*
 * Readers of options whose field is a struct meas_choice. Each option sets a
 * key of the plan or of its grids.
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
 * If the mechanisms of --via have the settings size, depth or wait, turns these
 * settings into options, which hold for all mechanisms. -EINVAL: such a setting
 * is not the same for all mechanisms, or its option is given, too; or a
 * mechanism has the setting capacity; or --size is missing. `plan` names the
 * plan to be changed; NULL: there is none.
 */
int choice_settle(struct meas_choice *c, const char *plan, struct err *e);

/* In the error of a refused plan, names options in place of the plan's keys. */
void choice_name_options(const struct meas_choice *c, struct err *e);

/* Writes a plan, which includes the options, into a file. 0 or -errno. */
int choice_save(const struct meas_plan *plan, const char *path, struct err *e);

#endif
