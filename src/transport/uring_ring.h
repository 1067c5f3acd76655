/*
 * The io_uring part of `uring`: chains of a read or write and the report that
 * follows it, and one call that starts them and waits.
 */
#ifndef TRANSPORT_URING_RING_H
#define TRANSPORT_URING_RING_H

#include <liburing.h>

#include "base/region.h"
#include "transport/transport.h"

#define URING_END   UINT32_MAX
#define URING_HEARD 64 /* reports that one receive takes */

/*
 * A report to the other side: this slot is full (from the server) or empty
 * (from the client).
 */
struct uring_word {
	uint32_t slot; /* URING_END: the file ended, after `at` bytes */
	uint32_t len;
	uint64_t at; /* offset in the file */
};

enum uring_whose { MINE, BUSY, THEIRS };

struct uring_slot {
	struct uring_word word;
	enum uring_whose whose;
	uint32_t done; /* bytes of the slot that were read or written so far */
	uint32_t due;  /* completions that are still to come */
	int file_res;  /* result of the last read or write, and of the report */
	int word_res;
	/*
	 * client: the server has filled the slot again, but our last report may
	 * still be under way; `later` is the server's report
	 */
	bool waits;
	struct uring_word later;
};

struct uring {
	struct region region; /* the slots, `stride` bytes apart */
	size_t stride;
	struct io_uring ring;
	bool has_ring, knows_files;
	struct uring_slot *slots; /* the slots as this side knows them */
	uint32_t depth;
	uint32_t open; /* slots whose read or write is not complete */
	/* completions of all kinds that are still to come */
	uint32_t in_flight;
	/* received reports; the last may be incomplete */
	char heard[URING_HEARD * sizeof(struct uring_word)];
	size_t heard_bytes;
	bool hearing;
	struct uring_word end;
	/* client: the end of this file was reported */
	bool ended;
	uint64_t next, most; /* next offset to read (server); file's length */
};

/* 0, or the reason why io_uring cannot be used here. */
int uring_check(struct err *e);

/* Makes a ring, registers the region, and allocates the table of slots. */
int uring_make(struct tr *tr);
void uring_unmake(struct tr *tr);

/*
 * Registers the file that is read or written, and the socket. uring_forget_file
 * undoes both.
 */
int uring_learn_file(struct tr *tr, int file_fd);
int uring_forget_file(struct tr *tr);

/*
 * Starts a chain: reads or writes the rest of the slot, and then sends its
 * report. A read or write that is cut short breaks the chain, and the report is
 * not sent.
 */
void uring_start(struct tr *tr, uint32_t i, bool reads);

/* Send a report alone, about a slot or about the end; receive reports. */
void uring_say_slot(struct uring *u, uint32_t i);
void uring_say_end(struct uring *u, uint64_t all_bytes);
void uring_hear(struct uring *u);

/*
 * How a chain has ended. URING_AWAY: its report was sent. URING_CUT: its read
 * or write was cut short. URING_FILE_END: the read or write moved 0 bytes. Or
 * -errno, with the reason recorded.
 */
enum { URING_AWAY, URING_CUT, URING_FILE_END };
int uring_chain_end(struct tr *tr, const struct uring_slot *s,
		    const char *verb);

/* Called for each report that came, and for each chain that has ended. */
typedef int uring_on_word(struct tr *tr, struct uring *u,
			  const struct uring_word *w);
typedef int uring_on_chain(struct tr *tr, struct uring *u, uint32_t i);

/*
 * Starts the prepared requests, waits until at least one is complete, and
 * handles all complete ones.
 */
int uring_turn(struct tr *tr, uring_on_word *word, uring_on_chain *chain);

int uring_makes_no_sense(struct tr *tr);

#endif
