/* Runs of several hosts, for people and for programs. */
#ifndef CLI_FLEET_SHOW_H
#define CLI_FLEET_SHOW_H

#include "args/command.h"
#include "fleet/fleet.h"
#include "text/table.h"

/* More runs than any command line has room for. */
#define RUNS_MAX 1000000

/*
 * Reads the runs into `f`, which must be empty except for f->judge. Leaves out
 * runs that cannot be used. Names these runs on standard error, unless `told`
 * says that the caller names them. Refuses the runs if fewer than two can be
 * used, and then names those left out in any case. Call fleet_free afterwards,
 * also after a failure.
 */
enum exit_code fleet_of(struct fleet *f, const char *const *runs, bool told);

/* Texts to be freed; NULL: no memory. */
char *fleet_human(const struct fleet *f);
char *fleet_csv(const struct fleet *f);

#endif
