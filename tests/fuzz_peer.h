/* The hostile peer of fuzz_handshake: what it says, and what it does later. */
#ifndef TESTS_FUZZ_PEER_H
#define TESTS_FUZZ_PEER_H

#include <limits.h>
#include <stdbool.h>

#include "copy/session.h"
#include "fuzz.h"

#define FUZZ_SOURCE_LEN  3001 /* what the honest server has to send */
#define PEER_DONES_MAX   8
#define FUZZ_CHANNEL_MAX (4 << 20) /* what an offer may make us allocate */

struct fuzz_peer {
	int sock;     /* its end of the control socket */
	struct tr tr; /* a channel as it should be, if it offered one */
	struct lease lease;
	struct err err;
	uint64_t bytes; /* it will send so many over that */
	uint64_t hash;  /* and this is their hash */
	uint64_t done_bytes[PEER_DONES_MAX]; /* what it claimed to have sent */
	uint64_t done_hash[PEER_DONES_MAX];
	int dones;
	int fifo_fd; /* the reading end of a server's FIFO */
	int item_fd; /* what the server passed, if anything */
};

/* Files with tempting names, made once in the scratch directory. */
void fuzz_peer_prepare(void);

/* Ends as a broken promise if the file that was never offered has changed. */
void fuzz_peer_check_precious(void);

/* A mechanism small enough to be tried a thousand times a second. */
bool fuzz_peer_spec(struct script *s, struct tr_spec *spec);

/* Any of those, unchecked, or any mechanism with its defaults. */
const char *fuzz_peer_pick_spec(struct script *s);

/* False for settings that would cost seconds, or a gigabyte, each time. */
bool fuzz_peer_is_cheap(const struct tr_spec *spec);

/*
 * `name` as it is if it is empty or absolute, else below the scratch directory.
 */
char *fuzz_peer_path(const char *name, char path[PATH_MAX]);

/* OFFER and its ITEMs, as an honest server would. */
void fuzz_peer_offer(struct fuzz_peer *p, struct script *s);

/* Queues all its messages in the socket, and then may stop reading. */
void fuzz_peer_speak(struct fuzz_peer *p, struct script *s);

/*
 * Before the server's first word: meddles with the names in the run directory.
 */
void fuzz_peer_meddle(struct fuzz_peer *p, struct script *s);

/* At the start line of a client: fills the channel it offered. */
void fuzz_peer_send(struct fuzz_peer *p, struct script *s);

/* At the start line of a server: scribbles into what it maps. */
void fuzz_peer_scribble(const struct tr *tr, struct script *s);

/*
 * At the same point: takes what the server passed, and sends words if that is a
 * courier's socket.
 */
void fuzz_peer_take(struct fuzz_peer *p, struct script *s);

/* Words on a courier's socket, about a file of so many bytes. */
void fuzz_peer_courier(int sock, uint64_t bytes, struct script *s);

void fuzz_peer_end(struct fuzz_peer *p);

#endif
