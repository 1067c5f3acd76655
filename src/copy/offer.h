/* The contents of the messages between the two sides on the control socket. */
#ifndef COPY_OFFER_H
#define COPY_OFFER_H

#include <stdint.h>
#include <sys/stat.h>

#include "transport/transport.h"

struct offer {
	char spec[TR_SPEC_MAX]; /* every setting; parsed anew by the client */
	uint64_t length;        /* COPY_LENGTH_UNKNOWN: until the end */
	uint64_t dev, ino;      /* of the input: it must not be the output */
	uint32_t mode, uid, gid;
	int32_t cpu;                /* the server's, -1 where free */
	int64_t atime[2], mtime[2]; /* seconds and nanoseconds */
	uint8_t sparse, verify;
	uint8_t ends; /* no transfer: the pair is to end */
	uint8_t unused[5];
};

struct offer_joined {
	int32_t cpu;
	uint32_t unused;
};

struct offer_done {
	uint64_t bytes, hash;
	int64_t t0_ns;
};

struct offer_result {
	uint64_t bytes;
	int64_t t1_ns;
};

/* Whole-file mechanisms need files; a stream has neither length nor pages. */
int offer_check_form(const struct tr_spec *spec, bool stream, struct err *e);

/* The input's owner, permissions and times, and those of an offer again. */
void offer_describe(struct offer *o, const struct stat *st);
void offer_described(const struct offer *o, struct stat *st);

/* Takes a client's offer apart. 0, or -EPROTO and what is wrong with it. */
int offer_check(struct offer *o, struct tr_spec *spec, struct err *e);

#endif
