/* The state of a side with a dose (dose.h), for the files that do the work. */
#ifndef COPY_DOSED_H
#define COPY_DOSED_H

#include "copy/dose.h"
#include "copy/dose_pass.h"
#include "transport/transport.h"

#define OWN_COUNT 2

struct dosed {
	struct transport ops; /* first: tr->ops points here */
	const struct transport *real;
	enum copy_role role;
	int times[DOSE_KINDS];
	size_t message;    /* size of a message */
	size_t passed;     /* bytes received of an incomplete message */
	struct tr *second; /* the channel for passages */
	size_t ahead;      /* see pass_take (dose_pass.h) */
	void *own[OWN_COUNT];
	void *slot;  /* the buffer that the mechanism has lent */
	void *spare; /* memory into which the kernel copies */
	int file;    /* a memfd as large as a message */
	struct {
		int file; /* larger than the CPU's own cache */
		size_t bytes, at;
		void *near; /* memory for one message */
	} far;
	void *contents;
	struct {
		char *region; /* memory that both sides share */
		size_t bytes, at;
		void *own;
	} cross;
	char *pages;
	size_t page_size;
	size_t next_page; /* the page to touch next */
	int other_cpu;    /* the CPU of the other side; -1: not tied */
	int wake_fd[2];   /* to the answering process, and back */
};

/*
 * One row for each kind of work. `begin` prepares it. `once` does it one time:
 * for a message or, if dose_is_by_byte(), for the bytes of one .send or
 * .receive. DOSE_COPIES and DOSE_PASSES have no `once`, since the hooks of
 * dosed.c do that work: they copy the message between the program's buffer and
 * the mechanism's buffer, and use the second channel after the message has
 * passed.
 */
struct dosed_work {
	int (*begin)(struct dosed *d, struct tr *tr);
	int (*once)(struct dosed *d, const void *buf, size_t len);
};

extern const struct dosed_work dosed_work[DOSE_KINDS];

#endif
