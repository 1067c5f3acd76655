/* Files of our own that a counted copy needs, removed with their lease. */
#ifndef COUNT_COUNT_FILE_H
#define COUNT_COUNT_FILE_H

#include <stdint.h>

#include "base/err.h"
#include "base/lease.h"

/* The word that the file begins with (copy/pattern.h). */
#define COUNT_FILE_SEED 1

struct count_files {
	struct lease lease;
	char src[4096], dst[4096];
};

/*
 * `bytes` that are no zeros in src, in `dir` (NULL: as TMPDIR says), and a name
 * for the copy. 0 or -errno; count_files_end either way.
 */
int count_files_make(struct count_files *f, const char *dir, uint64_t bytes,
		     struct err *e);
void count_files_end(struct count_files *f);

#endif
