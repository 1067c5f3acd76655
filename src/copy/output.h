/*
 * The output file. It is written without a name, or under a temporary name, and
 * is put in its place once it is complete, and verified if that is wanted.
 * Until then the destination is unchanged. Only if `in_place` is set, the
 * destination itself is overwritten.
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
	bool nowhere;     /* no file is written */
	/* overwrite the existing file instead of replacing it */
	bool in_place;
	int dir_fd; /* the directory of the file, without symbolic links */
	char dir[PATH_MAX];
	char base[NAME_MAX + 1];
	char temp[NAME_MAX + 1]; /* the temporary name, if there is one */
	bool replaces;           /* the file existed before */
	bool preserve;           /* keep owner, permissions, times */
	uint64_t written_bytes;
	bool sparse; /* leave holes where a block is all zeros */
	struct lease *lease;
};

#define OUTPUT_INIT                    \
	{                              \
		.fd = -1, .dir_fd = -1 \
	}

/*
 * Opens the output: a regular file, which may exist or not, or standard output
 * for "-". 0 or -errno.
 */
int output_open(struct output *o, const char *path, struct lease *lease,
		struct err *e);

/* Opens an existing regular file, to overwrite it. 0 or -errno. */
int output_open_over(struct output *o, const char *path, struct err *e);

/*
 * Returns an error if the output file is the input, which has that dev and ino.
 * Standard output is not checked.
 */
int output_refuse_same(const struct output *o, dev_t dev, ino_t ino,
		       struct err *e);

/* Writes all `len` bytes. 0 or -errno. */
int output_write(struct output *o, const void *buf, size_t len,
		 struct copy_side *side);

/*
 * Prepares for the next transfer: makes a new file, or goes back to the start
 * of a file that is overwritten. Must not be called for a stream.
 */
int output_again(struct output *o, struct err *e);

/* Returns an error if the file does not have the length that was written. */
int output_check(const struct output *o, struct err *e);

/*
 * Puts the file in its place. A new file gets the permissions of `like` without
 * those that the umask takes away. A file that replaces an old one gets the old
 * one's permissions, and its owner and group if the user may set them. Neither
 * gets a set-ID bit or a sticky bit. With `preserve` the file gets the
 * permissions, the owner and the times of `like`. If the owner cannot be set,
 * the file gets no set-ID bit and no sticky bit.
 */
int output_commit(struct output *o, const struct stat *like, struct err *e);

/*
 * Closes the output. Without an output_commit before, a new file is lost: it
 * has no name, or the lease removes it. Calling it twice is harmless.
 */
void output_close(struct output *o);

#endif
