/*
 * A dose is extra work that a side does a given number of times for each
 * message. The mechanism works as before, so the difference in time is the
 * price of this work. In the text of a dose, such as "copies=2+0,calls=0+1",
 * the first number of a kind is the server's and the second is the client's.
 */
#ifndef COPY_DOSE_H
#define COPY_DOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "copy/workload.h"

enum dose_kind {
	DOSE_COPIES,        /* copies of the message in memory, by memcpy */
	DOSE_KERNEL_COPIES, /* copies of the message by the kernel */
	DOSE_CALLS,         /* system calls that do almost nothing */
	DOSE_WAKES, /* wake-ups: another process is woken, and answers */
	DOSE_PAGES, /* touches of a page that is not mapped yet */
	/* kernel copies of bytes outside the CPU's own cache */
	DOSE_FAR_COPIES,
	DOSE_PASSES,    /* messages through a second channel (dose_pass.h) */
	DOSE_CONTENTS,  /* making or checking a message, as `stream` does */
	DOSE_CROSSINGS, /* copies to or from memory that both sides share */
	DOSE_KINDS
};

/* The names of the kinds in plans and results; NULL at the end. */
extern const char *const dose_names[DOSE_KINDS + 1];

/* A phrase for sentences: "one more copy by memcpy". */
const char *dose_phrase(enum dose_kind kind);

/*
 * True if a price of this kind is given for one byte; false: for one call,
 * wake-up, page or passage.
 */
bool dose_is_by_byte(enum dose_kind kind);

#define DOSE_MOST 1000

struct dose {
	int times[DOSE_KINDS][COPY_ROLES];
};

/* Enough room for the text of any dose. */
#define DOSE_TEXT_MAX 200

/*
 * Reads numbers for both sides: "2" is for both; "2,0" or "2+0" are the
 * server's and the client's.
 */
bool dose_sides_parse(const char *text, int times[COPY_ROLES]);

/* Write a dose as text ("" if there is no extra work), and read this text. */
const char *dose_text(const struct dose *d, char *buf, size_t size);
bool dose_parse(const char *text, struct dose *d);
bool dose_is_none(const struct dose *d);

struct transport;
struct tr;

/*
 * -EINVAL if a side that has a dose moves whole files, since it has no
 * messages, or if the sides have different numbers of DOSE_PASSES.
 */
int dose_check(const struct dose *d, const struct transport *ops,
	       struct err *e);

/*
 * Call it in a worker before the first message. From then on the hooks of this
 * side do the extra work, too. Without a dose for this side the hooks do not
 * change. other_cpu: the CPU of the other side; -1: it is not known, or the
 * other side is not tied to one. 0, or -errno with the reason in tr->err.
 */
int dose_begin(const struct dose *d, enum copy_role role, struct tr *tr,
	       void *shared, struct tr *second, int other_cpu);

/* True if the pair needs a second channel, which is given to dose_begin. */
bool dose_needs_channel(const struct dose *d);

/*
 * The size of the memory that both sides share for DOSE_CROSSINGS; 0: none is
 * needed. This memory is made before the sides are forked, and is given to
 * dose_begin.
 */
size_t dose_shared_bytes(const struct dose *d, size_t message);

#endif
