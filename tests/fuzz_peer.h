/* The hostile peer of fuzz_handshake: its messages, and its later actions. */
#ifndef TESTS_FUZZ_PEER_H
#define TESTS_FUZZ_PEER_H

#include <limits.h>
#include <stdbool.h>

#include "copy/session.h"
#include "fuzz.h"

#define FUZZ_SOURCE_LEN 3001 /* length of an honest server's file */
#define PEER_DONES_MAX  8
/* how many bytes an offer may make us allocate */
#define FUZZ_CHANNEL_MAX (4 << 20)

struct fuzz_peer {
	int sock;     /* the peer's end of the control socket */
	struct tr tr; /* an honest channel, if the peer offered one */
	struct lease lease;
	struct err err;
	uint64_t bytes; /* how many bytes it will send over that channel */
	uint64_t hash;  /* their hash */
	/* how many bytes it claimed to have sent */
	uint64_t done_bytes[PEER_DONES_MAX];
	uint64_t done_hash[PEER_DONES_MAX];
	int dones;
	int fifo_fd; /* the reading end of a server's FIFO */
	int item_fd; /* the descriptor that the server passed; or -1 */
};

/*
 * Call once. Fills the bytes the peer may send, and makes bait in the scratch
 * directory: links to a file that is never offered, a FIFO, a directory and a
 * file that is too short.
 */
void fuzz_peer_prepare(void);

/* Reports a broken promise if the file that was never offered has changed. */
void fuzz_peer_check_precious(void);

/* Draws a mechanism small enough to be tried a thousand times a second. */
bool fuzz_peer_spec(struct script *s, struct tr_spec *spec);

/*
 * Draws the text of a spec: one of a list of small specs, or the bare name of
 * any mechanism. The spec may be too large, or may not run here; fuzz_peer_spec
 * checks that.
 */
const char *fuzz_peer_pick_spec(struct script *s);

/* False for settings that would take seconds or a gigabyte in each run. */
bool fuzz_peer_is_cheap(const struct tr_spec *spec);

/*
 * `name` itself if it is empty or absolute, else its path below the scratch
 * directory.
 */
char *fuzz_peer_path(const char *name, char path[PATH_MAX]);

/* Sends OFFER and its ITEMs as an honest server does. */
void fuzz_peer_offer(struct fuzz_peer *p, struct script *s);

/* Queues all messages of the peer in the socket. The peer may then leave. */
void fuzz_peer_speak(struct fuzz_peer *p, struct script *s);

/* Changes names in the run directory before the server's first message. */
void fuzz_peer_meddle(struct fuzz_peer *p, struct script *s);

/*
 * When the client is at the start line, fills the channel that the peer
 * offered.
 */
void fuzz_peer_send(struct fuzz_peer *p, struct script *s);

/*
 * When the server is at the start line, overwrites parts of the ring that the
 * server mapped.
 */
void fuzz_peer_scribble(const struct tr *tr, struct script *s);

/*
 * When the server is at the start line, takes the descriptor that it passed. If
 * that is a courier's socket, sends messages to it. A courier passes a file
 * between the sides.
 */
void fuzz_peer_take(struct fuzz_peer *p, struct script *s);

/* Sends messages to a courier's socket, about a file of this many bytes. */
void fuzz_peer_courier(int sock, uint64_t bytes, struct script *s);

void fuzz_peer_end(struct fuzz_peer *p);

#endif
