/*
 * The settings of a mechanism: defaults, allowed values, values that work here.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "text/table.h"
#include "transport/transport.h"

/* The predicted copies of each byte, made by the kernel or by a process. */
int settings_copies(const struct tr_spec *spec, int by);

/* For programs: one row for each setting. */
struct table *settings_table(const struct transport *ops);

/* For people: everything that is known about a mechanism. 0, or -ENOMEM. */
int settings_show(const struct transport *ops);

#endif
