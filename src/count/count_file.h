/*
 * Makes the input of a counted copy and a name for its output. A lease
 * (base/lease.h) removes both files.
 */
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
 * TMPDIR says), and a name for the copy. 0 or -errno. Call count_files_end in
 * both cases: it removes the two files.
 */
int count_files_make(struct count_files *f, const char *dir, uint64_t bytes,
		     struct err *e);
void count_files_end(struct count_files *f);

/*
 * Makes up a new name in `dir` (NULL: where TMPDIR says) and writes its
 * absolute path, which a lease needs, to `path`. Creates nothing. 0 or -errno.
 */
int count_file_name(const char *dir, const char *what, char *path, size_t size,
		    struct err *e);

#endif
