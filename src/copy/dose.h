/*
 * A dose: extra work that a side does a given number of times for each message.
 * Everything else stays as it is, so the dose shows the price of this work.
 * The text of a dose is "copies=2+0,calls=0+1": server + client.
 */
#ifndef COPY_DOSE_H
#define COPY_DOSE_H

#include <stddef.h>

#include "base/err.h"
#include "copy/workload.h"

enum dose_kind {
	DOSE_COPIES,        /* of the message, by memcpy, in private memory */
	DOSE_KERNEL_COPIES, /* of the message, between memory and a file */
	DOSE_CALLS,         /* system calls that do next to nothing */
	DOSE_WAKES,         /* sleeps until another process has answered */
	DOSE_PAGES,         /* pages of memory that are touched first */
	DOSE_KINDS
};

/* The words of plans, names of cells and columns; NULL at the end. */
extern const char *const dose_names[DOSE_KINDS + 1];

/* "one more copy by memcpy": for sentences */
const char *dose_phrase(enum dose_kind kind);

/* True if the price is for a byte; false if it is for a message. */
bool dose_is_by_byte(enum dose_kind kind);

#define DOSE_MOST 1000

struct dose {
	int times[DOSE_KINDS][COPY_ROLES];
};

/* Room for every dose as a text. */
#define DOSE_TEXT_MAX 160

/* "2" for both sides, or "2,0" or "2+0": the server's and the client's. */
bool dose_sides_parse(const char *text, int times[COPY_ROLES]);

/* The whole as a text, "" where there is none, and back. */
const char *dose_text(const struct dose *d, char *buf, size_t size);
bool dose_parse(const char *text, struct dose *d);
bool dose_is_none(const struct dose *d);

struct transport;
struct tr;

/* -EINVAL: a side moves whole files and has no messages that could take it. */
int dose_check(const struct dose *d, const struct transport *ops,
	       struct err *e);

/*
 * Call it in a worker, before the first message. From then on the hooks of this
 * side do the dose; if the side has none, its hooks do not change. 0, or -errno
 * with the reason in tr->err.
 */
int dose_begin(const struct dose *d, enum copy_role role, struct tr *tr);

#endif
