/*
 * The user's own runtime directory, mode 0700, for leases, for FIFOs, and for
 * the sockets at which a server and a client meet.
 */
#ifndef BASE_RUN_DIR_H
#define BASE_RUN_DIR_H

#include <stddef.h>

#include "base/err.h"

/*
 * Writes the path of the directory to `path`, and makes the directory if it is
 * missing. It lies in XDG_RUNTIME_DIR or /run/user/UID if this user owns that
 * and may write to it, and otherwise in the first of /tmp, /dev/shm and
 * /var/tmp where it is usable. A directory that belongs to another user, or is
 * open to others, is refused. 0 or -errno.
 */
int run_dir(char *path, size_t size, struct err *e);

#endif
