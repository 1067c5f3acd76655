/* Memory that two processes share, made in one of several ways. */
#ifndef BASE_REGION_H
#define BASE_REGION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctl.h"
#include "base/err.h"
#include "base/lease.h"

enum region_kind {
	REGION_ANON,    /* MAP_ANONYMOUS: related processes only */
	REGION_DEVZERO, /* /dev/zero, mapped: related processes only */
	REGION_POSIX,   /* shm_open */
	REGION_FILE,    /* an ordinary file in TMPDIR or /tmp */
	REGION_MEMFD,   /* memfd_create, sealed against shrinking */
	REGION_SYSV,    /* shmget */
	REGION_HUGETLB, /* a memfd of huge pages */
	REGION_KINDS
};

struct region {
	enum region_kind kind;
	void *base; /* NULL while not mapped */
	size_t len;
	int fd; /* -1 while none is open */
	int id; /* identifier of a System V segment, else -1 */
	char name[CTL_NAME_MAX];
};

#define REGION_INIT                \
	{                          \
		.fd = -1, .id = -1 \
	}

/*
 * True if the kind has no name and no descriptor to pass: a side must inherit
 * the region, so only related processes can share it.
 */
bool region_is_inherited(enum region_kind kind);

/*
 * Checks that this machine has `len` bytes of this kind of memory, by making a
 * region and removing it. 0, or -errno with the reason in `e`.
 */
int region_probe(enum region_kind kind, size_t len, struct err *e);

/*
 * Makes a region of `len` zero bytes and maps it. If the region has a
 * descriptor, its memory is reserved now, so that a later store does not fail
 * (SIGBUS) for lack of space.
 */
int region_create(struct region *r, enum region_kind kind, size_t len,
		  struct lease *lease, struct err *e);

/* Sends the other side the name or descriptor that region_join needs. */
int region_offer(struct region *r, struct ctl *ctl);

/*
 * Maps the region that the other side offers. If region_is_inherited(kind), the
 * region must be mapped already.
 */
int region_join(struct region *r, enum region_kind kind, size_t len,
		struct ctl *ctl, struct err *e);

/*
 * Touches every page, so that the first page faults are over before time is
 * measured.
 */
void region_prefault(const struct region *r);

/* Removes the name. Call it once both sides have mapped the region. */
void region_unname(struct region *r);

/*
 * Unmaps the region and closes its descriptor. If the name is still there, the
 * lease removes it. Calling it twice is harmless.
 */
void region_close(struct region *r);

#endif
