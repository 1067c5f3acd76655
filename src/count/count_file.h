/* Files of our own that a counted copy needs, removed with their lease. */
#ifndef COUNT_COUNT_FILE_H
#define COUNT_COUNT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/lease.h"

/* The seed of the file's contents (copy/pattern.h). */
#define COUNT_FILE_SEED 1

struct count_files {
	struct lease lease;
	char src[4096], dst[4096];
};

/*
 * Makes a file src with `bytes` bytes of a pattern, in `dir` (NULL: where
 * TMPDIR says), and a name for the copy. 0 or -errno; call count_files_end in
 * both cases.
 */
int count_files_make(struct count_files *f, const char *dir, uint64_t bytes,
		     struct err *e);
void count_files_end(struct count_files *f);

/*
 * Makes up the absolute path of a new file or folder in `dir` (NULL: where
 * TMPDIR says), for a lease. 0 or -errno.
 */
int count_file_name(const char *dir, const char *what, char *path, size_t size,
		    struct err *e);

#endif
