/* The user's own directory for meeting places and leases, mode 0700. */
#ifndef BASE_RUN_DIR_H
#define BASE_RUN_DIR_H

#include <stddef.h>

#include "base/err.h"

/*
 * Makes it where it is missing and puts its path into `path`. Refuses one that
 * belongs to another user or that others may enter, and takes the next place
 * instead unless XDG_RUNTIME_DIR says where it is. 0 or -errno.
 */
int run_dir(char *path, size_t size, struct err *e);

#endif
