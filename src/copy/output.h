/*
 * The output file: written out of sight, and put in its place once it is
 * complete and verified. Until then the destination is unchanged.
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
	bool in_place;    /* the file that is there, as it lies */
	int dir_fd;       /* the directory of the file, links resolved */
	char dir[PATH_MAX];
	char base[NAME_MAX + 1];
	char temp[NAME_MAX + 1]; /* the name beside it, once there is one */
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

/* Regular files, present or not, and "-". 0 or -errno. */
int output_open(struct output *o, const char *path, struct lease *lease,
		struct err *e);

/* The regular file that is there, to be overwritten. 0 or -errno. */
int output_open_over(struct output *o, const char *path, struct err *e);

/* An error if this is the very file that is read. */
int output_refuse_same(const struct output *o, dev_t dev, ino_t ino,
		       struct err *e);

/* Writes all of it. 0 or -errno. */
int output_write(struct output *o, const void *buf, size_t len,
		 struct copy_side *side);

/*
 * For the next transfer: a new file instead of one that was made, the same from
 * its start where it is overwritten. Not for a stream.
 */
int output_again(struct output *o, struct err *e);

/* An error if it does not have the length that was written. */
int output_check(const struct output *o, struct err *e);

/*
 * Puts it in its place. As with cp, a new file has the permissions of `like`
 * but what the umask takes away, and one that was there keeps its own. With
 * `preserve` it has all permissions, the owner and the times of `like`.
 */
int output_commit(struct output *o, const struct stat *like, struct err *e);

/* Without output_commit, leaves nothing behind. Twice is harmless. */
void output_close(struct output *o);

#endif
