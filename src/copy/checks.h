/* The checks after a file's last byte, outside the timed part. */
#ifndef COPY_CHECKS_H
#define COPY_CHECKS_H

#include "copy/worker.h"

/* Hashes what is in `fd` now, a piece at a time, telling the peer we live. */
int check_hash_file(struct work *w, int fd, const char *path, uint64_t len);

/* For files that cannot be read twice the hash is taken in passing. */
int check_hash_in_passing(struct work *w, bool wanted);

#endif
