/* A side of the control socket that sends whatever a test wants. */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "copy/offer.h"

/*
 * The protocol, written down a second time, so that an accidental change is
 * noticed.
 */
#define PEER_MAGIC    0x7963
#define PEER_HEAD     8
#define PEER_BODY_MAX 4096
#define PEER_FDS_MAX  16

struct peer_message {
	uint16_t magic;
	uint8_t version;
	uint8_t type;
	uint32_t len; /* the length that the header claims */
	unsigned char body[PEER_BODY_MAX];

	size_t sent_bytes; /* how many bytes are sent, including the header */
	int fd[PEER_FDS_MAX];
	int fds;
};

/* Makes a correct message, which may then be spoilt. */
void peer_message(struct peer_message *m, int type, const void *body,
		  size_t len);

/* Sends a message and never waits. 0 or -errno. */
int peer_send(int sock, const struct peer_message *m);

/* Makes and sends a message, with a descriptor or -1. */
int peer_say(int sock, int type, const void *body, size_t len, int fd);

/* An offer of `length` bytes. It is correct if `spec` is. */
struct offer peer_offer(const char *spec, uint64_t length);

/* Sends a CTL_ITEM. */
int peer_item(int sock, const char *name, int fd);

#endif
