/*
 * The output file: written under no name or a temporary one, and put in its
 * place once it is complete and verified. Until then the destination is
 * unchanged.
 */
#ifndef COPY_OUTPUT_H
#define COPY_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/lease.h"
#include "copy/side.h"

struct output {
	int fd;
	const char *path; /* as the user gave it */
	bool stream;      /* standard output */
	bool nowhere;     /* no file at all */
	/* overwrite the file that is there, without replacing it */
	bool in_place;
	int dir_fd; /* the directory of the file, with links resolved */
	char dir[PATH_MAX];
	char base[NAME_MAX + 1];
	char temp[NAME_MAX + 1]; /* the temporary name, if there is one */
	bool replaces;           /* there was a file before */
	bool preserve;           /* owner, permissions and times of the input */
	uint64_t written_bytes;
	bool sparse; /* leave holes where a block is all zeros */
	struct lease *lease;
};

#define OUTPUT_INIT                    \
	{                              \
		.fd = -1, .dir_fd = -1 \
	}

/*
 * Opens the output: a regular file, which may exist or not, or "-". 0 or
 * -errno.
 */
int output_open(struct output *o, const char *path, struct lease *lease,
		struct err *e);

/* Opens the existing regular file, to overwrite it. 0 or -errno. */
int output_open_over(struct output *o, const char *path, struct err *e);

/* Returns an error if this is the file that is read. */
int output_refuse_same(const struct output *o, dev_t dev, ino_t ino,
		       struct err *e);

/* Writes all of it. 0 or -errno. */
int output_write(struct output *o, const void *buf, size_t len,
		 struct copy_side *side);

/*
 * Prepares for the next transfer: a new file if one is made, or the start of
 * the same file if it is overwritten. Not for a stream.
 */
int output_again(struct output *o, struct err *e);

/* Returns an error if the length is not what was written. */
int output_check(const struct output *o, struct err *e);

/*
 * Puts the file in its place. As with cp, a new file gets the permissions of
 * `like` less those that the umask takes away, and an existing file keeps its
 * own. With `preserve` it gets all permissions, the owner and the times of
 * `like`.
 */
int output_commit(struct output *o, const struct stat *like, struct err *e);

/*
 * Without an output_commit before, leaves nothing behind. Calling it twice is
 * harmless.
 */
void output_close(struct output *o);

#endif
