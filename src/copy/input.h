/*
 * The input file: opens it, reads it, and checks at the end whether it has
 * changed.
 */
#ifndef COPY_INPUT_H
#define COPY_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "copy/side.h"

struct input {
	int fd;
	const char *path; /* as the user gave it */
	/* standard input: it has no length and cannot be read twice */
	bool stream;
	uint64_t len; /* COPY_LENGTH_UNKNOWN for a stream */
	struct stat st;
};

#define INPUT_INIT       \
	{                \
		.fd = -1 \
	}

/* Opens a regular file, or standard input for "-". 0 or -errno. */
int input_open(struct input *in, const char *path, struct err *e);

/* Reads up to `len` bytes. Returns their number, or -errno; 0: the end. */
ssize_t input_read(struct input *in, void *buf, size_t len,
		   struct copy_side *side);

/*
 * Goes back to the start, and gets the length again. Must not be called for a
 * stream.
 */
int input_rewind(struct input *in, struct err *e);

/*
 * Returns an error if the file has changed since it was opened or rewound, or
 * has more bytes than its length says. A stream is not checked.
 */
int input_unchanged(const struct input *in, uint64_t read_bytes, struct err *e);

/*
 * True if the file takes less space than its length, so the copy may have
 * holes.
 */
bool input_is_sparse(const struct input *in);

void input_close(struct input *in);

#endif
