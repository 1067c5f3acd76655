/* A side of the control socket that says whatever a test wants it to say. */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "copy/offer.h"

/* The protocol written down a second time, so that a slip in one is seen. */
#define PEER_MAGIC    0x7963
#define PEER_HEAD     8
#define PEER_BODY_MAX 4096
#define PEER_FDS_MAX  16

struct peer_message {
	uint16_t magic;
	uint8_t version;
	uint8_t type;
	uint32_t len; /* what the header claims */
	unsigned char body[PEER_BODY_MAX];

	size_t sent_bytes; /* what is sent, header and all */
	int fd[PEER_FDS_MAX];
	int fds;
};

/* A message as it should be, to be spoilt afterwards. */
void peer_message(struct peer_message *m, int type, const void *body,
		  size_t len);

/* Sends it, never waits. 0 or -errno. */
int peer_send(int sock, const struct peer_message *m);

/* Both in one, with one descriptor or -1. */
int peer_say(int sock, int type, const void *body, size_t len, int fd);

/* An offer of `length` bytes that is fine if `spec` is. */
struct offer peer_offer(const char *spec, uint64_t length);

/* CTL_ITEM. */
int peer_item(int sock, const char *name, int fd);

#endif
