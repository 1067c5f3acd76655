/* Finds ipcopy's own files, beside the program or where they are installed. */
#ifndef MEASURE_FIND_H
#define MEASURE_FIND_H

#include <stddef.h>

#include "base/err.h"

/* Finds the plan of that name that comes with ipcopy. 0 or -ENOENT. */
int find_plan(const char *name, char *path, size_t size, struct err *e);

/*
 * Finds the program that measures a generation. -ENOTSUP: this program is
 * missing. For tests, IPCOPY_CELL in the environment names another program.
 */
int find_cell(char *path, size_t size, struct err *e);

#endif
