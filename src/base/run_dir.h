/* The user's own directory for meeting places and leases, mode 0700. */
#ifndef BASE_RUN_DIR_H
#define BASE_RUN_DIR_H

#include <stddef.h>

#include "base/err.h"

/*
 * Puts the path of the directory into `path`, and makes the directory if it is
 * missing. A directory that belongs to another user, or that others may enter,
 * is refused, and the next place is tried. If XDG_RUNTIME_DIR names the place,
 * there is no next one. 0 or -errno.
 */
int run_dir(char *path, size_t size, struct err *e);

#endif
