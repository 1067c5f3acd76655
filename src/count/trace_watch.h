/*
 * Finds out whether bytes that a call brought into memory are still there when
 * another call takes them. Looks for stores by programs and for copies on write
 * after a fork.
 */
#ifndef COUNT_TRACE_WATCH_H
#define COUNT_TRACE_WATCH_H

#include "count/trace.h"

/* --- stores into buffers -------------------------------------------------- */

/* Called when a call of this task has filled memory of its process. */
void watch_filled(struct tracer *t, struct task *p, uint64_t start,
		  uint64_t len, int hop);
void watch_forked(struct tracer *t, struct task *p, const struct mm *parent);
void watch_clear(struct mm *mm, uint64_t start, uint64_t len);
/* Does what fill_clear and watch_clear do. */
void watch_forget(struct mm *mm, uint64_t start, uint64_t len);

/* Called when watched bytes have moved to another address. */
void watch_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t len);

/* Watched bytes that stayed unchanged, and those that the program overwrote. */
struct watched {
	uint64_t kept, stored;
};

struct watched watch_taken(const struct task *p, const struct mm *mm,
			   uint64_t start, uint64_t len);
/* True if any word is watched. */
bool watch_is_on(const struct mm *mm);
/*
 * True if the next fill of this hop is to be watched, even if no task shares
 * the memory.
 */
bool watch_is_due(const struct window *w);
/* Sets the registers of a stopped task to watch the words of its mm. */
void watch_sync(struct tracer *t, struct task *p);
/* Handles a SIGTRAP. True: one of our registers caused it. */
bool watch_hit(struct tracer *t, struct task *p);

/* --- copies on write ------------------------------------------------------ */

/* Called after a fork: parent and child have the same pages now. */
void cow_forked(const struct mm *parent, struct mm *child);
void cow_clear(struct mm *mm, uint64_t start, uint64_t len);

struct cow_seen {
	uint64_t bytes; /* bytes in pages that the kernel has copied */
	bool sure;      /* false: it is not certain that they were copied */
};

struct piece;
/*
 * True if a private mapping of a file still has the file's pages under this
 * piece. The mapping ends at `end`.
 */
bool cow_untouched(const struct mm *mm, const struct piece *piece,
		   uint64_t end);
struct cow_seen cow_taken(const struct mm *mm, uint64_t start, uint64_t len);

#endif
