/*
 * The part of `uring` that speaks io_uring: chains of a read or write and the
 * word that follows it, and one call to start them and to wait.
 */
#ifndef TRANSPORT_URING_RING_H
#define TRANSPORT_URING_RING_H

#include <liburing.h>

#include "base/region.h"
#include "transport/transport.h"

#define URING_END   UINT32_MAX
#define URING_HEARD 64 /* words taken at a time */

/* One side to the other: this slot is full (server) or empty (client). */
struct uring_word {
	uint32_t slot; /* URING_END: no more will come, `at` bytes in all */
	uint32_t len;
	uint64_t at; /* in the file */
};

enum uring_whose { MINE, BUSY, THEIRS };

struct uring_slot {
	struct uring_word word;
	enum uring_whose whose;
	uint32_t done; /* bytes of it read or written so far */
	uint32_t due;  /* completions that are to come */
	int file_res;  /* of the last read or write */
	int word_res;
	/* client: filled again before it is known to have been given back */
	bool waits;
	struct uring_word later;
};

struct uring {
	struct region region; /* the slots, `stride` bytes apart */
	size_t stride;
	struct io_uring ring;
	bool has_ring, knows_files;
	struct uring_slot *slots; /* this side's own account of them */
	uint32_t depth;
	uint32_t open;      /* slots that are not all read or written */
	uint32_t in_flight; /* completions of all kinds that are to come */
	/* what is heard, and may end within a word */
	char heard[URING_HEARD * sizeof(struct uring_word)];
	size_t heard_bytes;
	bool hearing;
	struct uring_word end;
	bool ended;          /* client: the end of this file was heard */
	uint64_t next, most; /* server: read up to here; of so many bytes */
};

/* 0, or why there is no io_uring that will do. */
int uring_check(struct err *e);

/* A ring, with the region pinned, and this side's account of the slots. */
int uring_make(struct tr *tr);
void uring_unmake(struct tr *tr);

/* The file to be read or written, and the socket; they are known till then. */
int uring_learn_file(struct tr *tr, int file_fd);
int uring_forget_file(struct tr *tr);

/*
 * The rest of the slot from or to the file, and then its word. A read or write
 * that is cut short breaks the chain: the word is not sent.
 */
void uring_start(struct tr *tr, uint32_t i, bool reads);

/* The slot's word alone. */
void uring_say_slot(struct uring *u, uint32_t i);
void uring_say_end(struct uring *u, uint64_t all_bytes);
void uring_hear(struct uring *u);

/* How a chain ended; or -errno, said. */
enum { URING_AWAY, URING_CUT, URING_FILE_END };
int uring_chain_end(struct tr *tr, const struct uring_slot *s,
		    const char *verb);

/* A word was heard, a chain has ended. */
typedef int uring_on_word(struct tr *tr, struct uring *u,
			  const struct uring_word *w);
typedef int uring_on_chain(struct tr *tr, struct uring *u, uint32_t i);

/* Sends off what is prepared, waits for anything, takes what has come. */
int uring_turn(struct tr *tr, uring_on_word *word, uring_on_chain *chain);

int uring_makes_no_sense(struct tr *tr);

#endif
