/* Finds ipcopy's own files, beside the program or where they are installed. */
#ifndef MEASURE_FIND_H
#define MEASURE_FIND_H

#include <stddef.h>

#include "base/err.h"

/* The plan of that name that comes with ipcopy. 0 or -ENOENT. */
int find_plan(const char *name, char *path, size_t size, struct err *e);

/*
 * The program that measures one cell. -ENOTSUP: ipcopy was built without it.
 * IPCOPY_CELL in the environment names another one, for tests.
 */
int find_cell(char *path, size_t size, struct err *e);

#endif
