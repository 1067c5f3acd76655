/* Hashes files, to verify that a copy has the bytes of its input. */
#ifndef COPY_CHECKS_H
#define COPY_CHECKS_H

#include "copy/worker.h"

/*
 * Hashes a file that should have `len` bytes, and sets side->hash. Every 32 MiB
 * it tells the peer that this side is alive.
 */
int check_hash_file(struct work *w, int fd, const char *path, uint64_t len);

/*
 * For a file that cannot be read twice: if `wanted`, prepares a hash that is
 * computed while the bytes pass.
 */
int check_hash_in_passing(struct work *w, bool wanted);

#endif
