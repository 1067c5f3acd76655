/* Memory that two processes share, of any kind. */
#ifndef BASE_REGION_H
#define BASE_REGION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctl.h"
#include "base/err.h"
#include "base/lease.h"

enum region_kind {
	REGION_ANON,    /* MAP_ANONYMOUS: related processes only */
	REGION_DEVZERO, /* the older way: /dev/zero, mapped */
	REGION_POSIX,   /* shm_open */
	REGION_FILE,    /* an ordinary file in TMPDIR */
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
	int id; /* of a System V segment, else -1 */
	char name[CTL_NAME_MAX];
};

#define REGION_INIT                \
	{                          \
		.fd = -1, .id = -1 \
	}

/* True if only related processes can share this kind: it must be inherited. */
bool region_is_inherited(enum region_kind kind);

/*
 * Checks that this machine has such memory, by making some and removing it. 0,
 * or -errno with the remedy in `e`.
 */
int region_probe(enum region_kind kind, size_t len, struct err *e);

/*
 * Makes and maps `len` zero bytes. All of them are reserved, so no SIGBUS can
 * come later.
 */
int region_create(struct region *r, enum region_kind kind, size_t len,
		  struct lease *lease, struct err *e);

/* Hands the other side what it needs to join. */
int region_offer(struct region *r, struct ctl *ctl);

/* Maps what is offered, unless it must have been inherited. */
int region_join(struct region *r, enum region_kind kind, size_t len,
		struct ctl *ctl, struct err *e);

/* Touches every page, so that no page fault happens while time is measured. */
void region_prefault(const struct region *r);

/* Removes the name once both sides are attached. */
void region_unname(struct region *r);

/*
 * Unmaps and closes. The lease removes the name. Calling it twice is harmless.
 */
void region_close(struct region *r);

#endif
