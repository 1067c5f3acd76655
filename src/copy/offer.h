/* The contents of the messages between the two sides on the control socket. */
#ifndef COPY_OFFER_H
#define COPY_OFFER_H

#include <stdint.h>
#include <sys/stat.h>

#include "transport/transport.h"

struct offer {
	/* all settings as text, which the client parses */
	char spec[TR_SPEC_MAX];
	uint64_t length; /* COPY_LENGTH_UNKNOWN: up to the end */
	/* device and inode of the input: the output must be another file */
	uint64_t dev, ino;
	uint32_t mode, uid, gid;
	int32_t cpu;                /* the server's CPU; -1: not tied */
	int64_t atime[2], mtime[2]; /* seconds and nanoseconds */
	uint8_t sparse, verify;
	uint8_t ends; /* there is no further transfer: the pair ends */
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

/*
 * Refuses a stream for a mechanism that moves whole files, since a stream has
 * no length and no pages.
 */
int offer_check_form(const struct tr_spec *spec, bool stream, struct err *e);

/*
 * Put the input's owner, permissions and times into an offer, and get them out
 * of it.
 */
void offer_describe(struct offer *o, const struct stat *st);
void offer_described(const struct offer *o, struct stat *st);

/* Checks an offer that a client received. 0, or -EPROTO with the reason. */
int offer_check(struct offer *o, struct tr_spec *spec, struct err *e);

#endif
